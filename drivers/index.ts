import type { Driver } from "../src/spi/driver.js";
import { importDriver, isPath, loadForeign } from "./foreign.js";

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
  ["celery-redis", async () => (await import("./celery/redis.js")).celeryRedisDriver],
  ["celery-rabbitmq", async () => (await import("./celery/rabbitmq.js")).celeryRabbitDriver],
  ["rq", async () => (await import("./rq/index.js")).rqDriver],
  ["huey", async () => (await import("./huey/index.js")).hueyDriver],
  ["dramatiq-redis", async () => (await import("./dramatiq/redis.js")).dramatiqRedisDriver],
  ["dramatiq-rabbitmq", async () => (await import("./dramatiq/rabbitmq.js")).dramatiqRabbitDriver],
  ["arq", async () => (await import("./arq/index.js")).arqDriver],
  ["sidekiq", async () => (await import("./sidekiq/index.js")).sidekiqDriver],
  ["taskiq", async () => (await import("./taskiq/index.js")).taskiqDriver],
  ["sqs", async () => (await import("./sqs/index.js")).sqsDriver],
  ["kafka", async () => (await import("./kafka/index.js")).kafkaDriver],
]);

/** What `target.driver` may say. */
export const driverNames: readonly string[] = [...drivers.keys()];

/** Loads one of havoq's drivers, or the one of a file's URL; throws when there is none. */
export async function loadDriver(source: string): Promise<Driver> {
  const load = drivers.get(source);
  if (load) return load();
  if (isPath(source)) return importDriver(source);
  throw new Error(`unknown driver "${source}"; there is ${driverNames.join(", ")}`);
}

/**
 * The driver that a scenario in `folder` means: one of havoq's by its name, or another by the path of its file or by the
 * name of its package. `null` when there is none; throws `ForeignDriverError` when it can't be used.
 */
export async function findDriver(name: string, folder: string): Promise<Driver | null> {
  return drivers.has(name) ? loadDriver(name) : loadForeign(name, folder);
}
