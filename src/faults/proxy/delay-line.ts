import { LONGEST_TIMER_MS } from "../../time.js";
import { Fifo } from "./fifo.js";
import type { Item } from "./stage.js";

/** What a held chunk costs in memory beside its bytes; an estimate. */
const ITEM_OVERHEAD_BYTES = 256;

/**
 * Holds each item for its own time, and releases in order: at max(release of the one before, arrival + delay).
 * Never early, and up to about a millisecond late (the resolution of Node's timers).
 */
export class DelayLine {
  readonly #release: (item: Item) => void;
  /** `atMs` of an item may be before that of the one ahead of it, which it then waits for. */
  readonly #held = new Fifo<{ readonly item: Item; readonly atMs: number }>();
  #heldBytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(release: (item: Item) => void) {
    this.#release = release;
  }

  get empty(): boolean {
    return this.#held.first === undefined;
  }

  /** Memory that is held, with an estimate for the book-keeping. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  add(item: Item, delayMs: number): void {
    if (this.empty && delayMs <= 0) {
      this.#release(item);
      return;
    }
    const nowMs = performance.now();
    this.#held.push({ item, atMs: nowMs + delayMs });
    this.#heldBytes += heldBytes(item);
    this.#arm(nowMs);
  }

  /** Releases everything now. */
  flush(): void {
    this.#releaseUntil(Number.POSITIVE_INFINITY);
    this.#disarm();
  }

  /** Drops everything. */
  clear(): void {
    this.#held.clear();
    this.#heldBytes = 0;
    this.#disarm();
  }

  #releaseUntil(nowMs: number): void {
    for (let head = this.#held.first; head !== undefined && head.atMs <= nowMs; head = this.#held.first) {
      this.#held.shift();
      this.#heldBytes -= heldBytes(head.item);
      this.#release(head.item);
    }
  }

  #arm(nowMs: number): void {
    const head = this.#held.first;
    if (head === undefined || this.#timer !== undefined) return;
    // Rounded down and looked at again: rounding up would add up to a whole millisecond to every delay.
    const waitMs = Math.min(LONGEST_TIMER_MS, Math.max(1, Math.floor(head.atMs - nowMs)));
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#releaseUntil(performance.now());
      this.#arm(performance.now());
    }, waitMs);
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

function heldBytes(item: Item): number {
  return (item.kind === "data" ? item.chunk.length : 0) + ITEM_OVERHEAD_BYTES;
}
