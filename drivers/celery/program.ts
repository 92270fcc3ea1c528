import type { ConsumerContext, DriverContext } from "../../src/spi/driver.js";
import type { Program } from "../../src/spi/framework.js";
import { Enqueuer } from "../shared/framework/enqueuer.js";
import { type PythonFramework, pythonEnvironment, requiredInterpreter } from "../shared/framework/python.js";
import { type CeleryOptions, programOptions, workerArguments } from "./options.js";

/** What `havoq install celery` brings. */
export const CELERY: PythonFramework = {
  name: "celery",
  what: "Celery with its clients of Redis and RabbitMQ",
};

/** `celery worker` on the run's queue. */
export async function celeryProgram(context: ConsumerContext<CeleryOptions>): Promise<Program> {
  const { options, runId, concurrency, workerId } = context;
  const python = requiredInterpreter(CELERY, options);
  const name = ["--hostname", `${workerId}@${runId}`];
  return {
    command: [
      ...[python, "-m", "celery", "--app", "havoq.celery", "worker"],
      ...name,
      ...workerArguments(options, runId, concurrency),
    ],
    env: { ...pythonEnvironment(options), C_FORCE_ROOT: "1" },
    stopSignal: "SIGTERM",
    options: programOptions(options),
  };
}

/** `apply_async` in a process of its own. */
export function celeryProducer({ options, runId, endpoint }: DriverContext<CeleryOptions>): Promise<Enqueuer> {
  return Enqueuer.start({
    command: [requiredInterpreter(CELERY, options), "-m", "havoq.enqueue", "havoq.celery"],
    env: pythonEnvironment(options),
    config: { runId, endpoint, options: programOptions(options) },
    level: "confirmPublish" in options && !options.confirmPublish ? "local" : "broker",
  });
}
