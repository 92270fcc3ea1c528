import { conformance } from "./suite.js";

const common = { system: "redis", driver: "redis-streams", keeps: true } as const;
const durable = { settings: { appendonly: "yes", save: "" }, outlivesCrash: true };

await conformance({ ...common, ...durable, options: { block: "300ms" }, unsettled: "stuck", failed: "stuck" });
await conformance({
  ...common,
  ...durable,
  options: { claim: "xautoclaim", claimIdle: "500ms" },
  silenceMs: 1000,
  unsettled: "redelivered",
  failed: "redelivered",
});
await conformance({
  ...common,
  settings: { save: "" },
  outlivesCrash: false,
  options: { noack: true, count: 1, onFail: "deadLetter", autoPipelining: true },
  unsettled: "lost",
  prefetch: 1,
  failed: "deadLettered",
});
