import { conformance } from "./suite.js";

const common = { driver: "sqs", keeps: true, unsettled: "redelivered" } as const;
const fauxqs = { ...common, system: "sqs", host: "embedded", outlivesCrash: false } as const;
/** H2's own write delay would lose what was confirmed just before a kill, some of it or all. */
const elasticmq = {
  ...common,
  system: "elasticmq",
  host: "local",
  settings: { writeDelay: "0ms" },
  outlivesCrash: true,
} as const;

// More groups than the suite has messages in flight: a group is handled one message after the other.
await conformance({ ...fauxqs, options: { visibilityTimeout: "2s" }, failed: "redelivered" });
await conformance({
  ...fauxqs,
  options: { visibilityTimeout: "2s", receiveBatch: 2, sendBatch: 10, deleteBatch: 5, deadLetter: { maxReceives: 2 } },
  failed: "deadLettered",
});
await conformance({ ...fauxqs, options: { visibilityTimeout: "1s", onFail: "wait" }, failed: "redelivered" });
await conformance({
  ...fauxqs,
  options: { visibilityTimeout: "2s", fifo: true, groups: 50, sendBatch: 4 },
  failed: "redelivered",
});

await conformance({ ...elasticmq, options: { visibilityTimeout: "2s", heartbeat: true }, failed: "redelivered" });
await conformance({
  ...elasticmq,
  options: { visibilityTimeout: "2s", sendBatch: 10, deleteBatch: 10, linger: "5ms", deadLetter: { maxReceives: 2 } },
  failed: "deadLettered",
});
await conformance({
  ...elasticmq,
  options: { visibilityTimeout: "2s", fifo: true, groups: 50, deduplication: "content", deleteBatch: 10 },
  failed: "redelivered",
});
await conformance({
  ...elasticmq,
  settings: { persistent: false },
  outlivesCrash: false,
  options: { visibilityTimeout: "2s", fifo: true, groups: 50, sendBatch: 10, deadLetter: { maxReceives: 2 } },
  failed: "deadLettered",
});
