import { isOfTimings, missing, otherwise } from "../result/evidence.js";
import { metricValue } from "../result/metrics.js";
import type { RunResult } from "../result-schema.js";
import { type GateMetric, gateValue } from "./metrics.js";
import type { Side } from "./order.js";
import type { GateResult } from "./schema.js";

/** What a gate keeps of one slice. */
export type Slice = GateResult["slices"][number];

/** Where a slice stands among the others. */
export interface SlicePlace {
  readonly side: Side;
  /** From 1. */
  readonly pair: number;
  /** From 1, over both sides, in the order in which they ran. */
  readonly position: number;
  /** The run's folder, relative to the gate's. */
  readonly directory: string;
}

/** Per cent of one core above which a single-threaded producer has no time left. */
const SATURATED_PERCENT = 95;

/** Takes from the result of a slice what the gate decides on. */
export function summarize(result: RunResult, place: SlicePlace, metrics: readonly GateMetric[]): Slice {
  const { delivery, health, run } = result;
  const open = missing(result).filter(({ claim }) => claim !== "havoq kept up");
  // Times of a slice whose faults came at another moment than they should have are no measurement.
  const value = (metric: GateMetric) => (open.length > 0 ? null : gateValue(result, metric));
  const values = Object.fromEntries(metrics.map((metric) => [metric.name, value(metric)]));
  const grave = open.find((each) => !isOfTimings(each));
  const reasons = generatorReasons(result);
  return {
    ...place,
    values,
    delivery: {
      sent: delivery.sent,
      acked: delivery.acked,
      lost: delivery.lost,
      phantom: delivery.phantom,
      corrupt: delivery.corrupt,
      stuck: delivery.stuck,
      unseen: delivery.unseen,
      duplicates: delivery.duplicates.redelivered + delivery.duplicates.producedTwice,
    },
    expectations: result.expectations.map(({ metric, expression, passed, text }) => ({
      metric,
      expression,
      passed,
      text,
      counts: metricValue(result, metric).unit === "count",
    })),
    generatorLimited: reasons.length > 0,
    unproven: grave ? otherwise(grave) : null,
    notes: [...run.notes, ...(reasons.length > 0 ? reasons : health.reasons)],
  };
}

/** A closed load has no schedule to be late for: there a producer that has no CPU left is the bottleneck. */
function generatorReasons({ health, scenario, resources }: RunResult): readonly string[] {
  if (health.verdict === "generator-limited") return health.reasons;
  const { load } = scenario as { load?: { rate?: unknown } };
  if (load?.rate !== "closed") return [];
  return resources
    .filter(({ role, cpuPercent }) => {
      const busy = cpuPercent.filter((percent) => percent > SATURATED_PERCENT).length;
      return role === "producer" && busy * 2 > cpuPercent.length;
    })
    .map(({ name }) => `${name} used a whole core: havoq and not the queue was the bottleneck; add producers`);
}
