import { setTimeout as sleep } from "node:timers/promises";
import type { AmqpChannel, Incoming, QueueState } from "./client.js";

const LOOK_MS = 20;
/** What one consumer can hold; without a limit, a quorum queue sends no more than 2000. */
export const MOST_PREFETCH = 65_535;

/** A queue to be emptied. */
export interface Emptying {
  readonly channel: AmqpChannel;
  readonly queue: string;
  /** How long the broker may take to notice that a consumer is gone, and to take back what it held. */
  readonly horizonMs: number;
  look(): Promise<QueueState | null>;
}

/**
 * Consumes a queue until the broker says, twice in a row and with nothing arriving in between, that it is empty and that
 * all other consumers are gone. An answer that leaves out this consumer is none: a busy quorum queue gives such.
 */
export async function* emptied({ channel, queue, horizonMs, look }: Emptying): AsyncGenerator<Incoming> {
  let arrived: Incoming[] = [];
  const tags: string[] = [];
  const othersUntil = performance.now() + horizonMs;
  for (let held = 0, empty = 0; empty < 2; ) {
    if (held >= tags.length * MOST_PREFETCH)
      tags.push(await channel.consume(queue, false, {}, (message) => arrived.push(message)));
    const page = arrived;
    arrived = [];
    held += page.length;
    yield* page;
    const state = await look();
    const others = (state?.consumers ?? 0) - tags.length;
    const isEmpty = state?.ready === 0 && (others === 0 || (others > 0 && performance.now() > othersUntil));
    empty = isEmpty && page.length === 0 && arrived.length === 0 ? empty + 1 : 0;
    if (empty === 0 && arrived.length === 0) await sleep(LOOK_MS);
  }
  for (const tag of tags) await channel.cancel(tag);
}
