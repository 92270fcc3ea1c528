import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { patternsSchema } from "../../src/compare/patterns.js";
import { Workplace } from "../support/cli.js";

const LOAD = `load: { rate: 500/s, payload: 64B }
workers: { processes: 1, handle: 0ms }
phases: { warmup: 0s, baseline: 400ms, drain: 2s }
`;

/** Alone, as a promise about latency is kept or not by what else the machine does. */
describe("havoq compare --patterns", () => {
  it("makes a matrix of patterns and systems, with what was refused and why", async () => {
    using place = new Workplace();
    mkdirSync(join(place.directory, "mine"));
    place.file(
      "mine/calm.yaml",
      `name: calm\nquestion: Is it calm?\ntarget: { driver: memory }\nexpect: { lost: 0, endToEnd.p99: "<= 10s" }\n${LOAD}`,
    );
    place.file(
      "mine/crash.yaml",
      `name: crash\ntarget: { driver: memory }\nfaults: [{ at: baseline, kill: worker }]\n${LOAD}`,
    );
    const ended = await place.run(["compare", "--patterns", "mine", "--targets", "memory", "--out", place.out]);
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stdout).toMatch(/2 patterns on 1 target: 1 met, 0 missed, 1 refused/);
    expect(ended.stdout).toMatch(/memory, crash: driver memory runs producers and workers in one process/);
    const folder = place.runDirectories()[0] ?? "";
    const matrix = patternsSchema.parse(JSON.parse(readFileSync(join(folder, "patterns.json"), "utf8")));
    expect(matrix.patterns.map(({ cells }) => cells[0]?.state)).toEqual(["met", "refused"]);
    expect(matrix.patterns[0]?.cells[0]?.headroom?.metric).toBe("endToEnd.p99");
    expect(existsSync(join(folder, "calm", "comparison.html"))).toBe(true);
    mkdirSync(join(place.directory, "mine", "targets"));
    place.file("mine/targets/calm.yaml", "targets:\n  memory: { driver: redis-pubsub, options: { nope: 1 } }\n");
    const own = await place.run(["compare", "--patterns", "mine", "--targets", "memory", "--out", place.out]);
    expect(own.stdout).toMatch(/memory, calm: unknown key/);
    place.file("mine/wrong.yaml", "name: wrong\nload: { rate: fast }\n");
    const wrong = await place.run(["compare", "--patterns", "mine", "--targets", "memory,nope", "--out", place.out]);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/wrong\.yaml:2:15: load\.rate/);
    expect(wrong.stderr.match(/no target is called "nope"/g)).toHaveLength(1);
  });
});
