import { describeEnvironment } from "../engine/environment.js";
import { conclude } from "../gate/conclude.js";
import type { Side } from "../gate/order.js";
import type { GateResult } from "../gate/schema.js";
import type { GateState } from "../gate/state.js";
import type { RunResult } from "../result-schema.js";
import { shownOverlay } from "../secrets/places.js";
import type { GatePlan } from "./gate-plan.js";
import type { SidesRequest } from "./sides.js";

/** A gate that has ended, by itself or not. */
export interface GateOutcome {
  readonly state: GateState;
  readonly thresholds: GateResult["thresholds"];
  /** The result of the last slice of each side, for what both have in common. */
  readonly last: ReadonlyMap<Side, RunResult>;
  /** Why it ended before its last look; `null` when it did not. */
  readonly cutShort: string | null;
}

/** When a gate began, for a person and on the monotonic clock in milliseconds. */
export interface Beginning {
  readonly at: Date;
  readonly ms: number;
}

/** The beginning of a gate that begins now. */
export const beginningNow = (): Beginning => ({ at: new Date(), ms: performance.now() });

interface Request extends Pick<SidesRequest, "command" | "abort"> {
  readonly plan: GatePlan;
}

/** What every result of a gate says of where it comes from. */
export function contextOf({ plan, command, abort }: Request, last: RunResult | null | undefined, begun: Beginning) {
  const { havoqVersion, nodeVersion, kernel, cpuModel, cores } = describeEnvironment(command);
  return {
    name: plan.candidate.scenario.name,
    startedAt: begun.at.toISOString(),
    durationSeconds: (performance.now() - begun.ms) / 1000,
    interrupted: abort.signal.aborted,
    candidate: describeSystem(plan, "candidate", last),
    environment: { havoqVersion, nodeVersion, kernel, cpuModel, cores },
  };
}

/** The result of a gate that was measured in pairs. */
export function pairedResult(request: Request, outcome: GateOutcome, begun: Beginning): GateResult {
  const { state, thresholds, last, cutShort } = outcome;
  const { plan } = request;
  return conclude(state, {
    ...contextOf(request, last.get("candidate"), begun),
    baseline: describeSystem(plan, "baseline", last.get("baseline")),
    differences: plan.differences,
    thresholds,
    stored: null,
    cutShort,
  });
}

function describeSystem(plan: GatePlan, side: Side, result: RunResult | null | undefined): GateResult["candidate"] {
  const { scenario, file, driver } = plan[side];
  return {
    name: scenario.name,
    file,
    overlays: plan.overlays[side].map((overlay) => shownOverlay(overlay)),
    driver: driver.name,
    host: result?.target.host ?? scenario.target.host,
    brokerVersion: result?.target.brokerVersion ?? null,
  };
}
