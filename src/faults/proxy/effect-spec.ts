import type { NetworkFault } from "../../scenario/scenario.js";
import type { EffectSpec } from "./protocol.js";

/** The wire form of a scenario's network fault. */
export function effectSpec(fault: NetworkFault): EffectSpec {
  const { direction, latency, jitter, bandwidth, partition, reset, cut, slowClose } = fault;
  return {
    direction,
    latencyMs: latency,
    jitterMs: jitter,
    bandwidthBytesPerSecond: bandwidth,
    partition,
    reset,
    cut,
    slowCloseMs: slowClose,
  };
}
