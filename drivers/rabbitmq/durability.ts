import type { RabbitOptions } from "./options.js";

/** What survives a crash of the broker's process. */
export function rabbitDurability({ queue, durable, persistent, confirms }: RabbitOptions): string {
  const confirmed = confirms ? "" : "; without confirms, what had not arrived is lost too";
  return `${ofQueue(queue, durable, persistent)}${confirmed}`;
}

function ofQueue(queue: RabbitOptions["queue"], durable: boolean, persistent: boolean): string {
  if (!durable) return "transient queue: a crash loses it with all that is in it";
  if (queue === "quorum")
    return "quorum queue of one node: what was confirmed is on its disk, a crash loses nothing of it";
  if (queue === "stream")
    return "stream: what was confirmed was written, not synced: a process crash loses nothing, a power loss the last of it";
  if (!persistent)
    return "durable classic queue, transient messages: a crash or a restart loses all that is undelivered";
  return "durable classic queue, persistent messages: what was confirmed is on disk, a crash loses nothing of it";
}
