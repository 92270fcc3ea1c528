import { conformance } from "./suite.js";

const common = { system: "redis", framework: "rq", driver: "rq", keeps: true, unsettled: "stuck" } as const;

await conformance({
  ...common,
  settings: { appendonly: "yes", save: "" },
  outlivesCrash: true,
  failed: "deadLettered",
});
await conformance({ ...common, settings: { save: "" }, options: { retries: 2 }, failed: "redelivered" });
