import type { BeginEvent, RunEvent } from "../record/events.js";
import type { Fold } from "../record/fold.js";
import type { LostAtFault } from "../record/lost.js";
import type { FaultTimes } from "./faults.js";

/** Everything a result is built from. */
export interface BuildInput {
  readonly begin: BeginEvent;
  readonly events: readonly RunEvent[];
  readonly fold: Fold;
  readonly faults: readonly FaultTimes[];
  readonly lostByFault: readonly LostAtFault[];
  readonly countSliceNs: number;
  readonly latencySliceNs: number;
}
