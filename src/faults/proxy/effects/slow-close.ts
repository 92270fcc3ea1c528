import { duration } from "../../../input/leaves.js";
import { DelayLine } from "../delay-line.js";
import { defineEffect } from "../effect.js";
import { type Effect, type Item, inDirections, type Stage, type StagePort } from "../stage.js";
import { delayMs } from "../values.js";

/** Passes one side's close (FIN or RST) on to the other only after a while; the heal passes on what waits. */
const stages: Effect<{ readonly slowClose: number | null }> = (spec) => {
  const { slowClose } = spec;
  if (slowClose === null) return {};
  return inDirections(spec.direction, () => (port) => new SlowCloseStage(port, slowClose));
};

/** Delays the news of a close. */
export const slowClose = defineEffect({
  keys: {
    slowClose: duration().optional().describe("Network effect: delay between one side's close and its passing on."),
  },
  spec: { slowClose: delayMs.nullable() },
  none: { slowClose: null },
  lasts: true,
  place: 4,
  words: ({ slowClose }) => (slowClose === null ? null : `slow close ${slowClose} ms`),
  stages: [stages],
});

class SlowCloseStage implements Stage {
  readonly full = false;
  readonly #port: StagePort;
  readonly #delayMs: number;
  readonly #line: DelayLine;

  constructor(port: StagePort, delayMs: number) {
    this.#port = port;
    this.#delayMs = delayMs;
    this.#line = new DelayLine((item) => port.pass(item));
  }

  push(item: Item): void {
    this.#line.add(item, item.kind === "data" ? 0 : this.#delayMs);
  }

  heal(): void {
    this.#line.flush();
    this.#port.done();
  }

  close(): void {
    this.#line.clear();
  }
}
