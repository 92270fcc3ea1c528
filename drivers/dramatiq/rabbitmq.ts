import type { FrameworkDriver } from "../../src/spi/framework.js";
import { ms } from "../../src/units.js";
import { type RabbitSettings, rabbitRecipe } from "../rabbitmq/server.js";
import { FULL } from "../shared/capabilities.js";
import { durationOf } from "../shared/duration.js";
import { pythonRuntime } from "../shared/framework/python.js";
import { DRAMATIQ, type DramatiqOptions, dramatiqRabbitOptions } from "./options.js";

type RabbitOptions = Exclude<DramatiqOptions, { heartbeatTimeout: string }>;

/** A worker that is killed closes its connection. */
const HORIZON_MS = 5000;

/** Dramatiq with RabbitMQ as its broker. */
export const dramatiqRabbitDriver: FrameworkDriver<RabbitOptions, RabbitSettings> = {
  name: "dramatiq-rabbitmq",
  summary: "Dramatiq (Python) on RabbitMQ: late acks, retries and dead letters",
  options: dramatiqRabbitOptions,
  broker: rabbitRecipe,
  runtime: pythonRuntime(DRAMATIQ),
  traits: ({ options }) => ({
    can: { ...FULL, inspects: ["ready", "deadLettered"], retries: options.maxRetries > 0 },
    redeliveryHorizon: ms(Math.max(HORIZON_MS, options.maxRetries > 0 ? 2 * durationOf(options.minBackoff) : 0)),
    durability: options.confirmDelivery
      ? { confirmedIn: "page cache", words: "durable queue, persistent messages, publisher confirms" }
      : {
          confirmedIn: "client",
          words: "durable queue, persistent messages; without confirms, what had not arrived is lost",
        },
    prefetchOption: "prefetch",
  }),
  clients: async () => (await import("./rabbit-clients.js")).dramatiqRabbitClients,
};
