import type { Driver } from "../../src/spi/driver.js";
import { durabilityOf } from "./durability.js";
import { listAdmin } from "./list-admin.js";
import { ListConsumer } from "./list-consumer.js";
import { listKeys } from "./list-keys.js";
import { type ListOptions, listHorizon, listOptions } from "./list-options.js";
import { redisProducer } from "./producer.js";
import { SERVER_ROLES } from "./sentinel.js";
import { redisRecipe } from "./server.js";

/** Redis lists as a queue: LPUSH, and BRPOP or BLMOVE. */
export const redisListDriver: Driver<ListOptions> = {
  name: "redis-list",
  summary: "Redis list: LPUSH, and BRPOP or BLMOVE with LREM",
  options: listOptions,
  capabilities: {
    processes: true,
    network: true,
    retries: true,
    deadLetters: true,
    inspects: ["ready", "inFlight", "deadLettered"],
    nodeRoles: SERVER_ROLES,
  },
  broker: redisRecipe,
  durability: durabilityOf,
  redeliveryHorizon: listHorizon,
  admin: listAdmin,
  producer(context) {
    const { queue } = listKeys(context.runId);
    return redisProducer(context, {
      send: (client, payload) => client.lpush(queue, payload),
      add: (pipeline, payload) => pipeline.lpush(queue, payload),
    });
  },
  consumer: ListConsumer.start,
};
