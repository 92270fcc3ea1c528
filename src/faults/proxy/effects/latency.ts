import { duration } from "../../../input/leaves.js";
import { ms } from "../../../units.js";
import { DelayLine } from "../delay-line.js";
import { defineEffect } from "../effect.js";
import { type Effect, type Item, inDirections, type Stage, type StagePort } from "../stage.js";
import { delayMs } from "../values.js";

/** What one line may hold before reading stops: enough for half a second at 128 MB/s. */
const LINE_BYTES = 64 * 1024 * 1024;

/**
 * Delays every chunk by latency +- uniform jitter, in order. After the heal nothing more is delayed, and what is in the
 * line still arrives at its own time, as on a long wire.
 */
const stages: Effect<{ readonly latency: number; readonly jitter: number }> = (spec, host) => {
  if (spec.latency === 0 && spec.jitter === 0) return {};
  return inDirections(spec.direction, (direction) => {
    const random = host.random(direction);
    return (port) => new LatencyStage(port, spec.latency, spec.jitter, random);
  });
};

/** Delays what passes. */
export const latency = defineEffect({
  keys: {
    latency: duration().optional().describe("Network effect: delay of everything that passes."),
    jitter: duration().optional().describe("Varies `latency` by up to this much either way."),
  },
  spec: { latency: delayMs, jitter: delayMs },
  none: { latency: ms(0), jitter: ms(0) },
  lasts: true,
  place: 3,
  words: ({ latency, jitter }) => (latency > 0 ? `latency ${latency} ms${jitter > 0 ? ` +- ${jitter} ms` : ""}` : null),
  stages: [stages],
});

class LatencyStage implements Stage {
  readonly #port: StagePort;
  readonly #latencyMs: number;
  readonly #jitterMs: number;
  readonly #random: () => number;
  readonly #line = new DelayLine((item) => this.#release(item));
  #healed = false;

  constructor(port: StagePort, latencyMs: number, jitterMs: number, random: () => number) {
    this.#port = port;
    this.#latencyMs = latencyMs;
    this.#jitterMs = jitterMs;
    this.#random = random;
  }

  get full(): boolean {
    return this.#line.heldBytes > LINE_BYTES;
  }

  push(item: Item): void {
    this.#line.add(item, this.#healed ? 0 : this.#delayMs());
  }

  heal(): void {
    this.#healed = true;
    if (this.#line.empty) this.#port.done();
  }

  close(): void {
    this.#line.clear();
  }

  #delayMs(): number {
    if (this.#jitterMs === 0) return this.#latencyMs;
    return Math.max(0, this.#latencyMs + this.#jitterMs * (2 * this.#random() - 1));
  }

  #release(item: Item): void {
    this.#port.pass(item);
    if (this.#healed && this.#line.empty) this.#port.done();
  }
}
