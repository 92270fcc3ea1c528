import type { FrameworkDriver } from "../../src/spi/framework.js";
import { ms } from "../../src/units.js";
import { type RabbitSettings, rabbitRecipe } from "../rabbitmq/server.js";
import { FULL } from "../shared/capabilities.js";
import { pythonRuntime } from "../shared/framework/python.js";
import { conflictsOf } from "./conflicts.js";
import { type CeleryOptions, celeryRabbitOptions, longestWait } from "./options.js";
import { CELERY } from "./program.js";

type RabbitOptions = Exclude<CeleryOptions, { visibilityTimeout: string }>;

/** A worker that is killed closes its connection; one whose host is gone is noticed after two heartbeats. */
const HORIZON_MS = 5000;

/** Celery with RabbitMQ as its broker. */
export const celeryRabbitDriver: FrameworkDriver<RabbitOptions, RabbitSettings> = {
  name: "celery-rabbitmq",
  summary: "Celery (Python) on RabbitMQ: its own worker, with early or late acks",
  options: celeryRabbitOptions,
  broker: rabbitRecipe,
  runtime: pythonRuntime(CELERY),
  traits: ({ options }) => ({
    can: { ...FULL, inspects: ["ready"], retries: options.retries > 0 },
    redeliveryHorizon: ms(Math.max(HORIZON_MS, longestWait(options))),
    durability: options.confirmPublish
      ? { confirmedIn: "page cache", words: "durable queue, persistent messages, publisher confirms" }
      : {
          confirmedIn: "client",
          words: "durable queue, persistent messages; without confirms, what had not arrived is lost",
        },
    honours: options.priorities ? { priorities: 9 } : { priorities: "write options: { priorities: true }" },
    prefetchOption: "prefetchMultiplier",
    conflicts: conflictsOf(options),
  }),
  clients: async () => (await import("./rabbit-clients.js")).celeryRabbitClients,
};
