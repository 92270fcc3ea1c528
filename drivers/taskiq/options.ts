import * as z from "zod";
import { durationOf, durationText } from "../shared/duration.js";
import { filePath } from "../shared/file-path.js";

/** What `target.options` may say for `taskiq`. */
export const taskiqOptions = z.strictObject({
  python: filePath().describe("a Python interpreter that has TaskIQ; that of `havoq install taskiq` when not given"),
  path: filePath().describe("folder that Python imports from first, such as ."),
  broker: z
    .enum(["list", "stream"])
    .default("list")
    .describe("ListQueueBroker, which has no acks, or RedisStreamBroker, which has"),
  ackType: z
    .enum(["when_received", "when_executed", "when_saved"])
    .default("when_saved")
    .describe("with broker: stream: when a message is acked; after its task, or before"),
  idleTimeout: durationText({ min: 1, step: 1 })
    .default("10min")
    .describe("with broker: stream: age from which on an unacked message may be claimed by a worker"),
  fetchCount: z
    .int()
    .min(1)
    .max(100_000)
    .default(100)
    .describe("with broker: stream: messages that a worker takes from the stream at a time (xread_count)"),
  claimCount: z
    .int()
    .min(1)
    .max(100_000)
    .default(100)
    .describe("with broker: stream: messages that a worker claims at a time (unacknowledged_batch_size)"),
  maxLength: z
    .int()
    .min(1)
    .optional()
    .describe("with broker: stream: about how many entries the stream keeps, delivered or not; all when not given"),
  prefetch: z.int().min(0).max(100_000).default(0).describe("messages taken ahead, beyond those that run"),
  retries: z.int().min(0).max(1000).default(0).describe("times that a failed task is sent anew, at once"),
  maxTasksPerChild: z.int().min(1).optional().describe("tasks after which the worker's process is replaced"),
  waitTasksTimeout: durationText({ min: 1, step: 1 })
    .optional()
    .describe("longest that a worker that was asked to end waits for what runs; for ever when not given"),
  socketTimeout: durationText({ min: 1, step: 1 })
    .optional()
    .describe("longest that the client waits for an answer of Redis; that of redis-py (5s) when not given"),
});

/** Checked options. */
export type TaskiqOptions = z.infer<typeof taskiqOptions>;

/** Options that can't go together, for a person. */
export function conflictsOf({ broker, ...options }: TaskiqOptions): string[] {
  if (broker === "stream") return [];
  const { ackType, idleTimeout, fetchCount, claimCount, maxLength } = taskiqOptions.parse({});
  const given = { ackType, idleTimeout, fetchCount, claimCount, maxLength };
  const names = Object.entries(given).filter(([name, value]) => Reflect.get(options, name) !== value);
  return names.map(([name]) => `${name} goes with broker: stream; a list has no acks`);
}

/** Options as the SDK wants them. */
export function programOptions({ socketTimeout, maxLength, ...options }: TaskiqOptions): Record<string, unknown> {
  return {
    ...options,
    idleTimeout: durationOf(options.idleTimeout),
    maxLength: maxLength ?? null,
    socketTimeout: socketTimeout === undefined ? null : durationOf(socketTimeout),
  };
}

/** The arguments of `taskiq worker`. */
export function workerArguments(options: TaskiqOptions, concurrency: number): string[] {
  const { ackType, prefetch, maxTasksPerChild, waitTasksTimeout } = options;
  return [
    ...["--workers", "1", "--max-async-tasks", String(concurrency), "--max-prefetch", String(prefetch)],
    ...["--ack-type", ackType, "--log-level", "WARNING"],
    ...(maxTasksPerChild === undefined ? [] : ["--max-tasks-per-child", String(maxTasksPerChild)]),
    ...(waitTasksTimeout === undefined ? [] : ["--wait-tasks-timeout", String(durationOf(waitTasksTimeout) / 1000)]),
  ];
}
