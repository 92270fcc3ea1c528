/** How often a comparison tells runs of one and the same target apart. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildComparison } from "../dist/src/compare/build.js";
import { comparisonSchema } from "../dist/src/compare/schema.js";
import { resultSchema } from "../dist/src/result-schema.js";
import { seededRandom } from "../dist/src/stats/random.js";
import { spawnHavoq } from "./lib/havoq.mjs";
import { atLeast, benchmark } from "./lib/report.mjs";
import { shuffled } from "./lib/shuffled.mjs";
import { withTemporaryDirectory } from "./lib/temporary.mjs";

const SCENARIO = fileURLToPath(new URL("../scenarios/compare/two-ms.yaml", import.meta.url));
const RUNS = 10;
const REPETITIONS = 20;

/** @typedef {import("../dist/src/result-schema.js").RunResult} RunResult */

/**
 * The runs of one target dealt out to two sides by chance, as if they were two targets.
 * @param {readonly RunResult[]} results
 * @param {number} seed
 */
function dealt(results, seed) {
  return shuffled(results, seededRandom(seed)).map((result, at) => ({
    subject: at % 2 === 0 ? "a" : "b",
    round: Math.floor(at / 2) + 1,
    order: at + 1,
    directory: `runs/${at}`,
    result,
  }));
}

/**
 * Names of the metrics by which the two sides are told apart.
 * @param {readonly RunResult[]} results
 * @param {number} seed
 */
function toldApart(results, seed) {
  const subjects = ["a", "b"].map((name) => ({ name, target: name, variation: {} }));
  const about = { name: "a/a", question: null, havoqVersion: "", command: "", reference: null, interrupted: false };
  const runs = dealt(results, seed);
  const found = buildComparison({ ...about, rounds: RUNS / 2, seed, subjects, runs, capacities: [], failures: [] });
  return [...found.differences, ...found.countDifferences]
    .filter(({ told }) => told !== "~")
    .map(({ metric }) => String(metric));
}

await benchmark("compare-aa", "are equal targets told apart? 10 runs of one, dealt out 20 times as 5 and 5", () =>
  withTemporaryDirectory(async (directory) => {
    const args = ["compare", SCENARIO, "--runs", String(RUNS), "--json", "--out", directory];
    const { subjects } = comparisonSchema.parse(JSON.parse(await spawnHavoq(args)));
    const [folder = ""] = readdirSync(directory).map((name) => join(directory, name));
    const same = (subjects[0]?.runs ?? []).map((run) =>
      resultSchema.parse(JSON.parse(readFileSync(join(folder, run.directory, "result.json"), "utf8"))),
    );
    const each = Array.from({ length: REPETITIONS }, (_, seed) => toldApart(same, seed));
    const quiet = each.filter((metrics) => metrics.length === 0).length;
    return {
      rows: [{ repetitions: REPETITIONS, allEqual: quiet, toldApart: [...new Set(each.flat())].join(", ") || "none" }],
      checks: [atLeast("repetitions in which every metric is ~", quiet, REPETITIONS - 1)],
    };
  }),
);
