/** Every metric that an expectation may name, with its unit: data only, evaluated by the engine. */

/** count: messages; ns: nanoseconds; perSecond: messages per second; share: 0 to 1. */
export type MetricUnit = "count" | "ns" | "perSecond" | "share";

/** Message counts of `delivery` in the result. */
export const DELIVERY_METRICS = {
  sent: "count",
  acked: "count",
  rejected: "count",
  indeterminate: "count",
  ok: "count",
  deadLettered: "count",
  backlog: "count",
  stuck: "count",
  lost: "count",
  lostInHandler: "count",
  lostBeforeHandler: "count",
  unseen: "count",
  recovered: "count",
  void: "count",
  abortedRead: "count",
  phantom: "count",
  corrupt: "count",
  reordered: "count",
  /** Both kinds together. */
  duplicates: "count",
  "duplicates.redelivered": "count",
  "duplicates.producedTwice": "count",
  /** Completed and still in the system, wherever. */
  leftover: "count",
  "leftover.ready": "count",
  "leftover.inFlight": "count",
  "leftover.deadLettered": "count",
} as const satisfies Record<string, MetricUnit>;

/** Latencies of the result: `<latency>.<stat>` over the whole run without the warm-up, `<latency>.<stat>@<phase>` in one phase. */
export const LATENCIES = ["publishDelay", "publish", "publishService", "endToEnd", "handle"] as const;

/** Statistics of each latency. */
export const LATENCY_STATS = {
  count: "count",
  min: "ns",
  mean: "ns",
  p50: "ns",
  p90: "ns",
  p95: "ns",
  p99: "ns",
  p999: "ns",
  p9999: "ns",
  max: "ns",
} as const satisfies Record<string, MetricUnit>;

/** Phases by which latencies are kept apart. */
export const METRIC_PHASES = ["warmup", "baseline", "chaos", "recovery", "drain"] as const;

/** Throughput over the load phases without the warm-up. */
export const THROUGHPUT_METRICS = {
  offered: "perSecond",
  ackedPerSecond: "perSecond",
  goodput: "perSecond",
} as const satisfies Record<string, MetricUnit>;

/** Figures of each fault, as `<fault id>.<name>`; counts are summed over the occurrences of a repeated fault. */
export const FAULT_METRICS = {
  undelivered: "count",
  inFlight: "count",
  timeToDetect: "ns",
  unavailable: "ns",
  timeToRecover: "ns",
  drain: "ns",
  latencyRecovery: "ns",
  dipDepth: "share",
  backlogPeak: "count",
} as const satisfies Record<string, MetricUnit>;

/** A metric's name taken apart. */
export type Metric =
  | { readonly family: "delivery"; readonly name: keyof typeof DELIVERY_METRICS; readonly unit: MetricUnit }
  | { readonly family: "throughput"; readonly name: keyof typeof THROUGHPUT_METRICS; readonly unit: MetricUnit }
  | {
      readonly family: "latency";
      readonly latency: (typeof LATENCIES)[number];
      readonly stat: keyof typeof LATENCY_STATS;
      /** Without one, the whole run but the warm-up. */
      readonly phase: (typeof METRIC_PHASES)[number] | undefined;
      /** Only of messages with this priority; of `endToEnd`, over the whole run. */
      readonly priority?: number;
      readonly unit: MetricUnit;
    }
  | {
      readonly family: "fault";
      readonly fault: string;
      readonly name: keyof typeof FAULT_METRICS;
      readonly unit: MetricUnit;
    };
