import type { LatencyName, PhaseName } from "../result-schema.js";
import type { Metric } from "./metric.js";

/** The latencies of a run: how tables call them, how sentences do, and what they span. */
export const LATENCIES = {
  publishDelay: { label: "publish delay", noun: "publish delay", span: "due to handed to the client" },
  publish: { label: "publish", noun: "publish", span: "due to confirmed" },
  publishService: {
    label: "publish service",
    noun: "publish service time",
    span: "handed to the client to confirmed",
  },
  endToEnd: { label: "end to end", noun: "end-to-end", span: "due to first delivery" },
  handle: { label: "handle", noun: "handling", span: "delivery to settled" },
} as const satisfies Record<LatencyName, { label: string; noun: string; span: string }>;

/** Names of the latencies. */
export const LATENCY_NAMES = Object.keys(LATENCIES) as readonly LatencyName[];

const TIME = { unit: "ns", better: "lower" } as const;

/** Statistics of each latency. */
export const LATENCY_STATS = {
  count: { unit: "count" },
  min: TIME,
  mean: TIME,
  p50: TIME,
  p90: TIME,
  p95: TIME,
  p99: TIME,
  p999: TIME,
  p9999: TIME,
  max: TIME,
} as const satisfies Record<string, Pick<Metric, "unit" | "better">>;

/** Phases by which latencies are kept apart. */
export const METRIC_PHASES = [
  "warmup",
  "baseline",
  "chaos",
  "recovery",
  "drain",
] as const satisfies readonly PhaseName[];

/** Which messages a latency is taken of: those due in one phase, or of `endToEnd` those of one priority. */
export interface LatencyScope {
  /** Without one, the whole run but the warm-up. */
  readonly phase?: PhaseName | undefined;
  readonly priority?: number;
}

/** A statistic of a latency as a metric. */
export const latencyMetric = (
  name: LatencyName,
  stat: keyof typeof LATENCY_STATS,
  { phase, priority }: LatencyScope = {},
): Metric => ({
  ...LATENCY_STATS[stat],
  label: `${stat} of ${LATENCIES[name].noun}${phase === undefined ? "" : ` in the ${phase}`}`,
  phase,
  read({ latency: { [name]: own }, priorities = [] }) {
    const inPhase = phase === undefined ? own.whole : own.phases[phase];
    const stats = priority === undefined ? inPhase : priorities.find((each) => each.priority === priority)?.endToEnd;
    return !stats || (stats.count === 0 && stat !== "count") ? null : stats[stat];
  },
});
