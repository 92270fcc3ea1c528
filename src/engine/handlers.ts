import type { AgentStats } from "../agent/protocol.js";
import type { Depth } from "../spi/driver.js";

/** What the drain sees of a producer or worker. */
export interface SeenSlot {
  readonly role: "producer" | "worker";
  readonly incarnation: number;
  readonly stats: AgentStats;
  readonly loadDone: boolean;
  readonly process: { readonly exit: string | null };
}

/** Whether handlers have begun that have not ended, as far as the process told; those of an ended process never will. */
export function isWorking({ role, stats, process }: SeenSlot, depth: Depth): boolean {
  // Of a worker that tells no counters, the broker alone may know that it holds something.
  if (stats.started === undefined) return role === "worker" && process.exit === null && depth.inFlight !== 0;
  return stats.started > (stats.completed ?? 0) + (stats.failed ?? 0) + (stats.abandoned ?? 0);
}

/** Until when each worker's handlers may run without a sign: for the longest handling time from the last that began. */
export class Handlers {
  private readonly begun = new Map<SeenSlot, { readonly state: string; readonly atMs: number }>();

  constructor(private readonly longestMs: number) {}

  /** Notes what began since the last look; answers when the handlers that run must have ended, `null` when none does. */
  endMs(slots: readonly SeenSlot[], depth: Depth, nowMs: number): number | null {
    const running = slots.filter((slot) => slot.process.exit === null && isWorking(slot, depth));
    const ends = running.map((slot) => this.lastBegin(slot, depth, nowMs) + this.longestMs);
    return ends.length === 0 ? null : Math.max(...ends);
  }

  private lastBegin(slot: SeenSlot, depth: Depth, nowMs: number): number {
    const { incarnation, stats } = slot;
    const state = JSON.stringify([incarnation, stats.started ?? depth]);
    const known = this.begun.get(slot);
    if (known?.state === state) return known.atMs;
    this.begun.set(slot, { state, atMs: nowMs });
    return nowMs;
  }
}
