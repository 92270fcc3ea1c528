import type { Clients } from "../../src/spi/driver.js";
import { redisProducer } from "./producer.js";
import { streamsAdmin } from "./streams-admin.js";
import { StreamsConsumer } from "./streams-consumer.js";
import { FIELD, streamKeys } from "./streams-group.js";
import type { StreamsOptions } from "./streams-options.js";

/** XADD and XREADGROUP, through ioredis. */
export const streamsClients: Clients<StreamsOptions> = {
  admin: streamsAdmin,
  producer(context) {
    const { stream } = streamKeys(context.runId);
    const { maxlen, trim } = context.options;
    const limit = maxlen === undefined ? [] : ["MAXLEN", trim === "exact" ? "=" : "~", maxlen];
    return redisProducer(context, {
      send: (client, payload) => client.call("XADD", stream, ...limit, "*", FIELD, payload),
      add: (pipeline, payload) => pipeline.call("XADD", stream, ...limit, "*", FIELD, payload),
    });
  },
  consumer: StreamsConsumer.start,
};
