import type { Driver } from "../../src/spi/driver.js";
import { ms } from "../../src/units.js";
import { SERVER_ROLES } from "../redis/sentinel-nodes.js";
import { redisRecipe } from "../redis/server.js";
import type { Settings } from "../redis/server-settings.js";
import { FULL } from "../shared/capabilities.js";
import { durationOf } from "../shared/duration.js";
import { HIGHEST_PRIORITY } from "./job-data.js";
import { type JobQueueOptions, jobOptions, longestWait } from "./job-options.js";

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
export const bullmqDriver: Driver<JobQueueOptions, Settings> = {
  name: "bullmq",
  summary: "BullMQ (npm) on Redis: Queue.add and Worker, with locks, retries and a failed set",
  options: jobOptions,
  broker: redisRecipe,
  traits: ({ options }) => ({
    can: { ...FULL, nodeRoles: SERVER_ROLES },
    redeliveryHorizon: bullmqHorizon(options),
    honours: { priorities: HIGHEST_PRIORITY },
  }),
  clients: async () => (await import("./clients.js")).bullmqClients,
};
