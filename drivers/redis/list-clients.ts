import type { Clients } from "../../src/spi/driver.js";
import { listAdmin } from "./list-admin.js";
import { ListConsumer } from "./list-consumer.js";
import { listKeys } from "./list-keys.js";
import type { ListOptions } from "./list-options.js";
import { redisProducer } from "./producer.js";

/** LPUSH, and BRPOP or BLMOVE, through ioredis. */
export const listClients: Clients<ListOptions> = {
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
