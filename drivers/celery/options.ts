import * as z from "zod";
import { type Milliseconds, ms } from "../../src/units.js";
import { durationOf, durationText } from "../shared/duration.js";
import { filePath } from "../shared/file-path.js";
import { pythonOptions, taskArguments } from "../shared/framework/python-options.js";

const common = {
  ...pythonOptions("celery"),
  path: filePath().describe("folder that your application is imported from, such as ."),
  app: z.string().min(1).optional().describe("your application, such as shop.celery:app; havoq's own when not given"),
  task: z.string().min(1).optional().describe("the task of yours that is sent, such as shop.tasks.charge"),
  args: taskArguments(),
  acksLate: z.boolean().default(false).describe("ack after the task has run; Celery's own default is before"),
  rejectOnWorkerLost: z
    .boolean()
    .default(false)
    .describe("with acksLate: a task whose process was killed goes back to the queue"),
  acksOnFailure: z.boolean().default(true).describe("with acksLate: a task that failed is acked all the same"),
  prefetchMultiplier: z
    .int()
    .min(0)
    .max(1000)
    .default(4)
    .describe("messages taken ahead for each handler; 0: no limit"),
  pool: z.enum(["prefork", "threads", "solo", "gevent"]).default("prefork").describe("what handlers run in"),
  maxTasksPerChild: z.int().min(1).optional().describe("tasks after which a process of the pool is replaced"),
  timeLimit: durationText({ min: 1000, step: 1000 })
    .optional()
    .describe("a task that runs longer has its process killed"),
  softTimeLimit: durationText({ min: 1000, step: 1000 })
    .optional()
    .describe("a task that runs longer gets an exception"),
  retries: z.int().min(0).max(1000).default(0).describe("times that a failed task is tried again"),
  retryDelay: durationText({ step: 1 }).default("1s").describe("time before a failed task is tried again"),
  backoff: z.boolean().default(false).describe("double that time with each retry"),
  rateLimit: z
    .string()
    .regex(/^\d+(\/[smh])?$/, 'expected a limit as Celery has it, such as "10/s"')
    .optional()
    .describe("tasks that one worker starts in a time, such as 10/s"),
  countdown: durationText({ step: 1 })
    .default("0s")
    .describe("time that a task waits in a worker before it is run (ETA)"),
  priorities: z.boolean().default(false).describe("queues that honour priorities 0 to 9"),
  publishRetry: z.boolean().default(true).describe("send a task again when the broker could not be reached"),
};

/** What `target.options` may say for `celery-redis`. */
export const celeryRedisOptions = z.strictObject({
  ...common,
  results: z.enum(["off", "redis"]).default("off").describe("where results are kept"),
  visibilityTimeout: durationText({ min: 100, step: 1 })
    .default("1h")
    .describe("age from which on an unacked message is given to another worker"),
});

/** What `target.options` may say for `celery-rabbitmq`. */
export const celeryRabbitOptions = z.strictObject({
  ...common,
  results: z.enum(["off", "rpc"]).default("off").describe("where results are kept"),
  confirmPublish: z
    .boolean()
    .default(false)
    .describe("wait for the broker's confirm; Celery's own default is not to: a task is sent when it is in a socket"),
});

/** Checked options of either. */
export type CeleryOptions = z.infer<typeof celeryRedisOptions> | z.infer<typeof celeryRabbitOptions>;

const msOf = (text: string | undefined): Milliseconds | null => (text === undefined ? null : durationOf(text));

/** Options as the SDK wants them. */
export function programOptions(options: CeleryOptions): Record<string, unknown> {
  const { retryDelay, countdown, timeLimit, softTimeLimit, ...rest } = options;
  return {
    ...rest,
    broker: "visibilityTimeout" in options ? "redis" : "rabbitmq",
    rateLimit: options.rateLimit ?? null,
    retryDelay: durationOf(retryDelay),
    countdown: durationOf(countdown),
    ...("visibilityTimeout" in options ? { visibilityTimeout: durationOf(options.visibilityTimeout) } : {}),
  };
}

/** The longest time that a task waits by itself before it is run. */
export function longestWait({ retries, retryDelay, backoff, countdown }: CeleryOptions): Milliseconds {
  const factor = backoff ? 2 ** Math.max(0, retries - 1) : 1;
  return ms(Math.max(durationOf(countdown), retries === 0 ? 0 : factor * durationOf(retryDelay)));
}

/** The arguments of `celery worker`. */
export function workerArguments(options: CeleryOptions, queue: string, concurrency: number): string[] {
  const { pool, maxTasksPerChild, prefetchMultiplier, timeLimit, softTimeLimit } = options;
  const [hard, soft] = [msOf(timeLimit), msOf(softTimeLimit)];
  return [
    ...["--queues", queue, "--concurrency", String(concurrency), "--pool", pool, "--loglevel", "WARNING"],
    ...["--without-gossip", "--without-mingle", "--prefetch-multiplier", String(prefetchMultiplier)],
    ...(maxTasksPerChild === undefined ? [] : ["--max-tasks-per-child", String(maxTasksPerChild)]),
    ...(hard === null ? [] : ["--time-limit", String(hard / 1000)]),
    ...(soft === null ? [] : ["--soft-time-limit", String(soft / 1000)]),
  ];
}
