import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { until, Workplace } from "../support/cli.js";
import { needs } from "../support/systems.js";

const SCENARIO = `name: long
target: { driver: redis-list, host: local, options: { consume: blmove, reaper: 2s } }
load: { rate: 500/s, producers: 2 }
workers: { processes: 2, handle: 2ms }
phases: { warmup: 1s, baseline: 60s }
faults:
  - { id: freeze, at: baseline+3s, pause: broker, for: 50s }
  - { id: slow, at: baseline, network: all, latency: 5ms, for: 50s }
`;

const events = (place: Workplace) => {
  const file = join(place.runDirectories()[0] ?? "", "events.ndjson");
  return existsSync(file) ? readFileSync(file, "utf8") : "";
};
const frozen = (place: Workplace) => /"id":"freeze".*"step":"confirmed"/.test(events(place));

describe("a run that is cut short", () => {
  needs("redis", "by Ctrl-C still reports what was measured, exits with 130 and leaves nothing", async () => {
    using place = new Workplace();
    const { child, ended } = place.start(["run", place.file("long.yaml", SCENARIO), "--out", place.out]);
    await until("the broker is frozen", () => frozen(place));
    child.kill("SIGINT");
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(stdout).toContain("partial: the run was cut short");
    const result = place.result();
    expect(result.run.interrupted).toBe(true);
    expect(result.verdict).toBe("inconclusive");
    expect(result.delivery.acked).toBeGreaterThan(1000);
    expect(result.delivery.phantom).toBe(0);
    expect(result.faults.every(({ healedNs }) => healedNs !== null)).toBe(true);
    expect(place.leftovers()).toEqual([]);
    expect(scratch(place)).toEqual([]);
  });

  needs("redis", "by SIGKILL of havoq is cleaned up by the next command, and can be reported", async () => {
    using place = new Workplace();
    const { child, ended } = place.start(["run", place.file("long.yaml", SCENARIO), "--out", place.out]);
    await until("the broker is frozen", () => frozen(place));
    child.kill("SIGKILL");
    await ended;
    expect(place.leftovers().length).toBeGreaterThan(0);
    const next = await place.run(["report", place.runDirectories()[0] ?? ""]);
    expect(next.stderr).toContain("removed what the killed run");
    expect(next.code).toBe(0);
    expect(place.leftovers()).toEqual([]);
    expect(scratch(place)).toEqual([]);
    const result = place.result();
    expect(result.run.interrupted).toBe(true);
    expect(result.delivery.acked).toBeGreaterThan(1000);
    // Nothing was inspected, so nothing is called lost.
    expect(result.delivery.lost).toBe(0);
    expect((await place.run(["doctor", "--clean"])).code).toBe(0);
  });
});

function scratch(place: Workplace): string[] {
  const root = readdirSync(place.directory).find((name) => /^havoq-\d+$/.test(name));
  return root === undefined ? [] : readdirSync(join(place.directory, root));
}
