import { conformance } from "./suite.js";

const common = { system: "redis", framework: "huey", driver: "huey", keeps: true, unsettled: "lost" } as const;

await conformance({ ...common, settings: { appendonly: "yes", save: "" }, outlivesCrash: true, failed: "dropped" });
await conformance({
  ...common,
  settings: { save: "" },
  options: { retries: 2, retryDelay: "100ms" },
  failed: "redelivered",
});
