import type { Measured } from "../metrics/metric.js";
import type { MetricUnit } from "../metrics/unit.js";
import { readMetric } from "../scenario/metric-name.js";

/** A metric's value in its own unit; `null` when there was nothing to measure. */
export interface MetricValue {
  readonly value: number | null;
  readonly unit: MetricUnit;
}

/** Looks a metric up by its name; an unknown one has no value. */
export function metricValue(result: Measured, name: string): MetricValue {
  const metric = readMetric(name, [...new Set(result.faults.map((fault) => fault.id))]);
  if (!metric.ok) return { value: null, unit: "count" };
  return { value: metric.value.read(result), unit: metric.value.unit };
}
