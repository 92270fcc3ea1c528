import { type Parsed, parsed, refused, show } from "../input/parsed.js";
import { didYouMean, nearest } from "../input/suggest.js";
import {
  DELIVERY_METRICS,
  FAULT_METRICS,
  LATENCIES,
  LATENCY_STATS,
  METRIC_PHASES,
  type Metric,
  type MetricUnit,
  THROUGHPUT_METRICS,
} from "./metrics.js";

const has = <T extends object>(table: T, key: string | undefined): key is keyof T & string =>
  key !== undefined && Object.hasOwn(table, key);

/** Takes a metric's name apart, given the ids of the scenario's faults; refuses names that no result has. */
export function readMetric(name: string, faultIds: readonly string[]): Parsed<Metric> {
  if (has(DELIVERY_METRICS, name)) return parsed({ family: "delivery", name, unit: DELIVERY_METRICS[name] });
  if (has(THROUGHPUT_METRICS, name)) return parsed({ family: "throughput", name, unit: THROUGHPUT_METRICS[name] });
  const [, first = "", second, at] = /^([^.@]+)\.([^.@]+)(?:@(.*))?$/.exec(name) ?? [];
  const latency = LATENCIES.find((candidate) => candidate === first);
  if (latency !== undefined && has(LATENCY_STATS, second)) {
    const [, priority] = /^priority(\d{1,3})$/.exec(at ?? "") ?? [];
    if (priority !== undefined && latency === "endToEnd")
      return parsed({ ...latencyOf(latency, second), priority: Number(priority) });
    const phase = METRIC_PHASES.find((candidate) => candidate === at);
    if (at !== undefined && phase === undefined)
      return refused(`unknown phase ${show(at)} in the metric ${show(name)}`, didYouMean(at, METRIC_PHASES, "phases"));
    return parsed({ ...latencyOf(latency, second), phase });
  }
  if (faultIds.includes(first) && has(FAULT_METRICS, second) && at === undefined)
    return parsed({ family: "fault", fault: first, name: second, unit: FAULT_METRICS[second] });
  return refused(`unknown metric ${show(name)}`, metricHint(name.replace(/@.*/, ""), faultIds));
}

type LatencyMetric = Extract<Metric, { family: "latency" }>;

const latencyOf = (latency: LatencyMetric["latency"], stat: LatencyMetric["stat"]): LatencyMetric => ({
  ...{ family: "latency", latency, stat, unit: LATENCY_STATS[stat] },
  phase: undefined,
});

/** Unit of a metric by its name, whatever the id before a fault's metric; `undefined` for a name that no result has. */
export function metricUnit(name: string): MetricUnit | undefined {
  const metric = readMetric(name, [name.split(".", 1)[0] ?? ""]);
  return metric.ok ? metric.value.unit : undefined;
}

const product = (owners: readonly string[], names: object) =>
  owners.flatMap((owner) => Object.keys(names).map((name) => `${owner}.${name}`));

function metricHint(name: string, faultIds: readonly string[]): string {
  const whole = [
    ...Object.keys(DELIVERY_METRICS),
    ...Object.keys(THROUGHPUT_METRICS),
    ...product(LATENCIES, LATENCY_STATS),
    ...product(faultIds, FAULT_METRICS),
  ];
  // A right name under a wrong owner (`kill.undelivered` of a fault called crash) is nearer than its letters say.
  const [owner, part] = name.split(".");
  const owners = has(FAULT_METRICS, part) ? faultIds : has(LATENCY_STATS, part) ? LATENCIES : [];
  if (owner !== undefined && part !== undefined && owners.length > 0 && !faultIds.includes(owner)) {
    const nearOwner = nearest(owner, owners) ?? (owners.length === 1 ? owners[0] : undefined);
    if (nearOwner !== undefined) return `did you mean "${nearOwner}.${part}"?`;
    return `of "${part}" there is ${owners.map((candidate) => `${candidate}.${part}`).join(", ")}`;
  }
  const near = nearest(name, whole);
  if (near !== undefined) return `did you mean "${near}"?`;
  return "metrics are such as lost, duplicates, endToEnd.p99, publish.p50@baseline, goodput and <fault id>.timeToRecover";
}
