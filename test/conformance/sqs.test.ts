import { conformance } from "./suite.js";

const common = { system: "sqs", driver: "sqs", keeps: true, outlivesCrash: false, unsettled: "redelivered" } as const;

await conformance({ ...common, options: { visibilityTimeout: "2s" }, failed: "redelivered" });
await conformance({
  ...common,
  options: { visibilityTimeout: "2s", receiveBatch: 2, deadLetter: { maxReceives: 2 } },
  failed: "deadLettered",
});
await conformance({ ...common, options: { visibilityTimeout: "1s", onFail: "wait" }, failed: "redelivered" });
