import { conformance } from "./suite.js";

const common = { system: "nats", driver: "nats-jetstream", keeps: true } as const;

await conformance({
  ...common,
  options: { ackWait: "1s" },
  silenceMs: 2000,
  outlivesCrash: true,
  unsettled: "redelivered",
  failed: "redelivered",
});
await conformance({
  ...common,
  options: { storage: "memory", ackWait: "500ms", maxDeliver: 2, messageId: "sequence" },
  outlivesCrash: false,
  unsettled: "redelivered",
  failed: "deadLettered",
});
await conformance({
  ...common,
  options: { ack: "none" },
  outlivesCrash: true,
  unsettled: "lost",
  failed: "dropped",
});
