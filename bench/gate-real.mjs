/**
 * The regression gate on real slices: records slices of one target, without and with a delay that the proxy adds, and
 * puts them together at random into gates. Goes on where it was left: `HAVOQ_GATE_FILE` is appended to.
 */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { median } from "simple-statistics";
import { seededRandom } from "../dist/src/stats/random.js";
import { gate, percent } from "./gate/lib.mjs";
import { readRecorded, recordSlices } from "./gate/record.mjs";
import { atLeast, atMost, benchmark } from "./lib/report.mjs";
import { withTemporaryDirectory } from "./lib/temporary.mjs";

const env = (/** @type {string} */ name, /** @type {string} */ otherwise) =>
  process.env[`HAVOQ_GATE_${name}`] ?? otherwise;
const target = env("TARGET", "redis");
const sliceSeconds = Number(env("SLICE_SECONDS", "5"));
const rampSeconds = Number(env("RAMP_SECONDS", "2"));
const rate = env("RATE", "500/s");
const calmSlices = Number(env("SLICES", "200"));
const slowSlices = Number(env("SLOW_SLICES", "60"));
const pseudoGates = Number(env("GATES", "4000"));
const file = resolve(env("FILE", `gate-real-${target}.jsonl`));
/** Far above the floor of 0.2 ms and the coarseness of timers. */
const DELAY_MS = 20;

/** @type {Record<string, Record<string, unknown>>} */
const TARGETS = {
  redis: { driver: "redis-list", host: "local", options: { consume: "brpop" } },
  rabbitmq: { driver: "rabbitmq", host: "local" },
};
const key = [target, rate, `${sliceSeconds}s`, `${rampSeconds}s`, process.version].join(" ");

/** The delay stands in every variant, so that the proxy is in the path of all. */
const scenario = {
  name: `gate-real-${target}`,
  target: TARGETS[target],
  load: { rate, payload: "1KiB", window: 1024 },
  workers: { concurrency: 16 },
  phases: { warmup: `${rampSeconds}s`, baseline: `${sliceSeconds}s`, drain: "auto" },
  faults: [
    {
      id: "delay",
      at: rampSeconds > 0 ? "warmup" : "baseline",
      network: "producers",
      direction: "up",
      latency: `${DELAY_MS}ms`,
      for: `${rampSeconds + sliceSeconds}s`,
    },
  ],
};

/** Slices that are missing, in random order, so that a machine that changes changes all variants. */
function missing() {
  const recorded = readRecorded(file, key);
  const calm =
    median(
      recorded
        .filter(({ delayPercent }) => delayPercent === 0)
        .map(p50)
        .concat(DELAY_MS * 1e6),
    ) / 1e6;
  const slices = [
    [0, calmSlices],
    [10, slowSlices],
    [20, slowSlices],
  ].flatMap(([delayPercent = 0, wanted = 0]) => {
    const there = recorded.filter((each) => each.delayPercent === delayPercent).length;
    const delayMs = Number((DELAY_MS + (calm * delayPercent) / 100).toFixed(1));
    return Array.from({ length: Math.max(0, wanted - there) }, () => ({ delayPercent, delayMs }));
  });
  return shuffled(slices, seededRandom(recorded.length + 1));
}

const p50 = (/** @type {import("./gate/record.mjs").Recorded} */ { values }) => values["endToEnd.p50"] ?? 0;

/**
 * @template T
 * @param {readonly T[]} values
 * @param {() => number} random
 * @returns {T[]}
 */
function shuffled(values, random) {
  return values
    .map((value) => ({ value, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}

/**
 * Many gates from slices drawn at random: how often each metric, and any of them, is called a regression.
 * @param {readonly import("./gate/record.mjs").Recorded[]} calm
 * @param {readonly import("./gate/record.mjs").Recorded[] | null} slow `null`: both sides are drawn from the calm ones.
 */
function pseudo(calm, slow) {
  const random = seededRandom(97);
  const most = gate.settings.looks.at(-1)?.pairs ?? 0;
  const found = new Map(gate.metrics.map(({ name }) => [name, 0]));
  const count = { regression: 0, pass: 0, improvement: 0, inconclusive: 0, pairs: 0 };
  for (let trial = 0; trial < pseudoGates; trial++) {
    const drawn = shuffled(calm, random);
    const baseline = drawn.slice(0, most);
    const candidate = slow ? shuffled(slow, random).slice(0, most) : drawn.slice(most, 2 * most);
    const decisions = decideOn(baseline, candidate);
    const last = decisions.findIndex(({ verdict }) => verdict !== "inconclusive");
    const end = last < 0 ? decisions.length - 1 : last;
    const verdict = decisions[end]?.verdict ?? "inconclusive";
    count[verdict] += 1;
    count.pairs += gate.settings.looks[end]?.pairs ?? 0;
    // The gate ends at its first finding; what a metric would have been found by is told by all looks.
    for (const { name } of gate.metrics) {
      const seen = decisions.some(({ metrics }) =>
        metrics.some((each) => each.metric.name === name && each.verdict === "regression"),
      );
      if (seen) found.set(name, (found.get(name) ?? 0) + 1);
    }
  }
  return { count, found };
}

/**
 * Gates as they would have been: calm slices that followed each other, two a pair, in an order that chance decides. One
 * begins at every 20th slice; one that needs more than 10 pairs goes on into the slices of the next.
 * @param {readonly import("./gate/record.mjs").Recorded[]} calm
 */
function inOrder(calm) {
  const random = seededRandom(89);
  const first = 2 * (gate.settings.looks[0]?.pairs ?? 0);
  const starts = Array.from({ length: Math.floor(calm.length / first) }, (_, at) => at * first);
  const verdicts = starts.map((start) => {
    const own = calm.slice(start);
    const pairs = Array.from({ length: Math.floor(own.length / 2) }, (_, at) => own.slice(2 * at, 2 * at + 2));
    const dealt = pairs.map((pair) => (random() < 0.5 ? pair : pair.toReversed()));
    const [baseline, candidate] = [0, 1].map((side) => dealt.flatMap((pair) => pair[side] ?? []));
    const decisions = decideOn(baseline ?? [], candidate ?? []);
    return decisions.find(({ verdict }) => verdict !== "inconclusive")?.verdict ?? "inconclusive";
  });
  return { gates: verdicts.length, regressions: verdicts.filter((verdict) => verdict === "regression").length };
}

/**
 * What each look says for which there are pairs.
 * @param {readonly import("./gate/record.mjs").Recorded[]} baseline
 * @param {readonly import("./gate/record.mjs").Recorded[]} candidate
 */
function decideOn(baseline, candidate) {
  const able = gate.settings.looks.filter(({ pairs }) => pairs <= Math.min(baseline.length, candidate.length));
  return able.map((look) => {
    const measured = gate.metrics.map((metric) => ({
      metric,
      pairs: baseline.slice(0, look.pairs).flatMap(({ values }, at) => {
        const [before, after] = [values[metric.name], candidate[at]?.values[metric.name]];
        return before == null || after == null ? [] : [{ baseline: before, candidate: after }];
      }),
    }));
    return gate.decide(measured, look, gate.settings);
  });
}

await benchmark("gate-real", `the regression gate on slices of ${key}, in ${file}`, async () => {
  if (!TARGETS[target]) throw new Error(`HAVOQ_GATE_TARGET: one of ${Object.keys(TARGETS).join(", ")}`);
  const whole = await withTemporaryDirectory(recordMissing);
  if (!whole) process.exitCode = 130;
  const recorded = readRecorded(file, key);
  const of = (/** @type {number} */ delay) => recorded.filter(({ delayPercent }) => delayPercent === delay);
  const most = gate.settings.looks.at(-1)?.pairs ?? 0;
  const able = [0, 10, 20].filter((delay) => of(0).length >= 2 * most && of(delay).length >= most);
  const results = able.map((delay) => evaluate(delay, of(0), of(delay)));
  const few = `fewer than ${2 * most} calm or ${most} slow slices so far: run it again, and it goes on`;
  const ordered = inOrder(of(0));
  return {
    rows: results.map(({ row }) => row),
    checks: [
      ...results.map(({ check }) => check),
      atMost(`false regressions of ${ordered.gates} gates in order`, ordered.regressions, 0),
    ],
    notes: able.length < 3 ? [few] : ["deliveredP50: how much the delay changed the median of p50"],
  };
});

/** @param {string} directory */
async function recordMissing(directory) {
  const slices = missing();
  if (slices.length === 0) return true;
  const scenarioFile = join(directory, "scenario.yaml");
  // JSON is YAML.
  writeFileSync(scenarioFile, JSON.stringify(scenario));
  return recordSlices({ scenarioFile, file, key, slices, metrics: gate.metrics, directory });
}

/**
 * @param {number} delay
 * @param {readonly import("./gate/record.mjs").Recorded[]} calm
 * @param {readonly import("./gate/record.mjs").Recorded[]} own
 */
function evaluate(delay, calm, own) {
  const { count, found } = pseudo(calm, delay === 0 ? null : own);
  const share = (/** @type {number} */ part) => percent(part / pseudoGates);
  const p50Found = (found.get("endToEnd.p50") ?? 0) / pseudoGates;
  const row = {
    injected: `+${delay} %`,
    slices: own.length,
    limited: own.filter(({ generatorLimited }) => generatorLimited).length,
    deliveredP50: percent(median(own.map(p50)) / median(calm.map(p50)) - 1),
    gates: pseudoGates,
    regression: share(count.regression),
    pass: share(count.pass + count.improvement),
    inconclusive: share(count.inconclusive),
    pairs: (count.pairs / pseudoGates).toFixed(1),
    ...Object.fromEntries(gate.metrics.map(({ name }) => [name, share(found.get(name) ?? 0)])),
  };
  const check =
    delay === 0
      ? atMost("false regressions", count.regression / pseudoGates, 0.01)
      : atLeast(`+${delay} %: p50 found`, p50Found, 0.95);
  return { row, check };
}
