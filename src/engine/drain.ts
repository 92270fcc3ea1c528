import { setTimeout as sleep } from "node:timers/promises";
import type { Milliseconds } from "../units.js";
import type { AgentPool } from "./agent-pool.js";
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

export interface DrainRequest {
  readonly drain: Milliseconds | "auto";
  /** Length of the load: what it left behind may take as long again. */
  readonly loadMs: number;
  /** Time after which the system delivers an unsettled message again by itself. */
  readonly horizonMs: number;
  readonly agents: AgentPool;
  readonly sampler: Sampler;
  readonly signal: AbortSignal;
}

/** Waits until the system is empty and the workers are idle, or nothing moves any more; answers why it ended. */
export async function drain(request: DrainRequest): Promise<string> {
  const { horizonMs, agents, sampler, signal } = request;
  const longestMs =
    request.drain === "auto" ? request.loadMs + LONGEST_MS + LONGEST_HORIZONS * horizonMs : request.drain;
  const patienceMs = horizonMs + HORIZON_MARGIN_MS;
  const begin = Date.now();
  let movedAt = begin;
  let busyAt = begin;
  let last = "";
  while (!signal.aborted) {
    await sampler.askDepth();
    const state = fingerprint(agents, sampler);
    const now = Date.now();
    if (state !== last) movedAt = now;
    last = state;
    if (!isIdle(agents, sampler)) busyAt = now;
    if (now - busyAt >= QUIET_MS && now - movedAt >= QUIET_MS) return "the system is empty and the workers are idle";
    if (now - movedAt >= patienceMs)
      return `nothing moved for ${patienceMs / 1000} s (redelivery horizon ${horizonMs / 1000} s)`;
    if (now - begin >= longestMs) return `the drain's limit of ${longestMs / 1000} s was reached`;
    await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
  }
  return "interrupted";
}

/** Whether the broker holds nothing that it knows of, and no worker is in a handler. */
function isIdle(agents: AgentPool, { depth }: Sampler): boolean {
  const working = agents.slots.some(
    ({ stats, loadDone }) => !loadDone || (stats.started ?? 0) > (stats.completed ?? 0) + (stats.failed ?? 0),
  );
  return !working && (depth.ready ?? 0) === 0 && (depth.inFlight ?? 0) === 0;
}

function fingerprint(agents: AgentPool, { depth }: Sampler): string {
  const counters = agents.slots.map(({ incarnation, stats }) => [
    incarnation,
    stats.started,
    stats.completed,
    stats.acked,
  ]);
  return JSON.stringify([counters, depth]);
}
