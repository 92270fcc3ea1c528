import type { Driver } from "../../src/spi/driver.js";
import { durabilityOf } from "./durability.js";
import { redisProducer } from "./producer.js";
import { SERVER_ROLES } from "./sentinel.js";
import { redisRecipe } from "./server.js";
import { streamsAdmin } from "./streams-admin.js";
import { StreamsConsumer } from "./streams-consumer.js";
import { FIELD, streamKeys } from "./streams-group.js";
import { type StreamsOptions, streamsHorizon, streamsOptions } from "./streams-options.js";

/** A Redis stream with one consumer group: XADD, XREADGROUP, XACK. */
export const redisStreamsDriver: Driver<StreamsOptions> = {
  name: "redis-streams",
  summary: "Redis stream with a consumer group: XADD, XREADGROUP, XACK, XAUTOCLAIM",
  options: streamsOptions,
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
  prefetchOption: "count",
  redeliveryHorizon: streamsHorizon,
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
