import type { Driver } from "../../src/spi/driver.js";
import { ms } from "../../src/units.js";
import { HIGHEST_PRIORITY } from "../bullmq/job-data.js";
import { type JobQueueOptions, jobOptions, longestWait } from "../bullmq/job-options.js";
import { SERVER_ROLES } from "../redis/sentinel-nodes.js";
import { redisRecipe } from "../redis/server.js";
import type { Settings } from "../redis/server-settings.js";
import { FULL } from "../shared/capabilities.js";
import { durationOf } from "../shared/duration.js";

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
export const bullDriver: Driver<JobQueueOptions, Settings> = {
  name: "bull",
  summary: "Bull (npm) on Redis: Queue.add and Queue.process, with locks, retries and a failed set",
  options: jobOptions,
  broker: redisRecipe,
  traits: ({ options }) => ({
    can: { ...FULL, nodeRoles: SERVER_ROLES },
    redeliveryHorizon: bullHorizon(options),
    honours: { priorities: HIGHEST_PRIORITY },
  }),
  clients: async () => (await import("./clients.js")).bullClients,
};
