import { queueAdmin } from "../rabbitmq/queue-admin.js";
import { pythonClients } from "../shared/framework/python-clients.js";
import { celeryWorker } from "./program.js";
import { payloadOfTask } from "./redis-keys.js";

/** Celery's own default; it asks for none. */
const HEARTBEAT_SECONDS = 60;
const HORIZON_MS = 5000;

/** `celery worker` and `apply_async` on RabbitMQ. */
export const celeryRabbitClients = pythonClients(celeryWorker, (context) =>
  queueAdmin(context, {
    queues: [
      {
        name: context.runId,
        place: "ready",
        args: context.options.priorities ? { "x-max-priority": 9 } : {},
        exchange: "direct",
      },
    ],
    horizonMs: HORIZON_MS,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    payloadOf: ({ headers, payload }) => payloadOfTask(headers, payload),
  }),
);
