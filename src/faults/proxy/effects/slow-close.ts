import { DelayLine } from "../delay-line.js";
import { type Effect, type Item, inDirections, type Stage, type StagePort } from "../stage.js";

/** Passes one side's close (FIN or RST) on to the other only after a while; the heal passes on what waits. */
export const slowClose: Effect = (spec) => {
  const { slowCloseMs } = spec;
  if (slowCloseMs === null) return {};
  return inDirections(spec.direction, () => (port) => new SlowCloseStage(port, slowCloseMs));
};

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
