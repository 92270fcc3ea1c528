import { describeEnvironment } from "../engine/environment.js";
import { conclude } from "../gate/conclude.js";
import type { GateResult } from "../gate/schema.js";
import type { RunResult } from "../result-schema.js";
import { shownOverlay } from "../secrets/places.js";
import type { GateOutcome } from "./gate.js";
import type { GateFlags, GatePlan } from "./gate-plan.js";
import type { Prepared } from "./load-scenario.js";

/** What the command line knows of a gate beside its measurements. */
export interface About {
  readonly startedAt: Date;
  /** When that was on the monotonic clock, in milliseconds. */
  readonly startedMs: number;
  readonly command: string;
  readonly interrupted: boolean;
  readonly flags: Pick<GateFlags, "set" | "baselineSet" | "candidateSet">;
}

/** What every result of a gate says of where it comes from. */
export function contextOf(
  { candidate }: Pick<GatePlan, "candidate">,
  last: RunResult | null | undefined,
  { startedAt, startedMs, command, interrupted, flags }: About,
) {
  const { havoqVersion, nodeVersion, kernel, cpuModel, cores } = describeEnvironment(command);
  return {
    name: candidate.scenario.name,
    startedAt: startedAt.toISOString(),
    durationSeconds: (performance.now() - startedMs) / 1000,
    interrupted,
    candidate: describeSystem(candidate, [...flags.set, ...flags.candidateSet], last),
    environment: { havoqVersion, nodeVersion, kernel, cpuModel, cores },
  };
}

/** The result of a gate that was measured in pairs. */
export function pairedResult(plan: GatePlan, outcome: GateOutcome, about: About): GateResult {
  const { state, thresholds, last, cutShort } = outcome;
  const { set, baselineSet } = about.flags;
  return conclude(state, {
    ...contextOf(plan, last.get("candidate"), about),
    baseline: describeSystem(plan.baseline, [...set, ...baselineSet], last.get("baseline")),
    differences: plan.differences,
    thresholds,
    stored: null,
    cutShort,
  });
}

function describeSystem(
  { scenario, file, driver }: Prepared,
  overlays: readonly string[],
  result: RunResult | null | undefined,
): GateResult["candidate"] {
  return {
    name: scenario.name,
    file,
    overlays: overlays.map((overlay) => shownOverlay(overlay)),
    driver: driver.name,
    host: result?.target.host ?? scenario.target.host,
    brokerVersion: result?.target.brokerVersion ?? null,
  };
}
