import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from "hdr-histogram-js";
import type { LatencyStats } from "../result-schema.js";

export type { Histogram } from "hdr-histogram-js";

/** An empty HDR histogram of nanoseconds; grows to the values it is given. */
export function newHistogram(significantDigits: 2 | 3): Histogram {
  return build({
    bitBucketSize: 32,
    autoResize: true,
    lowestDiscernibleValue: 1,
    highestTrackableValue: 2 ** 20,
    numberOfSignificantValueDigits: significantDigits,
    useWebAssembly: false,
  });
}

/** Adds a latency; negative ones (clock reads in the wrong order by less than their cost) count as 0. */
export function recordNs(histogram: Histogram, latencyNs: number): void {
  histogram.recordValue(latencyNs > 0 ? Math.round(latencyNs) : 0);
}

/**
 * A percentile; 0 of none. Values are as precise as their bucket, whose upper edge can lie beyond the greatest value: no
 * percentile is above that.
 */
export function percentileNs(histogram: Histogram, percentile: number): number {
  return histogram.totalCount === 0 ? 0 : Math.min(histogram.getValueAtPercentile(percentile), histogram.maxValue);
}

/** Percentiles and the encoded histogram, as in `result.json`. */
export function latencyStats(histogram: Histogram): LatencyStats {
  const empty = histogram.totalCount === 0;
  const at = (percentile: number) => percentileNs(histogram, percentile);
  return {
    count: histogram.totalCount,
    min: at(0),
    mean: empty ? 0 : Math.min(histogram.mean, histogram.maxValue),
    p50: at(50),
    p90: at(90),
    p95: at(95),
    p99: at(99),
    p999: at(99.9),
    p9999: at(99.99),
    max: empty ? 0 : histogram.maxValue,
    histogram: encodeIntoCompressedBase64(histogram),
  };
}

/** A histogram as plain data; the extremes apart, as the encoding has them only as precise as its buckets. */
export interface HistogramSnapshot {
  readonly encoded: string;
  readonly maxValue: number;
  readonly minNonZeroValue: number;
}

/** A histogram as plain data; `restoreHistogram` reads it. */
export const snapshotOf = (histogram: Histogram): HistogramSnapshot => ({
  encoded: encodeIntoCompressedBase64(histogram),
  maxValue: histogram.maxValue,
  minNonZeroValue: histogram.minNonZeroValue,
});

/** Fills an empty histogram with what a snapshot holds. */
export function restoreHistogram(empty: Histogram, { encoded, maxValue, minNonZeroValue }: HistogramSnapshot): void {
  empty.add(decodeHistogram(encoded));
  Object.assign(empty, { maxValue, minNonZeroValue });
}

/** Adds the values of another histogram; `add` alone gives the sum an extreme only as precise as its bucket. */
export function addHistogram(sum: Histogram, other: Histogram): void {
  const maxValue = Math.max(sum.maxValue, other.maxValue);
  const minNonZeroValue = Math.min(sum.minNonZeroValue, other.minNonZeroValue);
  sum.add(other);
  Object.assign(sum, { maxValue, minNonZeroValue });
}

/** The histogram of a `LatencyStats`; with its true maximum, which the encoding has only as precise as its bucket. */
export function histogramOf({ histogram, max }: Pick<LatencyStats, "histogram" | "max">): Histogram {
  return Object.assign(decodeHistogram(histogram), { maxValue: max });
}

function decodeHistogram(encoded: string): Histogram {
  return decodeFromCompressedBase64(encoded, 32, false);
}
