import { histogramOf } from "../../src/record/histogram.js";
import type { LatencyStats } from "../../src/result-schema.js";
import { NS_PER_MS } from "../../src/units.js";

/** Percentile distribution in the text format of HdrHistogram (.hgrm), in milliseconds; for its plotting tools. */
export function renderHgrm(stats: LatencyStats): string {
  return histogramOf(stats).outputPercentileDistribution(5, NS_PER_MS);
}
