import { conformance } from "./suite.js";

const common = { system: "postgres", driver: "postgres", keeps: true, outlivesCrash: true } as const;

await conformance({ ...common, silenceMs: 1000, unsettled: "redelivered", failed: "redelivered" });
await conformance({
  ...common,
  options: { mode: "lease", visibility: "1s", onFail: "deadLetter", maxAttempts: 2 },
  silenceMs: 1500,
  unsettled: "redelivered",
  failed: "deadLettered",
});
await conformance({
  ...common,
  options: { unlogged: true, notify: true, onFail: "drop" },
  outlivesCrash: false,
  unsettled: "redelivered",
  failed: "dropped",
});
