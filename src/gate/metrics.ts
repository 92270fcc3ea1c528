import { median } from "simple-statistics";
import { expected, type Parsed, parsed, refused } from "../input/parsed.js";
import { didYouMean } from "../input/suggest.js";
import { LATENCIES } from "../metrics/latency.js";
import { hasRatio, type RatioUnit } from "../metrics/unit.js";
import { metricValue } from "../result/metrics.js";
import type { RunResult } from "../result-schema.js";
import { readMetric } from "../scenario/metric-name.js";

/** A figure of a run that a gate compares. */
export interface GateMetric {
  /** As in a scenario's expectations, and `<latency>.tail`. */
  readonly name: string;
  /** For a person: "p50 of end-to-end". */
  readonly label: string;
  readonly unit: RatioUnit;
  /** The direction that is worse. */
  readonly worse: "higher" | "lower";
}

/** What a gate compares when nothing else is asked for. */
export const DEFAULT_METRICS: readonly string[] = ["endToEnd.p50", "endToEnd.tail", "goodput"];

const TAIL = /^([A-Za-z]+)\.tail$/;
/** Only these are kept by the second. */
const WITH_TAIL = ["publish", "endToEnd"] as const;

/** Takes the name of a gated metric apart: a latency's statistic, `publish.tail`, `endToEnd.tail`, or a throughput. */
export function readGateMetric(name: string): Parsed<GateMetric> {
  const tailOf = TAIL.exec(name)?.[1];
  if (tailOf !== undefined) {
    const latency = WITH_TAIL.find((each) => each === tailOf);
    if (!latency) return refused(`unknown metric "${name}"`, "there is publish.tail and endToEnd.tail");
    return parsed({ name, label: `tail of ${LATENCIES[latency].noun}`, unit: "ns", worse: "higher" });
  }
  const metric = readMetric(name, []);
  if (!metric.ok) return refused(metric.message, metric.hint ?? didYouMean(name, DEFAULT_METRICS, "metrics"));
  const { label, unit, better } = metric.value;
  if (better !== undefined && hasRatio(unit))
    return parsed({ name, label, unit, worse: better === "lower" ? "higher" : "lower" });
  return refused(expected("a latency or a throughput, such as endToEnd.p50 or goodput", name));
}

/** Nothing is faster or slower than this; keeps a ratio of nothing to something finite. */
const LEAST = { ns: 1, perSecond: 0.001 } as const;

/** A gated metric's value in one run; `null` when nothing was measured. */
export function gateValue(result: RunResult, metric: GateMetric): number | null {
  const tailOf = WITH_TAIL.find((latency) => metric.name === `${latency}.tail`);
  const value = tailOf ? tail(result, tailOf) : metricValue(result, metric.name).value;
  return value === null ? null : Math.max(LEAST[metric.unit], value);
}

/** Median of the p99 of each one-second window outside the warm-up: far steadier than the p99 of the whole run. */
function tail({ series, phases }: RunResult, latency: (typeof WITH_TAIL)[number]): number | null {
  const width = series.latencySliceNs;
  const measured = phases.filter(({ name }) => name !== "warmup");
  const from = measured[0]?.startNs ?? 0;
  const until = measured.at(-1)?.endNs ?? 0;
  const windows = series.latency[latency].p99.filter((p99, index) => {
    const whole = index * width >= from && (index + 1) * width <= until;
    return whole && p99 !== null;
  });
  const values = windows.filter((p99) => p99 !== null);
  return values.length === 0 ? null : median(values);
}
