import type { Clients } from "../../src/spi/driver.js";
import { type JobKeys, jobAdmin } from "../bullmq/job-admin.js";
import type { JobQueueOptions } from "../bullmq/job-options.js";
import { bullConsumer } from "./consumer.js";
import { bullProducer } from "./producer.js";

const KEYS: JobKeys = {
  states: [
    { key: "wait", type: "list", place: "ready" },
    { key: "paused", type: "list", place: "ready" },
    { key: "delayed", type: "zset", place: "ready" },
    { key: "active", type: "list", place: "inFlight" },
    { key: "failed", type: "zset", place: "deadLettered" },
    { key: "completed", type: "zset", place: null },
  ],
  others: ["id", "priority", "stalled", "stalled-check", "meta-paused", "limiter"],
};

/** Queue.add, Queue.process, and the keys behind them. */
export const bullClients: Clients<JobQueueOptions> = {
  admin: (context) => jobAdmin(context, KEYS),
  producer: bullProducer,
  consumer: bullConsumer,
};
