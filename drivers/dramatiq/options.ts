import * as z from "zod";
import { durationText } from "../shared/duration.js";
import type { PythonFramework } from "../shared/framework/python.js";
import { pythonOptions } from "../shared/framework/python-options.js";

/** What `havoq install dramatiq` brings. */
export const DRAMATIQ: PythonFramework = {
  name: "dramatiq",
  what: "Dramatiq with its clients of Redis and RabbitMQ",
};

const common = {
  ...pythonOptions("dramatiq"),
  maxRetries: z.int().min(0).max(1000).default(20).describe("times that a failed message is tried again"),
  minBackoff: durationText({ min: 1, step: 1 }).default("15s").describe("time before the first retry, which doubles"),
  maxBackoff: durationText({ min: 1, step: 1 }).default("168h").describe("the longest time before a retry"),
  timeLimit: durationText({ min: 1000, step: 1 })
    .default("10min")
    .describe("a message that runs longer gets an exception"),
  prefetch: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe("messages that a process takes ahead; twice its threads when not given"),
};

/** What `target.options` may say for `dramatiq-redis`. */
export const dramatiqRedisOptions = z.strictObject({
  ...common,
  heartbeatTimeout: durationText({ min: 1000, step: 1 })
    .default("60s")
    .describe("time without a heartbeat after which what a worker held is put back"),
  maintenanceChance: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(1000)
    .describe("in how many of a million commands the dead workers are looked for"),
});

/** What `target.options` may say for `dramatiq-rabbitmq`. */
export const dramatiqRabbitOptions = z.strictObject({
  ...common,
  confirmDelivery: z
    .boolean()
    .default(false)
    .describe(
      "wait for the broker's confirm; Dramatiq's own default is not to: a message is sent when it is in a socket",
    ),
});

/** Checked options of either. */
export type DramatiqOptions = z.infer<typeof dramatiqRedisOptions> | z.infer<typeof dramatiqRabbitOptions>;
