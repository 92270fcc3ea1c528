import type { Driver } from "../src/spi/driver.js";

/** Every driver by its name; a client library is loaded only when its driver is. */
const drivers = new Map<string, () => Promise<Driver>>([
  ["memory", async () => (await import("./memory/index.js")).memoryDriver],
  ["redis-list", async () => (await import("./redis/list.js")).redisListDriver],
  ["redis-streams", async () => (await import("./redis/streams.js")).redisStreamsDriver],
  ["redis-pubsub", async () => (await import("./redis/pubsub.js")).redisPubsubDriver],
  ["postgres", async () => (await import("./postgres/index.js")).postgresDriver],
  ["nats-jetstream", async () => (await import("./nats/index.js")).natsJetstreamDriver],
  ["rabbitmq", async () => (await import("./rabbitmq/index.js")).rabbitmqDriver],
  ["bullmq", async () => (await import("./bullmq/index.js")).bullmqDriver],
  ["bull", async () => (await import("./bull/index.js")).bullDriver],
  ["sqs", async () => (await import("./sqs/index.js")).sqsDriver],
  ["kafka", async () => (await import("./kafka/index.js")).kafkaDriver],
]);

/** What `target.driver` may say. */
export const driverNames: readonly string[] = [...drivers.keys()];

/** Loads a driver and its client library; throws when there is none of this name. */
export async function loadDriver(name: string): Promise<Driver> {
  const load = drivers.get(name);
  if (!load) throw new Error(`unknown driver "${name}"; there is ${driverNames.join(", ")}`);
  return load();
}
