import { type Parsed, parsed, refused, show } from "../input/parsed.js";
import { didYouMean, nearest } from "../input/suggest.js";
import { FAULT_METRICS, faultMetric } from "../metrics/fault.js";
import { LATENCIES, LATENCY_NAMES, LATENCY_STATS, latencyMetric, METRIC_PHASES } from "../metrics/latency.js";
import type { Metric } from "../metrics/metric.js";
import { RUN_METRICS } from "../metrics/run.js";
import type { MetricUnit } from "../metrics/unit.js";

const has = <T extends object>(table: T, key: string | undefined): key is keyof T & string =>
  key !== undefined && Object.hasOwn(table, key);

/** Reads a metric's name, given the ids of the scenario's faults; refuses names that no result has. */
export function readMetric(name: string, faultIds: readonly string[]): Parsed<Metric> {
  const ofRun = RUN_METRICS.find((metric) => metric.name === name);
  if (ofRun) return parsed(ofRun);
  const [, first = "", second, at] = /^([^.@]+)\.([^.@]+)(?:@(.*))?$/.exec(name) ?? [];
  if (has(LATENCIES, first) && has(LATENCY_STATS, second)) {
    const [, priority] = /^priority(\d{1,3})$/.exec(at ?? "") ?? [];
    if (priority !== undefined && first === "endToEnd")
      return parsed(latencyMetric(first, second, { priority: Number(priority) }));
    const phase = METRIC_PHASES.find((candidate) => candidate === at);
    if (at !== undefined && phase === undefined)
      return refused(`unknown phase ${show(at)} in the metric ${show(name)}`, didYouMean(at, METRIC_PHASES, "phases"));
    return parsed(latencyMetric(first, second, { phase }));
  }
  const ofFault = FAULT_METRICS.find((metric) => metric.name === second);
  if (ofFault && faultIds.includes(first) && at === undefined) return parsed(faultMetric(first, ofFault));
  return refused(`unknown metric ${show(name)}`, metricHint(name.replace(/@.*/, ""), faultIds));
}

/** Unit of a metric by its name, whatever the id before a fault's metric; `undefined` for a name that no result has. */
export function metricUnit(name: string): MetricUnit | undefined {
  const metric = readMetric(name, [name.split(".", 1)[0] ?? ""]);
  return metric.ok ? metric.value.unit : undefined;
}

const STAT_NAMES = Object.keys(LATENCY_STATS);
const namesOf = (metrics: readonly { readonly name: string }[]) => metrics.map(({ name }) => name);
const product = (owners: readonly string[], names: readonly string[]) =>
  owners.flatMap((owner) => names.map((name) => `${owner}.${name}`));

function metricHint(name: string, faultIds: readonly string[]): string {
  const ofFaults = namesOf(FAULT_METRICS);
  const whole = [...namesOf(RUN_METRICS), ...product(LATENCY_NAMES, STAT_NAMES), ...product(faultIds, ofFaults)];
  // A right name under a wrong owner (`kill.undelivered` of a fault called crash) is nearer than its letters say.
  const [owner, part = ""] = name.split(".");
  const owners = ofFaults.includes(part) ? faultIds : STAT_NAMES.includes(part) ? LATENCY_NAMES : [];
  if (owner !== undefined && owners.length > 0 && !faultIds.includes(owner)) {
    const nearOwner = nearest(owner, owners) ?? (owners.length === 1 ? owners[0] : undefined);
    if (nearOwner !== undefined) return `did you mean "${nearOwner}.${part}"?`;
    return `of "${part}" there is ${owners.map((candidate) => `${candidate}.${part}`).join(", ")}`;
  }
  const near = nearest(name, whole);
  if (near !== undefined) return `did you mean "${near}"?`;
  return "metrics are such as lost, duplicates, endToEnd.p99, publish.p50@baseline, goodput and <fault id>.timeToRecover";
}
