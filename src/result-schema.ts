/**
 * The versioned shape of `result.json`: everything that reports, comparison and gate may read.
 * Times are nanoseconds since the run's first intended send (t0) unless the name says otherwise.
 */
import * as z from "zod";
import { CONFIRMED_IN } from "./spi/broker.js";

/** Version of `result.json`; a breaking change adds one. */
export const SCHEMA_VERSION = 2;

const count = z.int().nonnegative();
const timeNs = z.number();
const spanNs = z.number().nonnegative();

/** Summary of one HDR histogram in nanoseconds, and the histogram itself (V2, deflated, base64). */
export const latencyStatsSchema = z.strictObject({
  count,
  min: spanNs,
  mean: spanNs,
  p50: spanNs,
  p90: spanNs,
  p95: spanNs,
  p99: spanNs,
  p999: spanNs,
  p9999: spanNs,
  max: spanNs,
  histogram: z.string(),
});

const phaseName = z.enum(["warmup", "baseline", "chaos", "recovery", "drain"]);
/** One latency: over the whole run without the warm-up, and per phase in which the message was due. */
const latencyByPhase = z.strictObject({
  whole: latencyStatsSchema,
  phases: z.partialRecord(phaseName, latencyStatsSchema),
});

const duplicates = z.strictObject({ redelivered: count, producedTwice: count });
const delivery = z.strictObject({
  sent: count,
  acked: count,
  rejected: count,
  indeterminate: count,
  ok: count,
  deadLettered: count,
  backlog: count,
  stuck: count,
  lost: count,
  lostInHandler: count,
  lostBeforeHandler: count,
  unseen: count,
  recovered: count,
  void: count,
  abortedRead: count,
  phantom: count,
  corrupt: count,
  reordered: count,
  duplicates,
  /** Messages that a handler completed and that the system still holds, by where: they may be run again. */
  leftover: z.strictObject({ ready: count, inFlight: count, deadLettered: count }),
});

/** Percentiles of the messages due in each slice; `null` where none was due. */
const latencySeries = z.strictObject({
  count: z.array(count),
  p50: z.array(spanNs.nullable()),
  p90: z.array(spanNs.nullable()),
  p99: z.array(spanNs.nullable()),
  max: z.array(spanNs.nullable()),
});

const series = z.strictObject({
  /** Width of a slice of the counts. */
  countSliceNs: spanNs,
  /** Messages due, handed to the client, confirmed, first deliveries, first completions, client errors: per count slice. */
  offered: z.array(count),
  sent: z.array(count),
  acked: z.array(count),
  delivered: z.array(count),
  completed: z.array(count),
  errors: z.array(count),
  /** Width of a slice of the latencies; a message belongs to the slice in which it was due. */
  latencySliceNs: spanNs,
  latency: z.strictObject({ publish: latencySeries, endToEnd: latencySeries }),
  /** Log-bucketed end-to-end latencies: cells are [latency slice, bucket, count]; bucket i starts at bucketsNs[i]. */
  heatmap: z.strictObject({ bucketsNs: z.array(spanNs), cells: z.array(z.tuple([count, count, count])) }),
  /** Queue lengths as the broker reported them. */
  backlog: z.strictObject({
    atNs: z.array(timeNs),
    ready: z.array(count.nullable()),
    inFlight: z.array(count.nullable()),
  }),
});

const resource = z.strictObject({
  name: z.string(),
  role: z.enum(["broker", "producer", "worker", "proxy", "havoq"]),
  atNs: z.array(timeNs),
  /** Per cent of one core. */
  cpuPercent: z.array(z.number().nonnegative()),
  /** Resident memory; of a broker of several processes the sum of proportional set sizes: what they share counts once. */
  rssBytes: z.array(z.number().nonnegative()),
  cpuSecondsTotal: z.number().nonnegative(),
  /**
   * Block I/O of a broker, the page cache left out; `null` for other processes, where it can't be seen, and where the
   * kernel counts much more than is written (docs/architecture.md).
   */
  io: z
    .strictObject({
      readBytesPerSecond: z.array(z.number().nonnegative()),
      writtenBytesPerSecond: z.array(z.number().nonnegative()),
      readBytesTotal: z.number().nonnegative(),
      writtenBytesTotal: z.number().nonnegative(),
    })
    .nullable(),
});

/** How goodput answered to a fault; formulas in docs/resilience.md. `null` where it can't be told or never happened. */
const resilience = z.strictObject({
  baselinePerSecond: z.number().nonnegative(),
  /** Threshold e: goodput below (1 - e) of the baseline counts as a dip; the same for every run. */
  tolerance: z.number().nonnegative(),
  onsetNs: timeNs.nullable(),
  timeToDetectNs: spanNs.nullable(),
  /** `null`, with the onset, the recovery and the dip, where too few messages tell nothing. */
  unavailableNs: spanNs.nullable(),
  timeToRecoverNs: spanNs.nullable(),
  /** Deepest stretch of the dip that holds 100 messages, as the share of the baseline that was missing, 0 to 1. */
  dipDepth: z.number().nullable(),
  /** Messages that the baseline would have completed and the run did not. */
  dipAreaMessages: z.number().nonnegative().nullable(),
  backlogPeak: count.nullable(),
  drainNs: spanNs.nullable(),
  latencyRecoveryNs: spanNs.nullable(),
  /** When the earliest message that was later lost had been acked. */
  earliestLostAckNs: timeNs.nullable(),
});

const fault = z.strictObject({
  id: z.string(),
  /** Which injection of a repeated fault this is, from 1. */
  occurrence: z.int().positive(),
  /** For a person: "SIGKILL of worker 2". */
  description: z.string(),
  family: z.enum(["broker", "network", "worker", "producer", "hold"]),
  /** When the scenario wanted it; the same for the heal. */
  plannedNs: timeNs.nullable(),
  requestedNs: timeNs,
  /** `null` when it was not injected. */
  confirmedNs: timeNs.nullable(),
  plannedHealNs: timeNs.nullable(),
  healRequestedNs: timeNs.nullable(),
  healedNs: timeNs.nullable(),
  /** Messages acked and not yet started when the fault was confirmed; what earlier faults lost included. */
  undelivered: count,
  /** Deliveries in the handlers of live workers when the fault was requested. */
  inFlight: count,
  /** Why it was not injected, or not healed. */
  error: z.string().nullable(),
  /** What speaks against its having worked, such as a broker that still answers after it was killed. */
  doubt: z.string().nullable(),
  /** `null` when it was not injected. */
  resilience: resilience.nullable(),
});

/** What a run must have observed before it may pass; each claim rests on recorded facts alone. */
export const CLAIMS = [
  "the run came to its end",
  "messages were acked and handled",
  "the whole load was sent",
  "every fault was injected",
  "every fault came on time",
  "every fault was healed",
  "only faults broke the broker",
  "only faults ended producers and workers",
  "every agent's counters equal its records",
  "what became of every message is known",
  "havoq kept up",
] as const;

const evidence = z.strictObject({
  claim: z.enum(CLAIMS),
  held: z.boolean(),
  /** What is in doubt when it does not hold: everything, or only times and rates. */
  carries: z.enum(["everything", "timings"]),
  /** What was observed, for a person. */
  why: z.string(),
});

const errorCount = z.strictObject({ text: z.string(), count, firstNs: timeNs, role: z.enum(["producer", "worker"]) });

const health = z.strictObject({
  verdict: z.enum(["ok", "generator-limited", "noisy-machine"]),
  reasons: z.array(z.string()),
  /** Largest event-loop delay p99 of any producer or worker process. */
  eventLoopDelayP99Ns: spanNs.nullable(),
  /** Share of CPU time stolen by the hypervisor during the run, 0 to 1. */
  stealShare: z.number().nonnegative().nullable(),
  /** Median cost of the proxy on one connection, measured before the load; `null` without a proxy. */
  proxyOverheadNs: z.number().nullable(),
});

const expectation = z.strictObject({
  metric: z.string(),
  /** As written in the scenario. */
  expression: z.string(),
  /** Measured value in the metric's own unit; `null` when there was nothing to measure. */
  actual: z.number().nullable(),
  passed: z.boolean(),
  /** One sentence for a person, units included. */
  text: z.string(),
});

const environment = z.strictObject({
  havoqVersion: z.string(),
  nodeVersion: z.string(),
  platform: z.string(),
  kernel: z.string(),
  cpuModel: z.string(),
  cores: z.int().positive(),
  memoryBytes: z.number().positive(),
  hostname: z.string(),
  command: z.string(),
});

/** The whole of `result.json`. */
export const resultSchema = z.strictObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  run: z.strictObject({
    id: z.string(),
    seed: z.int(),
    startedAt: z.iso.datetime(),
    durationNs: spanNs,
    interrupted: z.boolean(),
    /** Why the numbers may be partial: an interrupt, a crash of havoq, a full disk; empty for a whole run. */
    notes: z.array(z.string()),
  }),
  /** The scenario as resolved, in plain JSON. */
  scenario: z.looseObject({ name: z.string(), question: z.string().optional() }),
  target: z.strictObject({
    driver: z.string(),
    host: z.string(),
    brokerVersion: z.string().nullable(),
    /** Name and version of the framework that the workers are; not there where they are havoq's or a user's own. */
    framework: z.string().optional(),
    /** Image of the broker's container with its digest; `null` without one. */
    image: z.string().nullable(),
    /** Why this host was taken, and where the broker came from. */
    hostReason: z.string(),
    durability: z.string(),
    /** Where a confirmed message is, from weak to strong; not there when the broker's owner decides that. */
    confirmedIn: z.enum(CONFIRMED_IN).optional(),
    /** Options of the driver and settings of the broker, with their defaults. */
    options: z.record(z.string(), z.unknown()).optional(),
    settings: z.record(z.string(), z.unknown()).optional(),
    /** Which of the options says how many messages a worker takes ahead of its handlers. */
    prefetchOption: z.string().optional(),
    /** The system's own redelivery horizon that the drain waited for. */
    redeliveryHorizonNs: spanNs,
    residueInspected: z.array(z.string()),
  }),
  environment,
  phases: z.array(z.strictObject({ name: phaseName, startNs: timeNs, endNs: timeNs })),
  delivery,
  ackLevels: z.partialRecord(z.enum(["local", "broker", "replicated"]), count),
  latency: z.strictObject({
    publishDelay: latencyByPhase,
    publish: latencyByPhase,
    publishService: latencyByPhase,
    endToEnd: latencyByPhase,
    handle: latencyByPhase,
  }),
  /** Where messages have priorities: end-to-end latency by priority, the highest first, without the warm-up. */
  priorities: z.array(z.strictObject({ priority: count, endToEnd: latencyStatsSchema })).optional(),
  /** Over the load phases without the warm-up. */
  throughput: z.strictObject({
    offeredPerSecond: z.number().nonnegative(),
    ackedPerSecond: z.number().nonnegative(),
    goodputPerSecond: z.number().nonnegative(),
  }),
  workers: z.strictObject({ started: count, completed: count, failed: count, utilization: z.number().nonnegative() }),
  series,
  resources: z.array(resource),
  faults: z.array(fault),
  errors: z.array(errorCount),
  health,
  /** What the verdict rests on; only claims that this run can make. */
  evidence: z.array(evidence),
  expectations: z.array(expectation),
  verdict: z.enum(["pass", "fail", "inconclusive"]),
});

/** The content of `result.json`. */
export type RunResult = z.infer<typeof resultSchema>;
/** Summary of one latency in nanoseconds, with its histogram. */
export type LatencyStats = z.infer<typeof latencyStatsSchema>;
/** Numbers of messages by what became of them. */
export type DeliveryCounts = z.infer<typeof delivery>;
/** One injection of a fault: when it was planned, what was done, and what it did to the run. */
export type FaultResult = z.infer<typeof fault>;
/** One claim that a verdict rests on, and whether the run observed it. */
export type Evidence = z.infer<typeof evidence>;
/** How goodput answered to a fault; `null` where it can't be told or never happened. */
export type Resilience = z.infer<typeof resilience>;
/** Name of a phase of the run, the drain included. */
export type PhaseName = z.infer<typeof phaseName>;
/** Name of a latency of the result. */
export type LatencyName = keyof RunResult["latency"];
