import { conformance } from "./suite.js";

const common = { system: "kafka", driver: "kafka", keeps: true, outlivesCrash: true, countsInFlight: false } as const;
// The suite sends a few messages at once and expects as many handlers at once. kafkajs fetches again only when all that
// one fetch brought is handled: here a fetch waits until all of them are there.
const quick = { sessionTimeout: "2s", minBytes: 1_000_000, maxWait: "200ms" };

for (const client of ["kafkajs", "platformatic"]) {
  await conformance({
    ...common,
    options: { client, ...quick },
    silenceMs: 3000,
    unsettled: "redelivered",
    failed: "redelivered",
  });
  await conformance({
    ...common,
    options: { client, ...quick, consume: "eachBatch", acks: 1, key: "sequence", compression: "gzip", linger: "5ms" },
    unsettled: "redelivered",
    failed: "redelivered",
  });
}
