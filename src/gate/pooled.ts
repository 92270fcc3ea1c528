import { mean } from "simple-statistics";
import { addHistogram, type Histogram, histogramOf, newHistogram, percentileNs } from "../record/histogram.js";
import { formatCount, formatMetric } from "../result/format.js";
import { metricValue } from "../result/metrics.js";
import type { LatencyName, RunResult } from "../result-schema.js";
import type { GateResult } from "./schema.js";
import type { Threshold } from "./thresholds.js";

/** All slices of one side as one: histograms are merged, counts summed, rates averaged over slices of equal length. */
export class Pooled {
  private readonly histograms = new Map<LatencyName, Histogram>();
  private readonly counts = new Map<string, number>();
  private readonly rates = new Map<string, number[]>();

  /** Keeps only what the thresholds ask for. */
  constructor(private readonly thresholds: readonly Threshold[]) {}

  add(result: RunResult): void {
    const metrics = new Map(this.thresholds.map(({ metric, family }) => [metric, family]));
    const count = (name: string) =>
      this.counts.set(name, (this.counts.get(name) ?? 0) + (metricValue(result, name).value ?? 0));
    count("acked");
    for (const [name, family] of metrics) {
      if (family === "latency") this.addLatency(name as LatencyName, result);
      else if (family === "throughput")
        this.rates.set(name, [...(this.rates.get(name) ?? []), metricValue(result, name).value ?? 0]);
      else if (name !== "acked") count(name);
    }
  }

  private addLatency(name: LatencyName, result: RunResult): void {
    const pooled = this.histograms.get(name) ?? newHistogram(3);
    const { whole } = result.latency[name];
    if (whole.count > 0) addHistogram(pooled, histogramOf(whole));
    this.histograms.set(name, pooled);
  }

  /** The figure that a threshold is about; `null` when nothing was measured. */
  value({ metric, family, aggregate }: Threshold): number | null {
    if (family === "delivery") {
      const count = this.counts.get(metric) ?? 0;
      if (aggregate.kind === "count") return count;
      const acked = this.counts.get("acked") ?? 0;
      return acked === 0 ? null : count / acked;
    }
    if (family === "throughput") {
      const rates = this.rates.get(metric) ?? [];
      return rates.length === 0 ? null : mean(rates);
    }
    const histogram = this.histograms.get(metric as LatencyName);
    if (!histogram) return null;
    if (aggregate.kind === "count") return histogram.totalCount;
    return histogram.totalCount === 0 ? null : statistic(histogram, aggregate);
  }
}

function statistic(histogram: Histogram, aggregate: Threshold["aggregate"]): number {
  switch (aggregate.kind) {
    case "percentile":
      return percentileNs(histogram, aggregate.percent);
    case "avg":
      return Math.min(histogram.mean, histogram.maxValue);
    case "min":
      return percentileNs(histogram, 0);
    case "max":
      return histogram.maxValue;
    default:
      return percentileNs(histogram, 50);
  }
}

/** Holds one threshold against the candidate's slices, relative ones against those of the baseline. */
export function judgeThreshold(
  threshold: Threshold,
  candidate: Pooled,
  baseline: Pooled | null,
): GateResult["thresholds"][number] {
  const { metric, expression, operator, unit, limit } = threshold;
  const counts = threshold.family === "delivery";
  const actual = candidate.value(threshold);
  const reference = limit.kind === "value" ? limit.value : (baseline?.value(threshold) ?? null);
  if (actual === null || reference === null) {
    const missing = actual === null ? "the candidate" : "the baseline";
    return {
      metric,
      expression,
      counts,
      passed: false,
      text: `${metric}: ${expression}: nothing was measured of ${missing}`,
    };
  }
  const bound = limit.kind === "value" ? reference : reference * limit.factor;
  const passed = holds(actual, operator, bound);
  const show = (value: number) => (unit === "count" ? formatCount(value) : formatMetric(value, unit));
  const figure = expression.slice(0, expression.search(/[<>=!]/)).trim();
  const relation = passed ? "is" : "is not";
  const relative = limit.kind === "baseline" ? ` (${limit.factor} times the baseline's ${show(reference)})` : "";
  const text = `${metric} ${figure} ${show(actual)} ${relation} ${operator} ${show(bound)}${relative}`;
  return { metric, expression, counts, passed, text };
}

function holds(actual: number, operator: Threshold["operator"], bound: number): boolean {
  switch (operator) {
    case "<":
      return actual < bound;
    case "<=":
      return actual <= bound;
    case ">":
      return actual > bound;
    case ">=":
      return actual >= bound;
    case "==":
      return actual === bound;
    case "!=":
      return actual !== bound;
  }
}
