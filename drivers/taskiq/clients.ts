import type { ConsumerContext, DriverContext } from "../../src/spi/driver.js";
import type { FrameworkClients, Program } from "../../src/spi/framework.js";
import { bridgeConsumer } from "../shared/framework/bridge-consumer.js";
import { Enqueuer } from "../shared/framework/enqueuer.js";
import { markedPayload } from "../shared/framework/marked.js";
import { pythonEnvironment, requiredInterpreter } from "../shared/framework/python.js";
import { type FrameworkKeys, frameworkAdmin } from "../shared/framework/redis-admin.js";
import { TASKIQ } from "./framework.js";
import { programOptions, type TaskiqOptions, workerArguments } from "./options.js";

/** The consumer group that RedisStreamBroker has where none is named. */
const GROUP = "taskiq";

/** TaskIQ's keys: a list of what is ready, or a stream of what is ready and what is unacked. */
function taskiqKeys(runId: string, { broker }: TaskiqOptions): FrameworkKeys {
  const key = `havoq:${runId}`;
  const found =
    broker === "list"
      ? [{ key, type: "list", place: "ready", payloadOf: markedPayload } as const]
      : [
          { key, type: "stream", group: GROUP, place: "ready", payloadOf: markedPayload } as const,
          { key, type: "stream", group: GROUP, place: "inFlight", payloadOf: markedPayload } as const,
        ];
  return { find: () => found, patterns: [`${key}*`, `autoclaim:${GROUP}:${key}*`], keepsDead: false };
}

/** `taskiq worker` with one process. */
async function taskiqProgram({ options, concurrency }: ConsumerContext<TaskiqOptions>): Promise<Program> {
  const python = requiredInterpreter(TASKIQ, options);
  return {
    command: [python, "-m", "taskiq", "worker", "havoq.taskiq:broker", ...workerArguments(options, concurrency)],
    env: pythonEnvironment(options),
    stopSignal: "SIGTERM",
    options: programOptions(options),
  };
}

/** `kiq` in a process of its own. */
function taskiqProducer({ options, runId, endpoint }: DriverContext<TaskiqOptions>): Promise<Enqueuer> {
  return Enqueuer.start({
    command: [requiredInterpreter(TASKIQ, options), "-m", "havoq.enqueue", "havoq.taskiq"],
    env: pythonEnvironment(options),
    config: { runId, endpoint, options: programOptions(options) },
    level: "broker",
  });
}

/** `taskiq worker` and `kiq` on Redis. */
export const taskiqClients: FrameworkClients<TaskiqOptions> = {
  admin: (context) => frameworkAdmin(context, taskiqKeys(context.runId, context.options)),
  producer: taskiqProducer,
  consumer: (context, deliver) => bridgeConsumer(taskiqProgram, context, deliver),
  program: taskiqProgram,
};
