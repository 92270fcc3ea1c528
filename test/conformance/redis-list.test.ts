import { conformance } from "./suite.js";

const common = { system: "redis", driver: "redis-list", keeps: true } as const;
const durable = { settings: { appendonly: "yes", appendfsync: "everysec", save: "" }, outlivesCrash: true };

await conformance({ ...common, ...durable, options: { consume: "brpop" }, unsettled: "lost", failed: "dropped" });
await conformance({ ...common, ...durable, unsettled: "stuck", failed: "deadLettered" });
await conformance({
  ...common,
  settings: { save: "" },
  outlivesCrash: false,
  options: { consume: "blmove", reaper: "500ms", onFail: "requeue", autoPipelining: true },
  unsettled: "redelivered",
  failed: "redelivered",
});
