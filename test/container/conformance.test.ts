import { conformance } from "../conformance/suite.js";

/** The promises of the SPI again, with the broker behind Docker's network and on a volume: one driver a system. */
const common = { system: "docker", host: "container", keeps: true, outlivesCrash: true } as const;
const redelivers = { unsettled: "redelivered", failed: "redelivered" } as const;
const durable = { appendonly: "yes", save: "" };

await conformance({
  ...common,
  ...redelivers,
  driver: "redis-streams",
  settings: durable,
  options: { claim: "xautoclaim", claimIdle: "500ms" },
});
await conformance({
  ...common,
  ...redelivers,
  driver: "rabbitmq",
  options: { queue: "quorum" },
  countsInFlight: false,
  queueOutlivesAfterMs: 3000,
});
await conformance({
  ...common,
  ...redelivers,
  driver: "kafka",
  options: { client: "platformatic", sessionTimeout: "2s", minBytes: 1_000_000, maxWait: "200ms" },
  countsInFlight: false,
});
await conformance({ ...common, ...redelivers, driver: "nats-jetstream", options: { ackWait: "1s" } });
await conformance({ ...common, ...redelivers, driver: "postgres" });
await conformance({
  ...common,
  ...redelivers,
  driver: "sqs",
  settings: { writeDelay: "0ms" },
  options: { visibilityTimeout: "2s" },
});
