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

for (const client of ["amqplib", "rabbitmq-client"]) {
  await conformance({
    ...common,
    outlivesCrash: true,
    options: { queue: "stream", client, heartbeat: "1s" },
    silenceMs: 4000,
    unsettled: "redelivered",
    // A stream takes nothing back: a failed message is passed over.
    failed: "dropped",
  });
}
