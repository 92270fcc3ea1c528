import * as z from "zod";
import { type Milliseconds, ms } from "../../src/units.js";
import { durationOf, durationText } from "../shared/duration.js";
import { filePath } from "../shared/file-path.js";

/** What `target.options` may say for `bullmq` and for `bull`. */
export const jobOptions = z.strictObject({
  attempts: z.int().min(1).max(1000).default(1).describe("times that a job is tried before it goes to the failed set"),
  backoff: z
    .union([
      z.literal("none"),
      z.strictObject({ type: z.enum(["fixed", "exponential"]), delay: durationText({ min: 1, step: 1 }) }),
    ])
    .default("none")
    .describe("{ type, delay }: time between two attempts of a job"),
  delay: durationText({ step: 1 }).default("0s").describe("time that a job waits in the delayed set first"),
  priorities: z
    .int()
    .min(0)
    .max(1000)
    .default(0)
    .describe("number of priorities that the messages are given in turn, unless load.priorities says which; 0: none"),
  limiter: z
    .union([z.literal("none"), z.strictObject({ max: z.int().min(1), duration: durationText({ min: 1, step: 1 }) })])
    .default("none")
    .describe("{ max, duration }: jobs that all workers together take in a time"),
  lockDuration: durationText({ min: 100, step: 1 })
    .default("30s")
    .describe("life of a job's lock; the library renews it twice in that time"),
  stalledInterval: durationText({ min: 100, step: 1 })
    .default("30s")
    .describe("time between two looks for jobs whose worker is gone"),
  maxStalledCount: z
    .int()
    .min(0)
    .max(1000)
    .default(1)
    .describe("times that a job may lose its worker; one more and it goes to the failed set"),
  removeOnComplete: z.boolean().default(true).describe("false: completed jobs stay in Redis"),
  removeOnFail: z.boolean().default(false).describe("true: a job that failed for good is deleted, and so lost"),
  jobId: z
    .enum(["generated", "content"])
    .default("generated")
    .describe("content: a digest of the payload, so that the same job is added once"),
  retries: z
    .int()
    .min(0)
    .max(100)
    .default(0)
    .describe("times that ioredis sends an add again whose answer was lost; each may make a job twice"),
  processor: filePath().describe("your own processor: a module whose default export takes the job, as Worker does"),
  data: z
    .record(z.string(), z.json())
    .default({})
    .describe('data of the jobs beside "havoq"; "{sequence}", "{producer}" and "{key}" stand for those of the message'),
  autoPipelining: z.boolean().default(false).describe("send the adds of one event-loop turn together"),
});

/** Checked options of `bullmq` and `bull`. */
export type JobQueueOptions = z.infer<typeof jobOptions>;

/** The longest time that a job waits by itself before it can be taken: its delay, a backoff or the rate limit. */
export function longestWait({ attempts, backoff, delay, limiter }: JobQueueOptions): Milliseconds {
  // Bull doubles from the first retry on, BullMQ from the second on: the longer of the two.
  const factor = backoff !== "none" && backoff.type === "exponential" ? 2 ** (attempts - 1) : 1;
  const backoffMs = backoff === "none" || attempts === 1 ? 0 : factor * durationOf(backoff.delay);
  return ms(Math.max(durationOf(delay), backoffMs, limiter === "none" ? 0 : durationOf(limiter.duration)));
}

/** The limiter as the libraries take it; `undefined` without one. */
export const limiterOf = ({ limiter }: JobQueueOptions) =>
  limiter === "none" ? undefined : { max: limiter.max, duration: durationOf(limiter.duration) };

/** How the libraries are told of a job's end, its delay and its attempts; the same for every job of a run. */
export function commonJobOptions({ attempts, backoff, delay, removeOnComplete, removeOnFail }: JobQueueOptions) {
  const delayMs = durationOf(delay);
  return {
    attempts,
    ...(backoff === "none" ? {} : { backoff: { type: backoff.type, delay: durationOf(backoff.delay) } }),
    ...(delayMs > 0 ? { delay: delayMs } : {}),
    removeOnComplete,
    removeOnFail,
  };
}
