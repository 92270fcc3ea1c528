/**
 * The regression gate on real slices: records slices of one target, plain and worse by a known part, and puts them
 * together into gates. Goes on where it was left: `HAVOQ_GATE_FILE` is appended to.
 */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { median } from "simple-statistics";
import { seededRandom } from "../dist/src/stats/random.js";
import { CHANGES, TARGETS } from "./gate/changes.mjs";
import { gate, percent } from "./gate/lib.mjs";
import { atRandom, inOrder } from "./gate/pseudo.mjs";
import { readRecorded, recordSlices } from "./gate/record.mjs";
import { atLeast, atMost, benchmark } from "./lib/report.mjs";
import { shuffled } from "./lib/shuffled.mjs";
import { withTemporaryDirectory } from "./lib/temporary.mjs";

/** @typedef {import("./gate/record.mjs").Recorded} Recorded */

const env = (/** @type {string} */ name, /** @type {string} */ otherwise) =>
  process.env[`HAVOQ_GATE_${name}`] ?? otherwise;
const target = env("TARGET", "redis");
const changeName = env("CHANGE", "delay");
const slice = {
  rate: env("RATE", "500/s"),
  rampSeconds: Number(env("RAMP_SECONDS", "2")),
  sliceSeconds: Number(env("SLICE_SECONDS", "5")),
};
const calmSlices = Number(env("SLICES", "200"));
const worseSlices = Number(env("WORSE_SLICES", "60"));
const pseudoGates = Number(env("GATES", "4000"));
const file = resolve(env("FILE", `gate-real-${target}.jsonl`));
const key = [target, changeName, slice.rate, `${slice.sliceSeconds}s`, `${slice.rampSeconds}s`, process.version].join(
  " ",
);
const most = gate.settings.looks.at(-1)?.pairs ?? 0;

await benchmark("gate-real", `the regression gate on slices of ${key}, in ${file}`, async () => {
  const change = oneOf(CHANGES, "CHANGE", changeName);
  const whole = await withTemporaryDirectory((directory) => recordMissing(change, directory));
  if (!whole) process.exitCode = 130;
  const recorded = readRecorded(file, key);
  const of = (/** @type {number} */ part) => recorded.filter(({ changePercent }) => changePercent === part);
  const able = [0, 10, 20].filter((part) => of(0).length >= 2 * most && of(part).length >= most);
  const results = able.map((part) => evaluate(change, part, of(0), of(part)));
  const few = `fewer than ${2 * most} calm or ${most} worse slices so far: run it again, and it goes on`;
  const ordered = inOrder(of(0));
  return {
    rows: results.map(({ row }) => row),
    checks: [
      ...results.map(({ check }) => check),
      atMost(`false regressions of ${ordered.gates} gates in order`, ordered.regressions, 0),
    ],
    notes: able.length < 3 ? [few] : [`delivered: what the change made of the median of ${change.metric}`],
  };
});

/**
 * @template T
 * @param {Record<string, T>} table
 * @param {string} variable
 * @param {string} name
 * @returns {T}
 */
function oneOf(table, variable, name) {
  const found = table[name];
  if (!found) throw new Error(`HAVOQ_GATE_${variable}: one of ${Object.keys(table).join(", ")}`);
  return found;
}

/**
 * @param {import("./gate/changes.mjs").Change} change
 * @param {string} directory
 */
async function recordMissing(change, directory) {
  const slices = missing(change);
  if (slices.length === 0) return true;
  const scenario = {
    name: `gate-real-${target}`,
    target: oneOf(TARGETS, "TARGET", target),
    ...change.scenario(slice),
  };
  const scenarioFile = join(directory, "scenario.yaml");
  // JSON is YAML.
  writeFileSync(scenarioFile, JSON.stringify(scenario));
  return recordSlices({ scenarioFile, file, key, slices, metrics: gate.metrics, directory });
}

/**
 * Slices that are missing, in random order, so that a machine that changes changes all variants.
 * @param {import("./gate/changes.mjs").Change} change
 */
function missing(change) {
  const recorded = readRecorded(file, key);
  const plain = recorded.filter(({ changePercent }) => changePercent === 0).map(moved(change));
  const calm = plain.length > 0 ? median(plain) : null;
  const slices = [
    [0, calmSlices],
    [10, worseSlices],
    [20, worseSlices],
  ].flatMap(([changePercent = 0, wanted = 0]) => {
    const there = recorded.filter((each) => each.changePercent === changePercent).length;
    const each = { changePercent, set: change.set(changePercent, calm) };
    return Array.from({ length: Math.max(0, wanted - there) }, () => each);
  });
  return shuffled(slices, seededRandom(recorded.length + 1));
}

/** @param {import("./gate/changes.mjs").Change} change */
function moved({ metric }) {
  return (/** @type {Recorded} */ { values }) => values[metric] ?? 0;
}

/**
 * @param {import("./gate/changes.mjs").Change} change
 * @param {number} part
 * @param {readonly Recorded[]} calm
 * @param {readonly Recorded[]} own
 */
function evaluate(change, part, calm, own) {
  const { count, found } = atRandom(pseudoGates, calm, part === 0 ? null : own);
  const share = (/** @type {number} */ of) => percent(of / pseudoGates);
  const injected = part === 0 ? "nothing" : `${change.metric} ${change.sign > 0 ? "+" : "-"}${part} %`;
  const row = {
    injected,
    slices: own.length,
    limited: own.filter(({ generatorLimited }) => generatorLimited).length,
    delivered: percent(median(own.map(moved(change))) / median(calm.map(moved(change))) - 1),
    gates: pseudoGates,
    regression: share(count.regression),
    pass: share(count.pass + count.improvement),
    inconclusive: share(count.inconclusive),
    pairs: (count.pairs / pseudoGates).toFixed(1),
    ...Object.fromEntries(gate.metrics.map(({ name }) => [name, share(found.get(name) ?? 0)])),
  };
  const check =
    part === 0
      ? atMost("false regressions", count.regression / pseudoGates, 0.01)
      : atLeast(`${injected}: found`, (found.get(change.metric) ?? 0) / pseudoGates, 0.95);
  return { row, check };
}
