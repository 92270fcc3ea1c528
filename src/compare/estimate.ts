/** A median with an interval that holds whatever the distribution. */

/** Median of some runs, and between which of them the true one lies. */
export interface Estimate {
  readonly median: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Probability that the interval covers the true median, 0 to 1; the most that so few runs can say. */
  readonly coverage: number;
}

const WANTED = 0.95;

/**
 * The sample median, and the narrowest pair of order statistics that covers the true median with at least 95 %
 * (inversion of the sign test); all runs where so few can't. Infinite values (never) take part, `null` is left out.
 */
export function estimateMedian(values: readonly (number | null)[]): Estimate {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  const n = sorted.length;
  if (n === 0) return { median: null, low: null, high: null, coverage: 0 };
  let drop = 0;
  while (drop + 1 < n / 2 && coverageOf(n, drop + 1) >= WANTED) drop += 1;
  const median = middle(sorted);
  return { median, low: sorted[drop] ?? null, high: sorted[n - 1 - drop] ?? null, coverage: coverageOf(n, drop) };
}

/** 1 - 2 P(Binomial(n, 1/2) <= drop). */
function coverageOf(n: number, drop: number): number {
  let term = 0.5 ** n;
  let sum = term;
  for (let k = 1; k <= drop; k++) {
    term *= (n - k + 1) / k;
    sum += term;
  }
  return Math.max(0, 1 - 2 * sum);
}

function middle(sorted: readonly number[]): number {
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? upper) + upper) / 2;
}
