/** What the answer of a system to one fault is computed from. */
import type { GoodputInput } from "./goodput.js";

/** Series around one injection; slices all start at t0 and are `sliceNs` wide. */
export interface ResilienceInput extends GoodputInput {
  readonly injectNs: number;
  /** First client error at or after the injection. */
  readonly firstErrorNs: number | null;
  /** End of the offered load: slices after it count as drain, not as a dip. */
  readonly loadEndNs: number;
  readonly latencySliceNs: number;
  readonly latencyP99Ns: readonly (number | null)[];
  readonly backlog: readonly { readonly atNs: number; readonly ready: number | null }[];
  readonly earliestLostAckNs: number | null;
  /** Injection of the next fault, which ends what is ascribed to this one. */
  readonly nextFaultNs: number | null;
}

/** Goodput or latency that is back for this long is back to stay. */
export const STAYS_RECOVERED_NS = 10e9;
