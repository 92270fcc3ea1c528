import type { Redis } from "ioredis";
import type { Driver } from "../../src/spi/driver.js";
import { redisProducer } from "./producer.js";
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
  },
  broker: redisRecipe,
  redeliveryHorizon: streamsHorizon,
  admin: streamsAdmin,
  producer(context) {
    const { stream } = streamKeys(context.runId);
    const { maxlen, trim } = context.options;
    const limit = maxlen === undefined ? [] : ["MAXLEN", trim === "exact" ? "=" : "~", maxlen];
    const send = (client: Redis, payload: Buffer) => client.call("XADD", stream, ...limit, "*", FIELD, payload);
    return redisProducer(context, send);
  },
  consumer: StreamsConsumer.start,
};
