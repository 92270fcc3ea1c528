import { type Cutting, type Effect, type Item, inDirections, type Stage, type StagePort } from "../stage.js";

/** Passes N more bytes in a direction, then resets the connection; each connection, old or new, counts for itself. */
export const cutAfterBytes: Effect<Cutting> = (spec, host) => {
  const { cut } = spec;
  if (cut === null || cut === "before-answer") return {};
  return inDirections(
    spec.direction,
    () => (port) => new CutAfterBytesStage(port, cut.afterBytes, () => host.cut("after-bytes")),
  );
};

class CutAfterBytesStage implements Stage {
  readonly full = false;
  readonly #port: StagePort;
  readonly #cut: () => void;
  #leftBytes: number;
  #spent = false;

  constructor(port: StagePort, afterBytes: number, cut: () => void) {
    this.#port = port;
    this.#leftBytes = afterBytes;
    this.#cut = cut;
  }

  push(item: Item): void {
    if (this.#spent) return;
    if (item.kind !== "data") {
      this.#port.pass(item);
    } else if (item.chunk.length < this.#leftBytes) {
      this.#leftBytes -= item.chunk.length;
      this.#port.pass(item);
    } else {
      this.#spent = true;
      this.#passLast(item.chunk.subarray(0, this.#leftBytes));
    }
  }

  heal(): void {
    this.#port.done();
  }

  close(): void {
    this.#spent = true;
  }

  /** Cuts when the kernel has the last byte, not before: a reset discards what Node still buffers. */
  #passLast(chunk: Buffer): void {
    if (chunk.length === 0) this.#cut();
    else this.#port.pass({ kind: "data", chunk, written: this.#cut });
  }
}
