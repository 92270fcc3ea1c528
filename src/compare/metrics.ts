import { FAULT_METRICS, type FaultMetric } from "../metrics/fault.js";
import { LATENCIES, type LatencyScope, latencyMetric } from "../metrics/latency.js";
import { QUIET_SD, RUN_METRICS } from "../metrics/run.js";
import { hasRatio, type RatioUnit } from "../metrics/unit.js";
import { TICKS_PER_SECOND } from "../os/processes.js";
import type { RunResult } from "../result-schema.js";
import { US_PER_S } from "../units.js";

/** How the values of a metric are written. */
export type CompareUnit = RatioUnit | "cpuSeconds" | "bytes";

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

const LATENCY_FLOOR_NS = 2e5;
/** Measured: 0.27 to 0.35 over 20 runs of one target; a p99 rests on few messages, and stalls decide it. */
const TAIL = 0.35;
/** A recovery is a restart, a reconnect and a backlog: three kinds of chance. */
const RECOVERY = 0.25;
const COUNT_SLICE_NS = 1e8;
/** A fault at the first moment of a phase may be asked for a little before it. */
const EARLY_NS = 2e7;

/** Latency over the whole run without the warm-up, or of one phase. */
const latency = (
  name: "endToEnd" | "publish",
  stat: "p50" | "p99",
  words: string,
  { phase }: Pick<LatencyScope, "phase"> = {},
): RatioMetric => ({
  id: `${name}.${stat}${phase === undefined ? "" : `@${phase}`}`,
  label: `${LATENCIES[name].label} ${stat}${words}`,
  unit: "ns",
  better: "lower",
  usualSd: stat === "p50" ? QUIET_SD : TAIL,
  floor: LATENCY_FLOOR_NS,
  step: 0,
  read: latencyMetric(name, stat, { phase }).read,
});

/** The latencies that can be compared: where something breaks, those before it apart from the whole. */
function latencies(results: readonly RunResult[]): RatioMetric[] {
  const broken = results.some(({ faults }) => faults.length > 0);
  const calm = broken && results.every(hasCalmBaseline);
  const scope = calm ? ({ phase: "baseline" } as const) : {};
  const words = calm ? ", undisturbed" : "";
  const all = (["endToEnd", "publish"] as const).flatMap((name) =>
    (["p50", "p99"] as const).map((stat) => latency(name, stat, words, scope)),
  );
  return calm ? [...all, latency("endToEnd", "p99", ", faults included")] : all;
}

/** Whether messages were due in the baseline, and nothing was broken before its end. */
function hasCalmBaseline({ latency: { publish }, phases, faults }: RunResult): boolean {
  const baseline = phases.find(({ name }) => name === "baseline");
  if (!baseline || (publish.phases.baseline?.count ?? 0) === 0) return false;
  return faults.every(({ requestedNs }) => requestedNs >= baseline.endNs - EARLY_NS);
}

/** The worst of a fault's occurrences. */
const recovery = (fault: string, unit: RatioUnit, { name, label, compared }: FaultMetric): RatioMetric => ({
  id: `${fault}.${name}`,
  label: `${fault}: ${label}`,
  unit,
  better: "lower",
  usualSd: RECOVERY,
  floor: 5e8,
  step: COUNT_SLICE_NS,
  read: ({ faults }) => {
    const own = faults.filter(({ id }) => id === fault).flatMap((each) => compared?.(each, faults) ?? []);
    return own.length === 0 ? null : Math.max(...own);
  },
});

function recoveries(results: readonly RunResult[]): RatioMetric[] {
  const faults = [...new Set(results.flatMap((result) => result.faults.map(({ id }) => id)))];
  return faults.flatMap((fault) =>
    FAULT_METRICS.flatMap((metric) =>
      metric.compared && hasRatio(metric.unit) ? [recovery(fault, metric.unit, metric)] : [],
    ),
  );
}

type Role = RunResult["resources"][number]["role"];

/** CPU seconds that some processes used; `null` where none was watched. */
function cpuSeconds({ resources }: RunResult, wanted: (role: Role) => boolean): number | null {
  const used = resources.filter(({ role }) => wanted(role));
  return used.length === 0 ? null : used.reduce((sum, { cpuSecondsTotal }) => sum + cpuSecondsTotal, 0);
}

/** For a million messages that were acked. Ticks are counted, so few of them are noisy as counts are: 1 / sqrt(n) each. */
function cpu(results: readonly RunResult[], id: string, label: string, wanted: (role: Role) => boolean): RatioMetric {
  const ticks = results.map((result) => (cpuSeconds(result, wanted) ?? 0) * TICKS_PER_SECOND);
  const counted = Math.sqrt(2 / Math.max(1, Math.min(...ticks.filter((count) => count > 0))));
  return {
    id,
    label,
    unit: "cpuSeconds",
    better: "lower",
    usualSd: Math.hypot(QUIET_SD, counted),
    floor: 1,
    step: 0,
    read: (result) => {
      const used = cpuSeconds(result, wanted);
      return used === null || result.delivery.acked === 0 ? null : (used / result.delivery.acked) * US_PER_S;
    },
  };
}

/** Metrics of a run that are compared by their ratio. */
const RATES = RUN_METRICS.flatMap(({ name, label, unit, better, usualSd, read }): RatioMetric[] =>
  hasRatio(unit) && better && usualSd ? [{ id: name, label, unit, better, usualSd, floor: 0, step: 0, read }] : [],
);

const MEMORY: RatioMetric = {
  id: "brokerMemory",
  label: "broker memory peak",
  unit: "bytes",
  better: "lower",
  usualSd: QUIET_SD,
  floor: 4 * 2 ** 20,
  step: 0,
  read: ({ resources }) => peakMemory(resources),
};

const resources = (results: readonly RunResult[]): RatioMetric[] => [
  cpu(results, "brokerCpu", "broker CPU per million", (role) => role === "broker"),
  cpu(results, "havoqCpu", "havoq CPU per million", (role) => role !== "broker"),
  MEMORY,
];

/** Everything that these runs can be compared by, in the order of the tables. */
export function metricsOf(results: readonly RunResult[]): RatioMetric[] {
  return [...latencies(results), ...RATES, ...recoveries(results), ...resources(results)].filter(({ read }) =>
    results.some((result) => read(result) !== null),
  );
}

/** Greatest sum over the broker's processes; each is taken at its own peak, as they are sampled together. */
function peakMemory(resources: RunResult["resources"]): number | null {
  const peaks = resources
    .filter(({ role, rssBytes }) => role === "broker" && rssBytes.length > 0)
    .map(({ rssBytes }) => rssBytes.reduce((most, bytes) => Math.max(most, bytes), 0));
  return peaks.length === 0 ? null : peaks.reduce((sum, bytes) => sum + bytes, 0);
}

/** What is counted per run and summed, never averaged. */
export const COUNT_METRICS = RUN_METRICS.flatMap(({ name, label, verb, read }) =>
  verb === undefined ? [] : [{ id: name, label, verb, read }],
);
