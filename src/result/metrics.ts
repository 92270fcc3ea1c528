import type { FaultResult, RunResult } from "../result-schema.js";
import { readMetric } from "../scenario/metric-name.js";
import type { Metric, MetricUnit } from "../scenario/metrics.js";

/** A result before it is judged. */
export type Measured = Omit<RunResult, "expectations" | "verdict">;

/** A metric's value in its own unit; `null` when there was nothing to measure. */
export interface MetricValue {
  readonly value: number | null;
  readonly unit: MetricUnit;
}

/** Looks a metric up by its name, as listed in src/scenario/metrics.ts; an unknown one has no value. */
export function metricValue(result: Measured, name: string): MetricValue {
  const metric = readMetric(name, [...new Set(result.faults.map((fault) => fault.id))]);
  if (!metric.ok) return { value: null, unit: "count" };
  return { value: lookUp(result, metric.value), unit: metric.value.unit };
}

function lookUp(result: Measured, metric: Metric): number | null {
  switch (metric.family) {
    case "delivery":
      return deliveryValue(result, metric.name);
    case "throughput":
      return throughputValue(result, metric.name);
    case "latency": {
      const byPhase = result.latency[metric.latency];
      const stats =
        metric.priority !== undefined
          ? result.priorities?.find(({ priority }) => priority === metric.priority)?.endToEnd
          : metric.phase === undefined
            ? byPhase.whole
            : byPhase.phases[metric.phase];
      if (!stats) return null;
      return stats.count === 0 && metric.stat !== "count" ? null : stats[metric.stat];
    }
    case "fault":
      return faultValue(
        result.faults.filter((fault) => fault.id === metric.fault),
        metric.name,
      );
  }
}

function deliveryValue({ delivery }: Measured, name: Extract<Metric, { family: "delivery" }>["name"]): number {
  const { redelivered, producedTwice } = delivery.duplicates;
  if (name === "duplicates") return redelivered + producedTwice;
  if (name === "duplicates.redelivered") return redelivered;
  if (name === "duplicates.producedTwice") return producedTwice;
  const { ready, inFlight, deadLettered } = delivery.leftover;
  if (name === "leftover") return ready + inFlight + deadLettered;
  if (name === "leftover.ready") return ready;
  if (name === "leftover.inFlight") return inFlight;
  if (name === "leftover.deadLettered") return deadLettered;
  return delivery[name];
}

function throughputValue({ throughput }: Measured, name: Extract<Metric, { family: "throughput" }>["name"]): number {
  if (name === "offered") return throughput.offeredPerSecond;
  return name === "goodput" ? throughput.goodputPerSecond : throughput.ackedPerSecond;
}

/** Counts are summed over a fault's occurrences; of times the worst counts, and one that never ended is infinite. */
function faultValue(
  occurrences: readonly FaultResult[],
  name: Extract<Metric, { family: "fault" }>["name"],
): number | null {
  // What was not injected did nothing that could be measured.
  if (occurrences.length === 0 || occurrences.some(({ confirmedNs }) => confirmedNs === null)) return null;
  const worst = (pick: (figures: NonNullable<FaultResult["resilience"]>) => number | null) =>
    Math.max(...occurrences.map(({ resilience }) => (resilience && pick(resilience)) ?? Number.POSITIVE_INFINITY));
  switch (name) {
    case "undelivered":
    case "inFlight":
      return occurrences.reduce((sum, fault) => sum + fault[name], 0);
    case "timeToDetect":
      return worst((figures) => figures.timeToDetectNs);
    case "unavailable":
      return worst((figures) => figures.unavailableNs);
    case "timeToRecover":
      return worst((figures) => figures.timeToRecoverNs);
    case "drain":
      return worst((figures) => figures.drainNs);
    case "latencyRecovery":
      return worst((figures) => figures.latencyRecoveryNs);
    case "dipDepth":
      return worst((figures) => figures.dipDepth);
    case "backlogPeak":
      return worst((figures) => figures.backlogPeak);
  }
}
