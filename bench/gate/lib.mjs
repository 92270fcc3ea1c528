import { decide, dueLook } from "../../dist/src/gate/decide.js";
import { DEFAULT_METRICS, readGateMetric } from "../../dist/src/gate/metrics.js";
import { pairOrder } from "../../dist/src/gate/order.js";
import {
  DEFAULT_FLOOR_NS,
  DEFAULT_LOOKS,
  DEFAULT_MIN_EFFECT,
  DEFAULT_TOLERANCE,
  planLooks,
} from "../../dist/src/gate/settings.js";

/**
 * The gate as it is when nothing else is asked for.
 * @type {import("./model.mjs").Gate}
 */
export const gate = {
  decide,
  dueLook,
  pairOrder,
  settings: {
    looks: planLooks(DEFAULT_LOOKS),
    minEffect: DEFAULT_MIN_EFFECT,
    tolerance: DEFAULT_TOLERANCE,
    floorNs: DEFAULT_FLOOR_NS,
  },
  metrics: DEFAULT_METRICS.map((name) => {
    const metric = readGateMetric(name);
    if (!metric.ok) throw new Error(metric.message);
    return metric.value;
  }),
};

/** @param {number} share */
export const percent = (share) => `${(share * 100).toFixed(2)} %`;
