import type { DriverContext } from "../../src/spi/driver.js";
import type { FrameworkClients } from "../../src/spi/framework.js";
import { queueAdmin } from "../rabbitmq/queue-admin.js";
import { bridgeConsumer } from "../shared/framework/bridge-consumer.js";
import type { CeleryOptions } from "./options.js";
import { celeryProducer, celeryProgram } from "./program.js";
import { payloadOfTask } from "./redis-keys.js";

/** Celery's own default; it asks for none. */
const HEARTBEAT_SECONDS = 60;
const HORIZON_MS = 5000;

/** `celery worker` and `apply_async` on RabbitMQ. */
export const celeryRabbitClients: FrameworkClients<CeleryOptions> = {
  admin: (context: DriverContext<CeleryOptions>) =>
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
  producer: celeryProducer,
  consumer: (context, deliver) => bridgeConsumer(celeryProgram, context, deliver),
  program: celeryProgram,
};
