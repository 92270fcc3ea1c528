import { Fifo } from "../fifo.js";
import { type Effect, type Item, inDirections, type Stage, type StagePort } from "../stage.js";

/**
 * Lets nothing through and reads nothing; at the heal everything goes on intact. Being always full, it also keeps a new
 * connection from being made upstream.
 */
export const partition: Effect = (spec) =>
  spec.partition ? inDirections(spec.direction, () => (port) => new PartitionStage(port)) : {};

class PartitionStage implements Stage {
  readonly full = true;
  readonly #port: StagePort;
  readonly #held = new Fifo<Item>();

  constructor(port: StagePort) {
    this.#port = port;
  }

  push(item: Item): void {
    this.#held.push(item);
  }

  heal(): void {
    for (let item = this.#held.shift(); item !== undefined; item = this.#held.shift()) this.#port.pass(item);
    this.#port.done();
  }

  close(): void {
    this.#held.clear();
  }
}
