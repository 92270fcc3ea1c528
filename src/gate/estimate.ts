import { median, probit } from "simple-statistics";
import { signedRank } from "../stats/signed-rank.js";
import { hodgesLehmann, locationInterval, walshAverages } from "../stats/walsh.js";
import type { GateMetric } from "./metrics.js";
import type { GateSettings, Look } from "./settings.js";

/** A metric's values of one pair of slices, in the metric's unit. */
export interface Pair {
  readonly baseline: number;
  readonly candidate: number;
}

/** Pairs of one gated metric, in the order in which they were measured. */
export interface MetricPairs {
  readonly metric: GateMetric;
  readonly pairs: readonly Pair[];
}

/** What the pairs say of one metric. Changes are logarithms of candidate / baseline, positive when worse. */
export interface Estimate {
  readonly pairs: number;
  /** Medians over the slices. */
  readonly baseline: number;
  readonly candidate: number;
  readonly change: number;
  readonly lower: number;
  readonly upper: number;
  readonly pWorse: number;
  readonly pBetter: number;
  /** Smallest change for the worse that this gate would call a regression in 95 of 100 cases at this noise. */
  readonly detectable: number;
}

const DETECTION_POWER = 0.95;

/** Estimates the change of a metric; `family` is the number of gated metrics. */
export function estimate({ metric, pairs }: MetricPairs, look: Look, settings: GateSettings, family: number): Estimate {
  const changes = pairs.map((pair) => changeOf(metric, pair));
  const walsh = walshAverages(changes);
  const { lower, upper } = locationInterval(walsh, changes.length, look.passAlpha);
  const baseline = pairs.length === 0 ? 0 : median(pairs.map((pair) => pair.baseline));
  const error = (upper - lower) / (2 * probit(1 - look.passAlpha));
  return {
    pairs: pairs.length,
    baseline,
    candidate: pairs.length === 0 ? 0 : median(pairs.map((pair) => pair.candidate)),
    change: changes.length === 0 ? 0 : hodgesLehmann(walsh),
    lower,
    upper,
    pWorse: signedRank(changes).p,
    pBetter: signedRank(changes.map((change) => -change)).p,
    detectable: detectableChange(error, leastChange(metric, baseline, settings), look.alpha / family),
  };
}

/** How much worse the candidate is than the baseline in one pair, as a logarithm. */
function changeOf(metric: GateMetric, { baseline, candidate }: Pair): number {
  const change = Math.log(candidate / baseline);
  return metric.worse === "higher" ? change : -change;
}

/** The least change that may be called one: the minimum effect, or more where the absolute floor is above it. */
export function leastChange(metric: GateMetric, baseline: number, settings: GateSettings): number {
  return Math.max(Math.log1p(settings.minEffect), floorChange(metric, baseline, settings));
}

/** The largest change that a pass leaves possible; what lies below the absolute floor can never be a regression. */
export function largestTolerated(metric: GateMetric, baseline: number, settings: GateSettings): number {
  return Math.max(Math.log1p(settings.tolerance), floorChange(metric, baseline, settings));
}

function floorChange(metric: GateMetric, baseline: number, { floorNs }: GateSettings): number {
  return metric.unit === "ns" && baseline > 0 ? Math.log1p(floorNs / baseline) : 0;
}

/**
 * The smallest change that would be found, given the standard error: by the normal approximation far enough from 0 to be rejected, and from the least change to be estimated above it.
 */
export function detectableChange(error: number, least: number, alpha: number): number {
  const margin = probit(DETECTION_POWER) * error;
  return margin + Math.max(least, probit(1 - alpha) * error);
}
