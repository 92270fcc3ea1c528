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

await conformance({
  ...common,
  outlivesCrash: true,
  options: { client: "rabbitmq-client", lazy: true },
  unsettled: "redelivered",
  failed: "redelivered",
});
await conformance({
  ...common,
  outlivesCrash: false,
  options: { client: "rabbitmq-client", persistent: false, confirms: false, ack: "auto" },
  ackLevel: "local",
  unsettled: "lost",
  prefetch: 10,
  failed: "dropped",
});
