import type { FaultResult, RunResult } from "../result/schema.js";

/** How the values of a metric are written. */
export type CompareUnit = "ns" | "perSecond" | "cpuSeconds" | "bytes";

/** A quantity that is compared by its ratio. */
export interface RatioMetric {
  readonly id: string;
  readonly label: string;
  readonly unit: CompareUnit;
  readonly better: "lower" | "higher";
  /** Expected SD of the logarithm of the ratio of two runs of the same target, on a shared machine. */
  readonly usualSd: number;
  /** A difference of the medians below this is none, whatever the ratio. */
  readonly floor: number;
  /** Added before the ratio is taken, for what may be 0: the finest step in which it is measured. */
  readonly step: number;
  /** `null` when there was nothing to measure; infinite for what never ended. */
  read(result: RunResult): number | null;
}

/** A number of messages that is never averaged. */
export interface CountMetric {
  readonly id: "lost" | "stuck" | "duplicates";
  readonly label: string;
  /** How a run with some is spoken of: "lost in 3 of 3 runs". */
  readonly verb: string;
  read(result: RunResult): number;
}

const LATENCY_FLOOR_NS = 2e5;
const QUIET = 0.08;
const TAIL = 0.12;
/** A recovery is a restart, a reconnect and a backlog: three kinds of chance. */
const RECOVERY = 0.25;
const COUNT_SLICE_NS = 1e8;

const latency = (name: "endToEnd" | "publish", stat: "p50" | "p99", label: string): RatioMetric => ({
  id: `${name}.${stat}`,
  label: `${label} ${stat}`,
  unit: "ns",
  better: "lower",
  usualSd: stat === "p50" ? QUIET : TAIL,
  floor: LATENCY_FLOOR_NS,
  step: 0,
  read: ({
    latency: {
      [name]: { whole },
    },
  }) => (whole.count === 0 ? null : whole[stat]),
});

const recovery = (
  id: string,
  label: string,
  pick: (figures: NonNullable<FaultResult["resilience"]>) => number,
): RatioMetric => ({
  id,
  label,
  unit: "ns",
  better: "lower",
  usualSd: RECOVERY,
  floor: 5e8,
  step: COUNT_SLICE_NS,
  read: ({ faults }) => {
    const known = faults.flatMap(({ resilience }) => (resilience ? [pick(resilience)] : []));
    return known.length === 0 ? null : Math.max(...known);
  },
});

type Role = RunResult["resources"][number]["role"];

/** CPU seconds that some processes used for a million messages that were acked. */
function cpuPerMillion({ resources, delivery }: RunResult, wanted: (role: Role) => boolean): number | null {
  const used = resources.filter(({ role }) => wanted(role));
  if (used.length === 0 || delivery.acked === 0) return null;
  return (used.reduce((sum, { cpuSecondsTotal }) => sum + cpuSecondsTotal, 0) / delivery.acked) * 1e6;
}

const cpu = (id: string, label: string, wanted: (role: Role) => boolean): RatioMetric => ({
  id,
  label,
  unit: "cpuSeconds",
  better: "lower",
  usualSd: QUIET,
  floor: 1,
  step: 0,
  read: (result) => cpuPerMillion(result, wanted),
});

/** Everything that is compared by its ratio, in the order of the tables. */
export const RATIO_METRICS: readonly RatioMetric[] = [
  latency("endToEnd", "p50", "end to end"),
  latency("endToEnd", "p99", "end to end"),
  latency("publish", "p50", "publish"),
  latency("publish", "p99", "publish"),
  {
    id: "goodput",
    label: "goodput",
    unit: "perSecond",
    better: "higher",
    usualSd: QUIET,
    floor: 0,
    step: 0,
    read: ({ throughput }) => throughput.goodputPerSecond,
  },
  recovery("timeToRecover", "time to recover", ({ onsetNs, timeToRecoverNs }) =>
    onsetNs === null ? 0 : (timeToRecoverNs ?? Number.POSITIVE_INFINITY),
  ),
  recovery("unavailable", "unavailable", ({ unavailableNs }) => unavailableNs),
  cpu("brokerCpu", "broker CPU per million", (role) => role === "broker"),
  cpu("havoqCpu", "havoq CPU per million", (role) => role !== "broker"),
  {
    id: "brokerMemory",
    label: "broker memory peak",
    unit: "bytes",
    better: "lower",
    usualSd: QUIET,
    floor: 4 * 2 ** 20,
    step: 0,
    read: ({ resources }) => peakMemory(resources),
  },
];

/** Greatest sum over the broker's processes; each is taken at its own peak, as they are sampled together. */
function peakMemory(resources: RunResult["resources"]): number | null {
  const peaks = resources
    .filter(({ role, rssBytes }) => role === "broker" && rssBytes.length > 0)
    .map(({ rssBytes }) => rssBytes.reduce((most, bytes) => Math.max(most, bytes), 0));
  return peaks.length === 0 ? null : peaks.reduce((sum, bytes) => sum + bytes, 0);
}

/** What is counted per run and summed, never averaged. */
export const COUNT_METRICS: readonly CountMetric[] = [
  { id: "lost", label: "lost", verb: "lost", read: ({ delivery }) => delivery.lost },
  { id: "stuck", label: "stuck", verb: "stuck", read: ({ delivery }) => delivery.stuck },
  {
    id: "duplicates",
    label: "duplicates",
    verb: "delivered twice",
    read: ({ delivery: { duplicates } }) => duplicates.redelivered + duplicates.producedTwice,
  },
];
