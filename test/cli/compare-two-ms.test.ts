import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { buildComparison } from "../../src/compare/build.js";
import type { ComparedRun } from "../../src/compare/input.js";
import { comparisonSchema } from "../../src/compare/schema.js";
import { type RunResult, resultSchema } from "../../src/result/schema.js";
import { seededRandom } from "../../src/stats/random.js";
import { Workplace } from "../support/cli.js";
import { needs } from "../support/systems.js";

const SCENARIO = fileURLToPath(new URL("../../scenarios/compare/two-ms.yaml", import.meta.url));
const REPETITIONS = 20;

/** Some runs of one target dealt out to two sides by chance, as if they were two targets. */
function dealt(results: readonly RunResult[], seed: number): ComparedRun[] {
  const random = seededRandom(seed);
  const shuffled = [...results].map((result) => ({ result, at: random() })).sort((a, b) => a.at - b.at);
  return shuffled.map(({ result }, at) => ({
    subject: at % 2 === 0 ? "a" : "b",
    round: Math.floor(at / 2) + 1,
    order: at + 1,
    directory: `runs/${at}`,
    result,
  }));
}

needs("redis", "2 ms of the network are told apart, and the runs of one target among themselves are not", async () => {
  using place = new Workplace();
  const ended = await place.run(["compare", SCENARIO, "--runs", "6", "--json", "--out", place.out]);
  expect(ended.code, ended.stderr).toBe(0);
  const { differences, subjects } = comparisonSchema.parse(JSON.parse(ended.stdout));
  const p50 = differences.filter(({ metric }) => metric === "endToEnd.p50" || metric === "publish.p50");
  expect(p50).toHaveLength(2);
  // On a machine that stalls for longer than that, one of the two may drown.
  expect(p50.map(({ told }) => told)).toContain("worse");
  expect(p50.map(({ told }) => told)).not.toContain("better");
  const [folder = ""] = readdirSync(place.out).map((name) => join(place.out, name));
  const read = (directory: string) =>
    resultSchema.parse(JSON.parse(readFileSync(join(folder, directory, "result.json"), "utf8")));
  const same = (subjects[0]?.runs ?? []).map(({ directory }) => read(directory));
  expect(same).toHaveLength(6);
  const quiet = Array.from({ length: REPETITIONS }, (_, seed) => {
    const about = { name: "a/a", question: null, havoqVersion: "", command: "", reference: null, rounds: 3, seed };
    const sides = ["a", "b"].map((name) => ({ name, target: name, variation: {} }));
    const input = {
      ...about,
      interrupted: false,
      subjects: sides,
      runs: dealt(same, seed),
      capacities: [],
      failures: [],
    };
    const found = buildComparison(input);
    return [...found.differences, ...found.countDifferences].every(({ told }) => told === "~");
  });
  expect(quiet.filter(Boolean).length).toBeGreaterThanOrEqual(REPETITIONS - 1);
});
