import { systemClock, type WaitingClock } from "../time.js";
import type { Milliseconds } from "../units.js";
import { Handlers, isWorking, type SeenSlot } from "./handlers.js";
import type { Sampler } from "./sampler.js";

/** How often the drain looks. */
const LOOK_MS = 250;
/** Nothing is left and nobody works: this long, so that what was in no one's hands for a moment is seen. */
const QUIET_MS = 1500;
/** Added to the system's own redelivery horizon before what has not moved is given up. */
const HORIZON_MARGIN_MS = 3000;
/** An automatic drain ends at last, whatever still moves: a system may deliver the same messages for ever. */
const LONGEST_MS = 120_000;
const LONGEST_HORIZONS = 5;

/** What a drain needs to know of the run, and whom it watches. */
export interface DrainRequest {
  readonly drain: Milliseconds | "auto";
  /** Length of the load: what it left behind may take as long again. */
  readonly loadMs: number;
  /** Time after which the system delivers an unsettled message again by itself. */
  readonly horizonMs: number;
  /** The longest that one handler may take. */
  readonly handlingMs: number;
  readonly agents: { readonly slots: readonly SeenSlot[] };
  readonly sampler: Pick<Sampler, "askDepth" | "depth">;
  readonly signal: AbortSignal;
  readonly clock?: WaitingClock;
}

/** Waits until the system is empty and the workers are idle, or nothing moves any more; answers why it ended. */
export async function drain(request: DrainRequest): Promise<string> {
  const { horizonMs, handlingMs, agents, sampler, signal, clock = systemClock } = request;
  const longestMs = limitOf(request);
  const patienceMs = horizonMs + HORIZON_MARGIN_MS;
  const handlers = new Handlers(handlingMs);
  const begin = clock.now();
  let movedAt = begin;
  let busyAt = begin;
  let last = "";
  while (!signal.aborted) {
    await sampler.askDepth();
    const state = fingerprint(request);
    const now = clock.now();
    const handled = handlers.endMs(agents.slots, sampler.depth, now);
    if (state !== last) movedAt = now;
    // A handler that runs is movement, for as long as it may take.
    else if (handled !== null) movedAt = Math.max(movedAt, Math.min(now, handled));
    last = state;
    if (!isIdle(request)) busyAt = now;
    if (now - busyAt >= QUIET_MS && now - movedAt >= QUIET_MS) return "the system is empty and the workers are idle";
    if (now - movedAt >= patienceMs) {
      const after = handled === null ? "" : ` after the longest handling time of ${handlingMs / 1000} s`;
      return `nothing moved for ${patienceMs / 1000} s${after} (redelivery horizon ${horizonMs / 1000} s)`;
    }
    if (now - begin >= longestMs) return `the drain's limit of ${longestMs / 1000} s was reached`;
    await clock.sleep(LOOK_MS, signal);
  }
  return "interrupted";
}

function limitOf({ drain, loadMs, horizonMs, handlingMs }: DrainRequest): number {
  return drain === "auto" ? loadMs + LONGEST_MS + LONGEST_HORIZONS * (horizonMs + handlingMs) : drain;
}

/** Whether the broker holds nothing that it knows of, and no worker is in a handler. */
function isIdle({ agents, sampler: { depth } }: DrainRequest): boolean {
  const working = agents.slots.some((slot) => !slot.loadDone || isWorking(slot, depth));
  return !working && (depth.ready ?? 0) === 0 && (depth.inFlight ?? 0) === 0;
}

function fingerprint({ agents, sampler: { depth } }: DrainRequest): string {
  const counters = agents.slots.map(({ incarnation, stats }) => [
    incarnation,
    stats.started,
    stats.completed,
    stats.failed,
    stats.abandoned,
    stats.acked,
  ]);
  return JSON.stringify([counters, depth]);
}
