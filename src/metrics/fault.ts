import type { FaultResult, Resilience } from "../result-schema.js";
import type { Metric } from "./metric.js";
import type { MetricUnit } from "./unit.js";

/** A metric of a fault, named `<fault id>.<name>`; the less of it, the better. */
export interface FaultMetric {
  readonly name: string;
  readonly label: string;
  readonly unit: MetricUnit;
  /** The value over all occurrences of a fault that was injected; infinite for what never ended. */
  read(occurrences: readonly FaultResult[]): number;
  /** Of one occurrence, where targets are compared by it: `null` for what can't be told. `all` are the run's faults. */
  readonly compared?: (occurrence: FaultResult, all: readonly FaultResult[]) => number | null;
}

/** Counts are summed over a fault's occurrences. */
const sum = (name: "undelivered" | "inFlight", label: string): FaultMetric => ({
  ...{ name, label, unit: "count" },
  read: (occurrences) => occurrences.reduce((total, occurrence) => total + occurrence[name], 0),
});

/** Of what a fault did to goodput the worst occurrence counts. */
const worst = (
  name: string,
  label: string,
  unit: MetricUnit,
  pick: (figures: Resilience) => number | null,
): FaultMetric => ({
  ...{ name, label, unit },
  read: (occurrences) =>
    Math.max(...occurrences.map(({ resilience }) => (resilience && pick(resilience)) ?? Number.POSITIVE_INFINITY)),
});

/** Infinite when the run ended first; when another fault came first, or too few messages, it can't be told. */
function recoveredAfter({ resilience, requestedNs }: FaultResult, all: readonly FaultResult[]): number | null {
  if (!resilience) return null;
  if (resilience.onsetNs === null) return resilience.timeToRecoverNs;
  const cut = all.some((other) => other.requestedNs > requestedNs);
  return resilience.timeToRecoverNs ?? (cut ? null : Number.POSITIVE_INFINITY);
}

/** Every metric of a fault, in the order of the tables. */
export const FAULT_METRICS: readonly FaultMetric[] = [
  sum("undelivered", "undelivered"),
  sum("inFlight", "in flight"),
  worst("timeToDetect", "time to detect", "ns", ({ timeToDetectNs }) => timeToDetectNs),
  {
    ...worst("unavailable", "unavailable", "ns", ({ unavailableNs }) => unavailableNs),
    compared: ({ resilience }) => resilience?.unavailableNs ?? null,
  },
  {
    ...worst("timeToRecover", "time to recover", "ns", ({ timeToRecoverNs }) => timeToRecoverNs),
    compared: recoveredAfter,
  },
  worst("drain", "drain", "ns", ({ drainNs }) => drainNs),
  worst("latencyRecovery", "latency recovery", "ns", ({ latencyRecoveryNs }) => latencyRecoveryNs),
  worst("dipDepth", "depth of the dip", "share", ({ dipDepth }) => dipDepth),
  worst("backlogPeak", "peak of the backlog", "count", ({ backlogPeak }) => backlogPeak),
];

/** A metric of the fault with this id, as a metric of the result: `null` unless each occurrence was injected. */
export const faultMetric = (id: string, { label, unit, read }: FaultMetric): Metric => ({
  label: `${id}: ${label}`,
  unit,
  read({ faults }) {
    const occurrences = faults.filter((fault) => fault.id === id);
    // What was not injected did nothing that could be measured.
    const injected = occurrences.length > 0 && occurrences.every(({ confirmedNs }) => confirmedNs !== null);
    return injected ? read(occurrences) : null;
  },
});
