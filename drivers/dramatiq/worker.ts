import { inMilliseconds, type PythonWorker } from "../shared/framework/python-clients.js";
import { DRAMATIQ, type DramatiqOptions } from "./options.js";

/** A name of Dramatiq's begins with a letter. */
export const queueOf = (runId: string): string => `havoq-${runId}`;

const programOptions = (options: DramatiqOptions): Record<string, unknown> => ({
  ...inMilliseconds(options, ["minBackoff", "maxBackoff", "timeLimit"]),
  ...("heartbeatTimeout" in options
    ? { broker: "redis", ...inMilliseconds({ heartbeatTimeout: options.heartbeatTimeout }, ["heartbeatTimeout"]) }
    : { broker: "rabbitmq" }),
});

/** `dramatiq` with one process of as many threads as there may be handlers, and `send`. */
export const dramatiqWorker: PythonWorker<DramatiqOptions> = {
  framework: DRAMATIQ,
  module: "havoq.dramatiq",
  command: ({ runId, concurrency }) => [
    ...["dramatiq", "havoq.dramatiq", "--processes", "1", "--threads", String(concurrency)],
    ...["--queues", queueOf(runId)],
  ],
  env: ({ options }) => (options.prefetch === undefined ? {} : { dramatiq_queue_prefetch: String(options.prefetch) }),
  stopSignal: "SIGTERM",
  options: programOptions,
  level: (options) => ("confirmDelivery" in options && !options.confirmDelivery ? "local" : "broker"),
};
