import { conformance } from "./suite.js";

const onRedis = { system: "redis", framework: "dramatiq", driver: "dramatiq-redis", keeps: true } as const;
const onRabbit = {
  system: "rabbitmq",
  framework: "dramatiq",
  driver: "dramatiq-rabbitmq",
  keeps: true,
  countsInFlight: false,
  queueOutlivesAfterMs: 3000,
  outlivesCrash: true,
} as const;
const soon = { minBackoff: "100ms", maxBackoff: "200ms" } as const;
const heartbeat = { heartbeatTimeout: "2s", maintenanceChance: 1_000_000 } as const;

await conformance({
  ...onRedis,
  settings: { appendonly: "yes", save: "" },
  options: { ...heartbeat, maxRetries: 0 },
  outlivesCrash: true,
  unsettled: "redelivered",
  failed: "deadLettered",
});
await conformance({
  ...onRabbit,
  options: { ...soon, confirmDelivery: true },
  unsettled: "redelivered",
  failed: "redelivered",
});
