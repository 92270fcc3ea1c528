import type { Driver } from "../../src/spi/driver.js";
import { ms } from "../../src/units.js";
import { SERVER_ROLES } from "../redis/sentinel.js";
import { redisRecipe } from "../redis/server.js";
import { durationOf } from "../shared/duration.js";
import { bullmqConsumer } from "./consumer.js";
import { type JobKeys, jobAdmin } from "./job-admin.js";
import { HIGHEST_PRIORITY } from "./job-data.js";
import { type JobQueueOptions, jobOptions, longestWait } from "./job-options.js";
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

/**
 * moveStalledJobsToWait-9.lua: a check takes back those that the check before had marked, if their lock is gone by now;
 * then it marks all that are active. A renewal of the lock (extendLocks-1.lua) takes the mark away. All workers share
 * one check an interval (`stalled-check`), and where the one that made it dies, the next comes up to two intervals
 * after it: so the lock's life (or an interval, until the mark), and then two intervals.
 */
function bullmqHorizon(options: JobQueueOptions) {
  const interval = durationOf(options.stalledInterval);
  const stalled = Math.max(durationOf(options.lockDuration), interval) + 2 * interval;
  return ms(Math.max(stalled, longestWait(options)));
}

/** BullMQ: jobs in Redis, with locks, retries and a failed set. */
export const bullmqDriver: Driver<JobQueueOptions> = {
  name: "bullmq",
  summary: "BullMQ (npm) on Redis: Queue.add and Worker, with locks, retries and a failed set",
  options: jobOptions,
  capabilities: {
    processes: true,
    network: true,
    retries: true,
    deadLetters: true,
    inspects: ["ready", "inFlight", "deadLettered"],
    nodeRoles: SERVER_ROLES,
  },
  broker: redisRecipe,
  heeds: () => ({ priorities: HIGHEST_PRIORITY }),
  redeliveryHorizon: bullmqHorizon,
  admin: (context) => jobAdmin(context, KEYS),
  producer: bullmqProducer,
  consumer: bullmqConsumer,
};
