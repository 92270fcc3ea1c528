import type { DeliveryCounts, RunResult } from "../result-schema.js";
import type { Measured, Metric } from "./metric.js";

/** A metric of a run, by the name that expectations, thresholds, comparisons and the gate call it. */
export interface RunMetric extends Metric {
  readonly name: string;
  /** Of a count by which targets are compared: how a run with some is spoken of ("lost in 3 of 3 runs"). */
  readonly verb?: string;
  /**
   * Of a rate by whose ratio targets are compared: the expected SD of the logarithm of that ratio, of two runs of the
   * same target on a shared machine.
   */
  readonly usualSd?: number;
  read(result: Measured): number;
}

/** Expected SD of what rests on the bulk of the messages. */
export const QUIET_SD = 0.08;

const count = (name: string, pick: (delivery: DeliveryCounts) => number): RunMetric => ({
  ...{ name, label: name, unit: "count" },
  read: ({ delivery }) => pick(delivery),
});

/** Over the load phases without the warm-up. */
const rate = (name: string, label: string, pick: (throughput: RunResult["throughput"]) => number): RunMetric => ({
  ...{ name, label, unit: "perSecond" },
  read: ({ throughput }) => pick(throughput),
});

/** Every metric of a run but its latencies (`latency.ts`), in the order of the tables. */
export const RUN_METRICS: readonly RunMetric[] = [
  count("sent", ({ sent }) => sent),
  count("acked", ({ acked }) => acked),
  count("rejected", ({ rejected }) => rejected),
  count("indeterminate", ({ indeterminate }) => indeterminate),
  count("ok", ({ ok }) => ok),
  count("deadLettered", ({ deadLettered }) => deadLettered),
  count("backlog", ({ backlog }) => backlog),
  { ...count("lost", ({ lost }) => lost), verb: "lost" },
  count("lostInHandler", ({ lostInHandler }) => lostInHandler),
  count("lostBeforeHandler", ({ lostBeforeHandler }) => lostBeforeHandler),
  { ...count("stuck", ({ stuck }) => stuck), verb: "stuck" },
  count("unseen", ({ unseen }) => unseen),
  count("recovered", ({ recovered }) => recovered),
  count("void", (delivery) => delivery.void),
  count("abortedRead", ({ abortedRead }) => abortedRead),
  count("phantom", ({ phantom }) => phantom),
  count("corrupt", ({ corrupt }) => corrupt),
  count("reordered", ({ reordered }) => reordered),
  {
    ...count("duplicates", ({ duplicates }) => duplicates.redelivered + duplicates.producedTwice),
    verb: "delivered twice",
  },
  count("duplicates.redelivered", ({ duplicates }) => duplicates.redelivered),
  count("duplicates.producedTwice", ({ duplicates }) => duplicates.producedTwice),
  // Completed and still in the system.
  count("leftover", ({ leftover }) => leftover.ready + leftover.inFlight + leftover.deadLettered),
  count("leftover.ready", ({ leftover }) => leftover.ready),
  count("leftover.inFlight", ({ leftover }) => leftover.inFlight),
  count("leftover.deadLettered", ({ leftover }) => leftover.deadLettered),
  rate("offered", "offered", ({ offeredPerSecond }) => offeredPerSecond),
  { ...rate("ackedPerSecond", "acked per second", ({ ackedPerSecond }) => ackedPerSecond), better: "higher" },
  {
    ...rate("goodput", "goodput", ({ goodputPerSecond }) => goodputPerSecond),
    ...{ better: "higher", usualSd: QUIET_SD },
  },
];

/** Names of the metrics of a run that have this unit. */
export const namesWithUnit = (unit: RunMetric["unit"]): string[] =>
  RUN_METRICS.filter((metric) => metric.unit === unit).map(({ name }) => name);
