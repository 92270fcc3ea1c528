import * as z from "zod";
import { defineEffect } from "../effect.js";
import { Fifo } from "../fifo.js";
import { type Effect, type Item, inDirections, type Stage, type StagePort } from "../stage.js";

/**
 * Lets nothing through and reads nothing; at the heal everything goes on intact. Being always full, it also keeps a new
 * connection from being made upstream.
 */
const stages: Effect<{ readonly partition: boolean }> = (spec) =>
  spec.partition ? inDirections(spec.direction, () => (port) => new PartitionStage(port)) : {};

/** Holds everything up. */
export const partition = defineEffect({
  keys: {
    partition: z
      .boolean()
      .optional()
      .describe("Network effect: nothing passes until the heal; then everything goes on intact."),
  },
  spec: { partition: z.boolean() },
  none: { partition: false },
  lasts: true,
  place: 5,
  words: ({ partition }) => (partition ? "partition" : null),
  stages: [stages],
});

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
