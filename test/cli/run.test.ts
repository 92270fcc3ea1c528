import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { Workplace } from "../support/cli.js";

const SCENARIO = `name: instant
target: { driver: memory }
load: { rate: 2000/s, payload: 64B }
workers: { concurrency: 16 }
phases: { warmup: 200ms, baseline: 1s }
expect: { lost: 0, phantom: 0, sent: 2400 }
`;

describe("havoq run", () => {
  it("runs a scenario, says the verdict first, and writes every report", async () => {
    using place = new Workplace();
    const ended = await place.run(["run", place.file("instant.yaml", SCENARIO), "--out", place.out]);
    expect(ended.stderr).toContain("instant: starting");
    expect(ended.stdout.trimStart()).toMatch(/^PASS {2}instant: 3 of 3 expectations held/);
    expect(ended.code).toBe(0);
    const [directory = ""] = place.runDirectories();
    for (const name of [
      "result.json",
      "report.html",
      "events.ndjson",
      "scenario.json",
      "histograms/endToEnd.hgrm",
      "histograms/phases.hlog",
    ])
      expect(existsSync(join(directory, name)), name).toBe(true);
    expect(place.result().delivery).toMatchObject({ sent: 2400, acked: 2400, ok: 2400 });
  });

  it("writes a result that the published schema accepts, and nothing else", async () => {
    using place = new Workplace();
    const schema = await place.run(["schema", "result"]);
    await place.run(["run", place.file("instant.yaml", SCENARIO), "--out", place.out, "--quiet"]);
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(JSON.parse(schema.stdout));
    const result = JSON.parse(readFileSync(join(place.runDirectories()[0] ?? "", "result.json"), "utf8"));
    expect(validate(result), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...result, surprise: 1 })).toBe(false);
  });

  it("takes times that are no whole number of milliseconds", async () => {
    using place = new Workplace();
    const scenario = `name: fractions
target: { driver: memory }
load: { rate: 1333.3/s, payload: 64B, confirmTimeout: 1500.7ms }
workers: { concurrency: 16, handle: "uniform(0.3ms, 1.7ms)", restart: 100.3ms }
phases: { warmup: 100.7ms, baseline: 300.3ms, chaos: 400.9ms, recovery: 100.1ms, drain: 5000.5ms }
expect: { lost: 0, stuck: 0, phantom: 0, ok: == sent }
`;
    const ended = await place.run(["run", place.file("fractions.yaml", scenario), "--out", place.out]);
    expect(ended.code, `${ended.stdout}${ended.stderr}`).toBe(0);
  });

  it("fails with exit code 1 when an expectation does not hold", async () => {
    using place = new Workplace();
    const ended = await place.run([
      "run",
      place.file("a.yaml", SCENARIO),
      "--out",
      place.out,
      "--set",
      "expect.sent=1",
    ]);
    expect(ended.stdout).toContain("FAIL sent 2,400 is not == 1");
    expect(ended.code).toBe(1);
  });

  it("repeats a scenario with --runs, each in a folder of its own with a seed of its own, and prints JSON", async () => {
    using place = new Workplace();
    const args = ["run", place.file("a.yaml", SCENARIO), "--out", place.out, "--runs", "2", "--seed", "7", "--json"];
    const { stdout } = await place.run(args);
    const results = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(results.map((result) => result.run.seed)).toEqual([7, 8]);
    expect(place.runDirectories()).toHaveLength(2);
  });

  it("draws the reports again from the recordings, with the same numbers", async () => {
    using place = new Workplace();
    await place.run(["run", place.file("a.yaml", SCENARIO), "--out", "runs", "--quiet"]);
    const before = place.result();
    const ended = await place.run(["report", place.runDirectories()[0] ?? ""]);
    expect(ended.code).toBe(0);
    expect(place.result()).toEqual(before);
  });
});

describe("other commands", () => {
  it("init writes a scenario that validates", async () => {
    using place = new Workplace();
    expect((await place.run(["init", "mine.yaml"])).code).toBe(0);
    expect((await place.run(["validate", "mine.yaml"])).stdout).toContain("is fine");
    expect((await place.run(["init", "mine.yaml"])).stderr).toContain("is there already");
  });

  it("drivers lists what each driver can do", async () => {
    using place = new Workplace();
    const { stdout } = await place.run(["drivers"]);
    for (const name of ["memory", "redis-list", "redis-streams", "redis-pubsub", "sqs"])
      expect(stdout).toContain(`${name}\n`);
    expect(stdout).toContain("target.options.consume");
  });

  it("doctor names what is missing and the command that gets it", async () => {
    using place = new Workplace();
    const { stdout } = await place.run(["doctor"], { PATH: "/nowhere" });
    expect(stdout).toMatch(/missing redis .*\n\s+get it with: .*redis-server/);
    expect(stdout).toMatch(/ok +sqs +embedded/);
  });
});
