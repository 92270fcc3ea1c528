/**
 * Exact percentiles of a sample, by nearest rank: the smallest value that at least `p` percent do not exceed.
 * @param {readonly number[] | Float64Array} values
 * @returns {(p: number) => number}
 */
export function percentiles(values) {
  const sorted = Float64Array.from(values).sort();
  return (p) => sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)] ?? Number.NaN;
}

/**
 * The middle value (the lower one of two).
 * @param {readonly number[]} values
 */
export const median = (values) => percentiles(values)(50);
