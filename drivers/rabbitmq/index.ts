import type { Driver } from "../../src/spi/driver.js";
import { rabbitAdmin } from "./admin.js";
import { rabbitConflicts } from "./conflicts.js";
import { RabbitConsumer } from "./consumer.js";
import { rabbitDurability } from "./durability.js";
import { type RabbitOptions, rabbitHorizon, rabbitOptions } from "./options.js";
import { RabbitProducer } from "./producer.js";
import { rabbitRecipe } from "./server.js";

/** RabbitMQ queues and streams over AMQP 0-9-1. */
export const rabbitmqDriver: Driver<RabbitOptions> = {
  name: "rabbitmq",
  summary: "RabbitMQ over AMQP 0-9-1: classic and quorum queues, streams",
  options: rabbitOptions,
  capabilities: {
    processes: true,
    network: true,
    retries: true,
    deadLetters: true,
    inspects: ["ready", "deadLettered"],
  },
  broker: rabbitRecipe,
  durability: rabbitDurability,
  prefetchOption: "prefetch",
  conflicts: rabbitConflicts,
  heeds: ({ maxPriority }) => ({
    priorities: maxPriority ?? "a queue has priorities with target.options.maxPriority: 9",
  }),
  redeliveryHorizon: rabbitHorizon,
  admin: rabbitAdmin,
  producer: RabbitProducer.start,
  consumer: RabbitConsumer.start,
};
