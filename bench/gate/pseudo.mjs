/** Gates put together from recorded slices. */
import { seededRandom } from "../../dist/src/stats/random.js";
import { shuffled } from "../lib/shuffled.mjs";
import { gate } from "./lib.mjs";

/** @typedef {import("./record.mjs").Recorded} Recorded */

/**
 * Many gates from slices drawn at random: how often each metric, and any of them, is called a regression.
 * @param {number} gates
 * @param {readonly Recorded[]} calm
 * @param {readonly Recorded[] | null} worse `null`: both sides are drawn from the calm ones.
 */
export function atRandom(gates, calm, worse) {
  const random = seededRandom(97);
  const most = gate.settings.looks.at(-1)?.pairs ?? 0;
  const found = new Map(gate.metrics.map(({ name }) => [name, 0]));
  const count = { regression: 0, pass: 0, improvement: 0, inconclusive: 0, pairs: 0 };
  for (let trial = 0; trial < gates; trial++) {
    const drawn = shuffled(calm, random);
    const baseline = drawn.slice(0, most);
    const candidate = worse ? shuffled(worse, random).slice(0, most) : drawn.slice(most, 2 * most);
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
 * @param {readonly Recorded[]} calm
 */
export function inOrder(calm) {
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
 * @param {readonly Recorded[]} baseline
 * @param {readonly Recorded[]} candidate
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
