import { durationOf } from "../shared/duration.js";
import type { AmqpChannel, Arguments, QueueState } from "./client.js";
import type { RabbitOptions } from "./options.js";

/** What a run's messages pass through. */
export interface Topology {
  readonly queue: string;
  /** "" is the default exchange, which reaches every queue by its name. */
  readonly exchange: string;
  /** Put on each message. */
  readonly routingKey: string;
  readonly headers: Readonly<Record<string, string>> | undefined;
  /** The dead-letter exchange and the queue behind it; `null` without. */
  readonly dead: string | null;
  /** Holds how far a stream was handled; `null` for a queue. */
  readonly offsets: string | null;
}

const HEADERS = { kind: "work" };
const ROUTING_KEY = "work.item";

/** Names the exchanges and queues of a run. */
export function topologyOf(runId: string, { exchange, queue: type, deadLetter }: RabbitOptions): Topology {
  const queue = `havoq-${runId}`;
  return {
    queue,
    exchange: exchange === "default" ? "" : queue,
    routingKey: exchange === "default" ? queue : ROUTING_KEY,
    headers: exchange === "headers" ? HEADERS : undefined,
    dead: deadLetter ? `${queue}-dead` : null,
    offsets: type === "stream" ? `${queue}-offsets` : null,
  };
}

/** States of the queues, as their declaration tells them. */
export interface Declared {
  readonly main: QueueState;
  readonly dead: QueueState | null;
}

/** Makes what a run needs, or finds it: for those who come first, and after a broker that forgot it. */
export async function declare(channel: AmqpChannel, topology: Topology, options: RabbitOptions): Promise<Declared> {
  const { queue, exchange, dead, offsets } = topology;
  const { durable, exchange: type } = options;
  let deadState: QueueState | null = null;
  if (dead !== null) {
    await channel.declareExchange(dead, "fanout", durable);
    deadState = await channel.declareQueue(dead, durable, {});
    await channel.bindQueue(dead, dead, "", {});
  }
  if (offsets !== null) await channel.declareQueue(offsets, true, { "x-max-length": 1 });
  const main = await channel.declareQueue(queue, durable, queueArguments(topology, options));
  if (exchange !== "") {
    await channel.declareExchange(exchange, type, durable);
    const [pattern, args] = bindingOf(type);
    await channel.bindQueue(queue, exchange, pattern, args);
  }
  return { main, dead: deadState };
}

/** Deletes it all; what is gone already is no error. */
export async function remove(channel: AmqpChannel, { queue, exchange, dead, offsets }: Topology): Promise<void> {
  for (const name of [queue, dead, offsets]) if (name !== null) await channel.deleteQueue(name);
  for (const name of [exchange, dead]) if (name !== null && name !== "") await channel.deleteExchange(name);
}

function queueArguments({ dead }: Topology, options: RabbitOptions): Arguments {
  const { queue, lazy, maxPriority, singleActiveConsumer, deliveryLimit, maxLength, overflow, messageTtl } = options;
  return {
    "x-queue-type": queue,
    ...(lazy ? { "x-queue-mode": "lazy" } : {}),
    ...(maxPriority === undefined ? {} : { "x-max-priority": maxPriority }),
    ...(singleActiveConsumer ? { "x-single-active-consumer": true } : {}),
    ...(deliveryLimit === undefined ? {} : { "x-delivery-limit": deliveryLimit }),
    ...(maxLength === undefined ? {} : { "x-max-length": maxLength }),
    ...(overflow === undefined ? {} : { "x-overflow": overflow }),
    ...(messageTtl === undefined ? {} : { "x-message-ttl": durationOf(messageTtl) }),
    ...(dead === null ? {} : { "x-dead-letter-exchange": dead }),
  };
}

function bindingOf(type: RabbitOptions["exchange"]): [pattern: string, args: Arguments] {
  if (type === "headers") return ["", { "x-match": "all", ...HEADERS }];
  if (type === "topic") return ["work.#", {}];
  return [type === "fanout" ? "" : ROUTING_KEY, {}];
}
