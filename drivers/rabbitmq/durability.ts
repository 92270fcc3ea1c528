import type { ConfirmedIn, Durability } from "../../src/spi/broker.js";
import type { RabbitOptions } from "./options.js";

/** What survives a crash of the broker's process. */
export function rabbitDurability(options: RabbitOptions): Durability {
  const confirmed = options.confirms ? "" : "; without confirms, what had not arrived is lost too";
  return { confirmedIn: confirmedIn(options), words: `${ofQueue(options)}${confirmed}` };
}

function confirmedIn({ queue, durable, persistent, confirms }: RabbitOptions): ConfirmedIn {
  if (!confirms) return "client";
  if (!durable) return "memory";
  if (queue === "quorum") return "disk";
  // RabbitMQ 4 confirms a persistent message that was written and not synced (rabbit_classic_queue_store_v2:sync/1).
  return queue === "stream" || persistent ? "page cache" : "memory";
}

function ofQueue({ queue, durable, persistent }: RabbitOptions): string {
  if (!durable) return "transient queue: a crash loses it with all that is in it";
  if (queue === "quorum")
    return "quorum queue of one node: what was confirmed is on its disk, a crash loses nothing of it";
  if (queue === "stream")
    return "stream: what was confirmed was written, not synced: a process crash loses nothing, a power loss the last of it";
  if (!persistent)
    return "durable classic queue, transient messages: a crash or a restart loses all that is undelivered";
  return "durable classic queue, persistent messages: what was confirmed was written, by RabbitMQ 4 not synced: a process crash loses nothing";
}
