import type { Driver } from "../../src/spi/driver.js";
import { ms } from "../../src/units.js";
import { type JobKeys, jobAdmin } from "../bullmq/job-admin.js";
import { HIGHEST_PRIORITY } from "../bullmq/job-data.js";
import { type JobQueueOptions, jobOptions, longestWait } from "../bullmq/job-options.js";
import { SERVER_ROLES } from "../redis/sentinel.js";
import { redisRecipe } from "../redis/server.js";
import { durationOf } from "../shared/duration.js";
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

/**
 * moveStalledJobsToWait-7.lua: a check takes back those that the check before had marked, if their lock is gone by now;
 * then it marks all that are active. A check is skipped when one has been within the interval, and a timer that is a
 * moment early skips its own: so up to two intervals lie between two checks.
 */
function bullHorizon(options: JobQueueOptions) {
  const between = 2 * durationOf(options.stalledInterval);
  return ms(Math.max(Math.max(durationOf(options.lockDuration), between) + between, longestWait(options)));
}

/** Bull, the predecessor of BullMQ. */
export const bullDriver: Driver<JobQueueOptions> = {
  name: "bull",
  summary: "Bull (npm) on Redis: Queue.add and Queue.process, with locks, retries and a failed set",
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
  redeliveryHorizon: bullHorizon,
  admin: (context) => jobAdmin(context, KEYS),
  producer: bullProducer,
  consumer: bullConsumer,
};
