import type { Driver } from "../../src/spi/driver.js";
import { FULL } from "../shared/capabilities.js";
import { rabbitConflicts } from "./conflicts.js";
import { rabbitDurability } from "./durability.js";
import { type RabbitOptions, rabbitHorizon, rabbitOptions } from "./options.js";
import { type RabbitSettings, rabbitRecipe } from "./server.js";

/** RabbitMQ queues and streams over AMQP 0-9-1. */
export const rabbitmqDriver: Driver<RabbitOptions, RabbitSettings> = {
  name: "rabbitmq",
  summary: "RabbitMQ over AMQP 0-9-1: classic and quorum queues, streams",
  options: rabbitOptions,
  broker: rabbitRecipe,
  traits: ({ options }) => ({
    can: { ...FULL, inspects: ["ready", "deadLettered"] },
    redeliveryHorizon: rabbitHorizon(options),
    durability: rabbitDurability(options),
    prefetchOption: "prefetch",
    conflicts: rabbitConflicts(options),
    honours: { priorities: options.maxPriority ?? "a queue has priorities with target.options.maxPriority: 9" },
  }),
  clients: async () => (await import("./clients.js")).rabbitClients,
};
