import { conformance } from "./suite.js";

const common = { system: "postgres", driver: "postgres", keeps: true, outlivesCrash: true } as const;

await conformance({
  ...common,
  options: { client: "pg-boss", expireIn: "1s", maintenanceInterval: "1s", retryLimit: 5 },
  silenceMs: 1500,
  unsettled: "redelivered",
  failed: "redelivered",
});
await conformance({
  ...common,
  options: { client: "pg-boss", expireIn: "1s", maintenanceInterval: "1s", retryLimit: 1 },
  unsettled: "redelivered",
  failed: "deadLettered",
});
// What a dead worker held is locked for four hours.
await conformance({
  ...common,
  options: { client: "graphile-worker", maxAttempts: 1 },
  unsettled: "stuck",
  failed: "deadLettered",
});
await conformance({
  ...common,
  options: { client: "graphile-worker", pollInterval: "100ms" },
  unsettled: "stuck",
  failed: "redelivered",
});
