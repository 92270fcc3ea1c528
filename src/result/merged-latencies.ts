import { addHistogram, type Histogram, histogramOf, latencyStats, newHistogram } from "../record/histogram.js";
import type { LatencyStats, RunResult } from "../result-schema.js";

/** One histogram of all runs for each latency: percentiles can't be averaged. */
export function mergedLatencies(results: readonly RunResult[]): Record<"publish" | "endToEnd", LatencyStats> {
  const merged = (name: "publish" | "endToEnd"): LatencyStats => {
    const all: Histogram = newHistogram(3);
    for (const { latency } of results) {
      const { whole } = latency[name];
      if (whole.count > 0) addHistogram(all, histogramOf(whole));
    }
    return latencyStats(all);
  };
  return { publish: merged("publish"), endToEnd: merged("endToEnd") };
}
