import { DEFAULT_METRICS, type GateMetric, readGateMetric } from "../../../src/gate/metrics.js";
import {
  DEFAULT_FLOOR_NS,
  DEFAULT_LOOKS,
  DEFAULT_MIN_EFFECT,
  DEFAULT_TOLERANCE,
  type GateSettings,
  planLooks,
} from "../../../src/gate/settings.js";
import type { Slice } from "../../../src/gate/slice.js";

/** What a gate is held to when nothing else is asked for. */
export const SETTINGS: GateSettings = {
  looks: planLooks(DEFAULT_LOOKS),
  minEffect: DEFAULT_MIN_EFFECT,
  tolerance: DEFAULT_TOLERANCE,
  floorNs: DEFAULT_FLOOR_NS,
};

/** A gated metric by its name. */
export function metricOf(name: string): GateMetric {
  const metric = readGateMetric(name);
  if (!metric.ok) throw new Error(metric.message);
  return metric.value;
}

/** The metrics of a gate when nothing else is asked for. */
export const METRICS = DEFAULT_METRICS.map(metricOf);

/** A slice of 1000 messages that were all delivered. */
export function sliceOf(side: Slice["side"], pair: number, values: Slice["values"], over: Partial<Slice> = {}): Slice {
  return {
    side,
    pair,
    position: 2 * pair - (side === "baseline" ? 1 : 0),
    directory: `slices/${pair}-${side}`,
    values,
    delivery: { sent: 1000, acked: 1000, lost: 0, phantom: 0, corrupt: 0, stuck: 0, unseen: 0, duplicates: 0 },
    expectations: [],
    generatorLimited: false,
    unproven: null,
    notes: [],
    ...over,
  };
}
