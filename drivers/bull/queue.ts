import Bull from "bull";
import type { DriverContext } from "../../src/spi/driver.js";
import { type JobData, KEY_PREFIX } from "../bullmq/job-data.js";
import { type JobQueueOptions, limiterOf } from "../bullmq/job-options.js";
import { redisOptions } from "../redis/connection.js";
import { durationOf } from "../shared/duration.js";

/** What ioredis does for one side of the queue beside connecting. */
interface ClientOptions {
  readonly maxRetriesPerRequest?: number;
  readonly enableReadyCheck?: boolean;
  readonly enableAutoPipelining?: boolean;
}

/** Opens Bull's queue with connections that Bull makes itself, from its own ioredis. */
export function openQueue(
  { endpoint, options, runId }: DriverContext<JobQueueOptions>,
  clients: ClientOptions,
): Bull.Queue<JobData> {
  const {
    maxRetriesPerRequest: _never,
    protocol: _protocol,
    disableClientInfo: _info,
    ...redis
  } = redisOptions(endpoint);
  const limiter = limiterOf(options);
  return new Bull<JobData>(runId, {
    redis: { ...redis, lazyConnect: false, ...clients },
    prefix: KEY_PREFIX,
    settings: {
      lockDuration: durationOf(options.lockDuration),
      stalledInterval: durationOf(options.stalledInterval),
      maxStalledCount: options.maxStalledCount,
    },
    ...(limiter ? { limiter } : {}),
  });
}
