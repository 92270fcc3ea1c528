import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Comparison, comparisonSchema } from "../../src/compare/schema.js";
import { until, Workplace } from "../support/cli.js";
import { needs } from "../support/systems.js";

const LOAD = `load: { rate: 500/s, payload: 64B }
workers: { processes: 1, handle: 0ms }
phases: { warmup: 0s, baseline: 400ms, drain: 2s }
`;
const TWO = `name: two
targets: [memory, { name: again, driver: memory }]
expect: { lost: 0 }
${LOAD}`;

const foldersIn = (place: Workplace): string[] => readdirSync(place.out).map((name) => join(place.out, name));
const comparisonIn = (folder: string): Comparison =>
  comparisonSchema.parse(JSON.parse(readFileSync(join(folder, "comparison.json"), "utf8")));

describe("havoq compare", () => {
  it("runs every target once a round with the same seed, and writes what it found", async () => {
    using place = new Workplace();
    const ended = await place.run(["compare", place.file("two.yaml", TWO), "--runs", "3", "--out", place.out]);
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toMatch(/run 6 of 6 \(round 3 of 3\): \w+; about \d+ s left/);
    expect(ended.stdout).toMatch(/2 targets, 3 runs each, against memory/);
    const [folder = ""] = foldersIn(place);
    const { subjects } = comparisonIn(folder);
    expect(subjects.map(({ name, runs }) => [name, runs.map(({ seed }) => seed)])).toEqual([
      ["memory", [1, 2, 3]],
      ["again", [1, 2, 3]],
    ]);
    for (const { directory } of subjects.flatMap(({ runs }) => runs)) {
      expect(existsSync(join(folder, directory, "report.html"))).toBe(true);
    }
    expect(readFileSync(join(folder, "comparison.html"), "utf8")).toContain("default-src &#39;none&#39;");
    // What exists can be compared again: the folder of the comparison, or its runs one by one.
    const again = await place.run(["compare", folder, "--reference", "again", "--csv"]);
    expect(again.code, again.stderr).toBe(0);
    expect(again.stdout).toMatch(/^target,round,/);
    expect(comparisonIn(folder).reference).toBe("again");
    const runs = subjects.flatMap((subject) => subject.runs.map(({ directory }) => join(folder, directory)));
    const loose = await place.run(["compare", ...runs, "--json", "--out", place.out]);
    expect(loose.code, loose.stderr).toBe(0);
    expect(comparisonSchema.parse(JSON.parse(loose.stdout)).subjects).toHaveLength(1);
  });

  it("measures on request what each target can do, in one run more without the fault and without a rate", async () => {
    using place = new Workplace();
    const file = place.file("two.yaml", TWO);
    const { code, stdout, stderr } = await place.run([
      "compare",
      file,
      "--runs",
      "1",
      "--capacity",
      "--out",
      place.out,
    ]);
    expect(code, stderr).toBe(0);
    const [folder = ""] = foldersIn(place);
    const { subjects } = comparisonIn(folder);
    for (const { capacity, runs } of subjects) {
      expect(runs).toHaveLength(1);
      // More than the rate that was asked for, or it was not its own capacity.
      expect(capacity?.ackedPerSecond).toBeGreaterThan(500);
      expect(existsSync(join(folder, capacity?.directory ?? "", "report.html"))).toBe(true);
    }
    expect(stdout).toMatch(/capacity/);
    expect(readFileSync(join(folder, "comparison.html"), "utf8")).toContain("Own capacity");
  });

  it("compares what was finished after Ctrl-C, and exits with 130", async () => {
    using place = new Workplace();
    const file = place.file("two.yaml", TWO.replace("400ms", "1s"));
    const { child, ended } = place.start(["compare", file, "--runs", "9", "--out", place.out]);
    const finished = () => {
      const [folder] = existsSync(place.out) ? foldersIn(place) : [];
      const runs = folder && existsSync(join(folder, "runs")) ? readdirSync(join(folder, "runs")) : [];
      return runs.length >= 3;
    };
    await until("a third run has begun", finished);
    child.kill("SIGINT");
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(stdout).toMatch(/cut short, what was finished is compared/);
    const { subjects, interrupted } = comparisonIn(foldersIn(place)[0] ?? "");
    expect(interrupted).toBe(true);
    expect(subjects.flatMap(({ runs }) => runs).length).toBeGreaterThanOrEqual(2);
    expect(place.leftovers()).toEqual([]);
  });

  it("starts nothing when a target lacks what the scenario needs, or has no such name", async () => {
    using place = new Workplace();
    const file = place.file(
      "kill.yaml",
      `name: kill\ntargets: [memory, redis-list]\nfaults: [{ at: baseline, kill: broker }]\n${LOAD}`,
    );
    const lacking = await place.run(["compare", file, "--out", place.out]);
    expect(lacking.code).toBe(2);
    expect(lacking.stderr).toMatch(
      /kill\.yaml:3:10: faults\.0: driver memory has no broker process to kill \(for memory\)/,
    );
    const unknown = await place.run(["compare", file, "--targets", "memry", "--out", place.out]);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('did you mean "memory"?');
    const bare = await place.run(["compare", file, "--targets", "redis-list", "--out", place.out], {
      PATH: "/nowhere",
      DOCKER_HOST: "unix:///nowhere/docker.sock",
    });
    expect(bare.code).toBe(3);
    expect(bare.stderr).toMatch(/redis-list: redis can't run here/);
    expect((await place.run(["compare"])).code).toBe(2);
    expect((await place.run(["compare", place.directory])).stderr).toContain("holds no result.json");
    place.file("result.json", "{}");
    const foreign = await place.run(["compare", place.directory]);
    expect(foreign.code).toBe(2);
    expect(foreign.stderr).toMatch(/result\.json: was not written by this version of havoq\n {2}hint: /);
    expect((await place.run(["run", file])).stderr).toContain("havoq compare");
    expect(existsSync(place.out)).toBe(false);
  });

  needs("redis", "takes targets of one's own file, and tells a broker without its file from one with it", async () => {
    using place = new Workplace();
    place.file("havoq-targets.yaml", 'targets:\n  mine: { driver: redis-list, broker: { save: "" } }\n');
    const file = place.file(
      "kill.yaml",
      `name: kill
targets: [redis-list-aof, mine]
load: { rate: 200/s, payload: 64B, confirmTimeout: 1s }
workers: { processes: 1, concurrency: 2, handle: 12ms }
phases: { warmup: 0s, baseline: 500ms, chaos: 1200ms, drain: 2s }
faults: [{ id: kill, at: chaos+500ms, kill: broker, for: 100ms }]
`,
    );
    const ended = await place.run(["compare", file, "--runs", "3", "--json", "--out", place.out]);
    expect(ended.code, ended.stderr).toBe(0);
    const { countDifferences, findings } = comparisonSchema.parse(JSON.parse(ended.stdout));
    expect(countDifferences).toContainEqual(
      expect.objectContaining({ subject: "mine", metric: "lost", told: "worse" }),
    );
    expect(findings.join(" ")).toMatch(/mine: in the broker's memory/);
    expect(place.leftovers()).toEqual([]);
  });
});
