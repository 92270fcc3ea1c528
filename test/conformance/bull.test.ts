import { conformance } from "./suite.js";

const common = { system: "redis", driver: "bull", keeps: true, unsettled: "redelivered" } as const;
const stalls = { lockDuration: "500ms", stalledInterval: "300ms" };

await conformance({
  ...common,
  settings: { appendonly: "yes", save: "" },
  outlivesCrash: true,
  options: stalls,
  silenceMs: 1000,
  failed: "deadLettered",
});
await conformance({
  ...common,
  settings: { save: "" },
  outlivesCrash: false,
  options: { ...stalls, attempts: 3, backoff: { type: "fixed", delay: "50ms" }, priorities: 3, autoPipelining: true },
  failed: "redelivered",
});
