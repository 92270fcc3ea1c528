import { conformance } from "./suite.js";

const common = {
  system: "rabbitmq",
  driver: "rabbitmq",
  keeps: true,
  countsInFlight: false,
  // RabbitMQ 3.10 was seen to forget a durable queue, with all that was confirmed in it, that was declared half a second
  // before the kill; a quorum queue of that age came back without a leader.
  queueOutlivesAfterMs: 3000,
} as const;
const redelivers = { unsettled: "redelivered", failed: "redelivered" } as const;

await conformance({ ...common, ...redelivers, options: { heartbeat: "1s" }, silenceMs: 4000, outlivesCrash: true });
await conformance({
  ...common,
  outlivesCrash: true,
  // The whole queue is with the consumer at once, and nobody else has it any more.
  options: { ack: "auto", exchange: "topic" },
  unsettled: "lost",
  prefetch: 10,
  failed: "dropped",
});
await conformance({
  ...common,
  outlivesCrash: false,
  options: { durable: false, persistent: false, confirms: false, exchange: "direct", maxPriority: 2 },
  ackLevel: "local",
  ...redelivers,
});
await conformance({
  ...common,
  outlivesCrash: false,
  options: { persistent: false, deadLetter: true, exchange: "fanout", singleActiveConsumer: true },
  unsettled: "redelivered",
  failed: "deadLettered",
});
await conformance({
  ...common,
  outlivesCrash: true,
  options: { queue: "quorum", exchange: "headers", prefetch: 50 },
  ...redelivers,
});
await conformance({
  ...common,
  outlivesCrash: true,
  options: { queue: "quorum", deadLetter: true, deliveryLimit: 2, onFail: "requeue" },
  unsettled: "redelivered",
  failed: "deadLettered",
});
