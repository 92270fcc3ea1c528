import { criticalRankSum } from "./signed-rank.js";

/** Bounds of a location; infinite on the side of which too few values say anything. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/** Means of all pairs of values, each value paired with itself too, in ascending order (Walsh averages). */
export function walshAverages(values: readonly number[]): Float64Array {
  const averages = new Float64Array((values.length * (values.length + 1)) / 2);
  let at = 0;
  for (const [index, value] of values.entries()) {
    for (let other = index; other < values.length; other++) averages[at++] = (value + (values[other] ?? 0)) / 2;
  }
  return averages.sort();
}

/** The Hodges-Lehmann estimate of the location of symmetric values: the median of their Walsh averages; NaN of none. */
export function hodgesLehmann(walsh: Float64Array): number {
  const middle = walsh.length >> 1;
  const upper = walsh[middle] ?? Number.NaN;
  return walsh.length % 2 === 1 ? upper : ((walsh[middle - 1] ?? Number.NaN) + upper) / 2;
}

/**
 * The locations that the signed-rank test does not reject, at `alpha` on each side: from the Walsh average after the k
 * smallest to the one before the k largest, k being the critical rank sum (Hollander and Wolfe, section 3.3). Each
 * bound alone is wrong with a probability of at most `alpha`.
 */
export function locationInterval(walsh: Float64Array, n: number, alpha: number): Interval {
  const beyond = criticalRankSum(n, alpha);
  if (beyond < 0) return { lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY };
  return { lower: walsh[beyond] ?? Number.NaN, upper: walsh[walsh.length - 1 - beyond] ?? Number.NaN };
}
