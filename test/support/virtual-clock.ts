import { setImmediate as turn } from "node:timers/promises";
import type { WaitingClock } from "../../src/time.js";

interface Sleeper {
  readonly dueMs: number;
  wake(): void;
}

/** Turns of the event loop in which whoever was woken gets as far as it can. */
const TURNS = 5;

/** A clock that goes on only when a test says so. */
export class VirtualClock implements WaitingClock {
  private nowMs = 0;
  private sleepers: Sleeper[] = [];

  readonly now = (): number => this.nowMs;
  readonly nowNs = (): number => this.nowMs * 1e6;

  readonly sleep = (forMs: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      this.sleepers.push({ dueMs: this.nowMs + Math.max(0, forMs), wake: resolve });
      signal?.addEventListener("abort", () => resolve(), { once: true });
    });

  /** Lets time pass: everybody wakes at the moment that is due. */
  async pass(forMs: number): Promise<void> {
    const untilMs = this.nowMs + forMs;
    await settled();
    for (;;) {
      const next = this.sleepers.reduce((least, { dueMs }) => Math.min(least, dueMs), Number.POSITIVE_INFINITY);
      if (next > untilMs) break;
      this.nowMs = Math.max(this.nowMs, next);
      await this.wakeDue();
    }
    this.nowMs = untilMs;
  }

  /** The process stands still for a while (SIGSTOP, a suspended machine): who was due meanwhile wakes when it is over. */
  async standStill(forMs: number): Promise<void> {
    this.nowMs += forMs;
    await this.wakeDue();
  }

  private async wakeDue(): Promise<void> {
    const due = this.sleepers.filter(({ dueMs }) => dueMs <= this.nowMs);
    this.sleepers = this.sleepers.filter(({ dueMs }) => dueMs > this.nowMs);
    for (const { wake } of due) wake();
    await settled();
  }
}

async function settled(): Promise<void> {
  for (let i = 0; i < TURNS; i++) await turn();
}
