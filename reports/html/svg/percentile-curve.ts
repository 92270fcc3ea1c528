import { histogramOf, percentileNs } from "../../../src/record/histogram.js";
import type { LatencyStats } from "../../../src/result-schema.js";

/** A point of a percentile curve: x = 1 / (1 - q), so that 90 %, 99 %, 99.9 % are evenly apart on a log axis. */
export interface CurvePoint {
  readonly x: number;
  readonly ns: number;
}

/** Points to a power of ten. */
const PER_DECADE = 48;
/** Where fewer samples than this lie above, a percentile says more about chance than about the system. */
export const MIN_SAMPLES_ABOVE = 10;

/** Reads a curve off a histogram, as far as at least 10 samples lie above. */
export function percentileCurve(stats: LatencyStats): CurvePoint[] {
  const furthest = stats.count / MIN_SAMPLES_ABOVE;
  if (furthest < 1) return [];
  const histogram = histogramOf(stats);
  const steps = Math.floor(Math.log10(furthest) * PER_DECADE);
  const places = Array.from({ length: steps + 1 }, (_, i) => 10 ** (i / PER_DECADE));
  return [...places, furthest].map((x) => ({ x, ns: percentileNs(histogram, 100 - 100 / x) }));
}

/** The percentile at a power of ten of x: 0, 90, 99, 99.9. */
export function percentileLabel(power: number): string {
  if (power === 0) return "0";
  return power === 1 ? "90" : `99${power > 2 ? `.${"9".repeat(power - 2)}` : ""}`;
}
