import type { PythonFramework } from "../shared/framework/python.js";
import type { PythonWorker } from "../shared/framework/python-clients.js";
import { type CeleryOptions, programOptions, workerArguments } from "./options.js";

/** What `havoq install celery` brings. */
export const CELERY: PythonFramework = {
  name: "celery",
  what: "Celery with its clients of Redis and RabbitMQ",
};

/** `celery worker` on the run's queue, and `apply_async`. */
export const celeryWorker: PythonWorker<CeleryOptions> = {
  framework: CELERY,
  module: "havoq.celery",
  command: ({ options, runId, concurrency, workerId }) => [
    ...["celery", "--app", "havoq.celery", "worker", "--hostname", `${workerId}@${runId}`],
    ...workerArguments(options, runId, concurrency),
  ],
  env: () => ({ C_FORCE_ROOT: "1" }),
  stopSignal: "SIGTERM",
  options: programOptions,
  level: (options) => ("confirmPublish" in options && !options.confirmPublish ? "local" : "broker"),
};
