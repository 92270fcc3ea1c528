import { fileURLToPath } from "node:url";
import { describe, expect } from "vitest";
import { RULES, type RuleName } from "../../src/rounds/worker-check/rules.js";
import { Workplace } from "../support/cli.js";
import { needs } from "../support/systems.js";

const agents = (name: string) => fileURLToPath(new URL(`../agents/${name}`, import.meta.url));

/** Workers with one mistake each, and the rule that it breaks. */
const MISTAKES: Readonly<Record<string, RuleName>> = {
  says_nothing: "hello",
  speaks_another_version: "hello",
  dies_of_ctrl_c: "interrupt",
  outlives_havoq: "end of input",
  is_never_ready: "ready",
  tells_the_time_of_day: "words",
  counts_wrongly: "counters",
  runs_too_many: "concurrency",
  forgets_the_end: "end",
  keeps_records_in_memory: "started",
  tells_of_a_start_at_the_end: "started",
  does_not_stop: "stop",
};

describe.concurrent("check-worker", () => {
  needs(["redis", "python"], "finds nothing wrong with a worker that is right", async () => {
    using place = new Workplace();
    const ended = await place.run(["check-worker", "--", "python3", agents("redis_list_worker.py")]);
    expect(ended.code, `${ended.stdout}${ended.stderr}`).toBe(0);
    expect(ended.stdout.match(/^ok /gm)).toHaveLength(Object.keys(RULES).length);
    expect(place.leftovers()).toEqual([]);
  });

  for (const [mistake, rule] of Object.entries(MISTAKES)) {
    needs(
      ["redis", "python"],
      `names the rule that a worker breaks which ${mistake.replaceAll("_", " ")}`,
      async () => {
        using place = new Workplace();
        const ended = await place.run(["check-worker", "--", "python3", agents("wrong_worker.py"), mistake]);
        expect(ended.stdout, ended.stderr).toContain(`BROKEN ${RULES[rule]}\n`);
        expect(ended.code).toBe(1);
        expect(place.leftovers()).toEqual([]);
      },
    );
  }
});
