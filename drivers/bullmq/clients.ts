import type { Clients } from "../../src/spi/driver.js";
import { bullmqConsumer } from "./consumer.js";
import { type JobKeys, jobAdmin } from "./job-admin.js";
import type { JobQueueOptions } from "./job-options.js";
import { bullmqProducer } from "./producer.js";

const KEYS: JobKeys = {
  states: [
    { key: "wait", type: "list", place: "ready" },
    { key: "paused", type: "list", place: "ready" },
    { key: "prioritized", type: "zset", place: "ready" },
    { key: "delayed", type: "zset", place: "ready" },
    { key: "active", type: "list", place: "inFlight" },
    { key: "failed", type: "zset", place: "deadLettered" },
    { key: "completed", type: "zset", place: null },
  ],
  others: ["id", "meta", "events", "marker", "stalled", "stalled-check", "limiter", "pc"],
};

/** Queue.add, Worker, and the keys behind them. */
export const bullmqClients: Clients<JobQueueOptions> = {
  admin: (context) => jobAdmin(context, KEYS),
  producer: bullmqProducer,
  consumer: bullmqConsumer,
};
