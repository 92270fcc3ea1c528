import { bandwidth as bandwidthText } from "../../../input/leaves.js";
import { LONGEST_TIMER_MS } from "../../../time.js";
import { defineEffect } from "../effect.js";
import { Fifo } from "../fifo.js";
import { type Effect, type Item, inDirections, type Stage, type StagePort } from "../stage.js";
import { bytesPerSecond } from "../values.js";

/** Tokens that may pile up beyond one piece, in seconds of the rate: makes up for a timer that comes late. */
const BURST_SECONDS = 0.05;
/** Size of a piece, in seconds of the rate: fewer wake-ups than byte by byte. */
const PIECE_SECONDS = 0.005;
/** Reading stops when more than this is held, or a tenth of a second of the rate where that is more. */
const HELD_BYTES = 64 * 1024;

/** Limits the bytes per second of one direction of one connection: a token bucket that starts empty, and splits chunks. */
const stages: Effect<{ readonly bandwidth: number | null }> = (spec) => {
  const rate = spec.bandwidth;
  if (rate === null) return {};
  return inDirections(spec.direction, () => (port) => new BandwidthStage(port, rate));
};

/** Limits what passes. */
export const bandwidth = defineEffect({
  keys: { bandwidth: bandwidthText().optional().describe("Network effect: limit per connection.") },
  spec: { bandwidth: bytesPerSecond.nullable() },
  none: { bandwidth: null },
  lasts: true,
  place: 2,
  words: ({ bandwidth }) => (bandwidth === null ? null : `bandwidth ${bandwidth} B/s`),
  stages: [stages],
});

class BandwidthStage implements Stage {
  readonly #port: StagePort;
  readonly #bytesPerSecond: number;
  readonly #pieceBytes: number;
  readonly #queue = new Fifo<Item>();
  #heldBytes = 0;
  #tokens = 0;
  #filledMs = performance.now();
  #timer: NodeJS.Timeout | undefined;

  constructor(port: StagePort, bytesPerSecond: number) {
    this.#port = port;
    this.#bytesPerSecond = bytesPerSecond;
    this.#pieceBytes = Math.max(1, Math.floor(bytesPerSecond * PIECE_SECONDS));
  }

  get full(): boolean {
    return this.#heldBytes > Math.max(HELD_BYTES, this.#bytesPerSecond / 10);
  }

  push(item: Item): void {
    this.#queue.push(item);
    if (item.kind === "data") this.#heldBytes += item.chunk.length;
    this.#send();
  }

  heal(): void {
    clearTimeout(this.#timer);
    this.#heldBytes = 0;
    for (let item = this.#queue.shift(); item !== undefined; item = this.#queue.shift()) this.#port.pass(item);
    this.#port.done();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#queue.clear();
  }

  /** Sends what the tokens allow, and comes back when there are enough for the next piece. */
  #send(): void {
    if (this.#timer !== undefined) return;
    this.#fill();
    for (let item = this.#queue.first; item !== undefined; item = this.#queue.first) {
      const wanted = item.kind === "data" ? Math.min(item.chunk.length, this.#pieceBytes) : 0;
      if (wanted > this.#tokens) {
        this.#wait(wanted);
        return;
      }
      this.#queue.shift();
      if (item.kind === "data") this.#sendData(item);
      else this.#port.pass(item);
    }
  }

  #sendData(item: Extract<Item, { kind: "data" }>): void {
    const { chunk, written } = item;
    const length = Math.min(chunk.length, Math.floor(this.#tokens));
    this.#tokens -= length;
    this.#heldBytes -= length;
    if (length === chunk.length) {
      this.#port.pass(item);
    } else {
      this.#queue.unshift({ kind: "data", chunk: chunk.subarray(length), written });
      this.#port.pass({ kind: "data", chunk: chunk.subarray(0, length) });
    }
  }

  #fill(): void {
    const nowMs = performance.now();
    const gained = ((nowMs - this.#filledMs) / 1000) * this.#bytesPerSecond;
    this.#tokens = Math.min(this.#pieceBytes + this.#bytesPerSecond * BURST_SECONDS, this.#tokens + gained);
    this.#filledMs = nowMs;
  }

  #wait(wantedBytes: number): void {
    const waitMs = Math.ceil(((wantedBytes - this.#tokens) / this.#bytesPerSecond) * 1000);
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#send();
      },
      Math.min(LONGEST_TIMER_MS, waitMs),
    );
  }
}
