import type { PhaseName } from "../result-schema.js";
import { LOAD_PHASES, type Scenario } from "../scenario/scenario.js";
import { type Nanoseconds, NS_PER_MS, NS_PER_S } from "../units.js";

/** A phase of the load and when it begins and ends, counted from t0. */
export interface PhaseWindow {
  readonly name: PhaseName;
  readonly startNs: Nanoseconds;
  readonly endNs: Nanoseconds;
}

/** Width of the slices that resilience figures are computed from. */
export const COUNT_SLICE_NS = 1e8;
/** Longest series of latency slices; longer runs get wider slices. */
const MAX_LATENCY_SLICES = 900;

/** When each load phase begins and ends, counted from t0; phases of no length are left out. */
export function planPhases(scenario: Scenario): PhaseWindow[] {
  let startNs = 0;
  return LOAD_PHASES.flatMap((name) => {
    const endNs = startNs + scenario.phases[name] * NS_PER_MS;
    const window = { name, startNs, endNs };
    const empty = endNs === startNs;
    startNs = endNs;
    return empty ? [] : [window];
  });
}

/** End of the offered load. */
export function loadEndNs(phases: readonly PhaseWindow[]): Nanoseconds {
  return phases.at(-1)?.endNs ?? 0;
}

/** Width of a latency slice: one second, or what keeps the series short. */
export function latencySliceNs(phases: readonly PhaseWindow[]): number {
  return Math.max(1, Math.ceil(loadEndNs(phases) / NS_PER_S / MAX_LATENCY_SLICES)) * NS_PER_S;
}
