import { holm } from "../stats/holm.js";
import { type Estimate, estimate, largestTolerated, leastChange, type MetricPairs } from "./estimate.js";
import type { GateMetric } from "./metrics.js";
import { fewestPairs, type GateSettings, type Look } from "./settings.js";

/** What a gate says of a metric, or of the candidate as a whole. */
export type GateVerdict = "regression" | "improvement" | "pass" | "inconclusive";

/** What one look says of one metric. */
export interface MetricDecision {
  readonly metric: GateMetric;
  readonly estimate: Estimate;
  /** Adjusted for the number of gated metrics (Holm), and what it is held against. */
  readonly pAdjusted: number;
  readonly alpha: number;
  readonly verdict: GateVerdict;
}

/** What one look at the pairs says. */
export interface Decision {
  readonly verdict: GateVerdict;
  readonly metrics: readonly MetricDecision[];
}

/**
 * Decides at one look. regression: rejected (Holm over the metrics), by the minimum effect, and above the floor;
 * improvement: the mirror image; pass: the upper bound is tolerable; inconclusive otherwise.
 */
export function decide(measured: readonly MetricPairs[], look: Look, settings: GateSettings): Decision {
  const estimated = measured.map((each) => ({
    metric: each.metric,
    estimate: estimate(each, look, settings, measured.length),
  }));
  return decideEstimates(estimated, look, settings);
}

/** Decides by the same rules on estimates that are there. */
export function decideEstimates(
  measured: readonly { readonly metric: GateMetric; readonly estimate: Estimate }[],
  look: Look,
  settings: GateSettings,
): Decision {
  const estimates = measured.map((each) => each.estimate);
  const worse = holm(estimates.map(({ pWorse }) => pWorse));
  const better = holm(estimates.map(({ pBetter }) => pBetter));
  const metrics = measured.flatMap(({ metric }, index): MetricDecision[] => {
    const own = estimates[index];
    if (!own) return [];
    const [pWorse = 1, pBetter = 1] = [worse[index], better[index]];
    const verdict = verdictOf(metric, own, { pWorse, pBetter }, look, settings);
    const pAdjusted = own.change >= 0 ? pWorse : pBetter;
    return [{ metric, estimate: own, pAdjusted, alpha: look.alpha, verdict }];
  });
  return { verdict: overall(metrics, settings), metrics };
}

function verdictOf(
  metric: GateMetric,
  own: Estimate,
  adjusted: { readonly pWorse: number; readonly pBetter: number },
  look: Look,
  settings: GateSettings,
): GateVerdict {
  const least = leastChange(metric, own.baseline, settings);
  if (adjusted.pWorse <= look.alpha && own.change >= least) return "regression";
  const leastBetter = leastChange(metric, own.candidate, settings);
  if (adjusted.pBetter <= look.alpha && -own.change >= leastBetter) return "improvement";
  return tolerable(metric, own, settings) ? "pass" : "inconclusive";
}

const tolerable = (metric: GateMetric, { upper, baseline }: Estimate, settings: GateSettings): boolean =>
  upper < largestTolerated(metric, baseline, settings);

/** One regression is one too many; an improvement counts when nothing else may have become worse. */
function overall(metrics: readonly MetricDecision[], settings: GateSettings): GateVerdict {
  if (metrics.some(({ verdict }) => verdict === "regression")) return "regression";
  if (!metrics.every(({ metric, estimate }) => tolerable(metric, estimate, settings))) return "inconclusive";
  return metrics.some(({ verdict }) => verdict === "improvement") ? "improvement" : "pass";
}

/** The look that is due once `pairs` pairs are measured and `taken` looks were taken; `null` when it is not time yet. */
export function dueLook({ looks }: GateSettings, taken: number, pairs: number): Look | null {
  const next = looks[taken];
  return next && pairs >= next.pairs ? next : null;
}

/** The look for a gate that ends before its time: the next one's alphas at the pairs there are, if they can decide. */
export function earlyLook(settings: GateSettings, taken: number, pairs: number, metrics: number): Look | null {
  const next = settings.looks[taken];
  return next && pairs >= fewestPairs(next.alpha, metrics) ? { ...next, pairs } : null;
}
