/** What each driver carries: one closed-loop scenario each, on a real broker. */

import { loadDriver } from "../dist/drivers/index.js";
import { chooseHost } from "../dist/src/hosts/choose.js";
import { cpuPerMessage, runHavoq } from "./lib/havoq.mjs";
import { benchmark } from "./lib/report.mjs";
import { scaledSeconds } from "./lib/scale.mjs";
import { withTemporaryDirectory } from "./lib/temporary.mjs";

/** PostgreSQL has a connection for each handler, and room for a hundred. */
const concurrencyOf = (/** @type {string} */ driver) => (driver === "postgres" ? 16 : 64);

/** @type {{ name: string, target: { driver: string, host?: string, options?: object, broker?: object } }[]} */
const TARGETS = [
  { name: "memory", target: { driver: "memory" } },
  { name: "redis-list", target: { driver: "redis-list" } },
  { name: "redis-streams", target: { driver: "redis-streams" } },
  { name: "redis-pubsub", target: { driver: "redis-pubsub" } },
  { name: "bullmq", target: { driver: "bullmq" } },
  { name: "bull", target: { driver: "bull" } },
  { name: "rabbitmq-classic", target: { driver: "rabbitmq", options: { prefetch: 200 } } },
  { name: "rabbitmq-quorum", target: { driver: "rabbitmq", options: { queue: "quorum", prefetch: 200 } } },
  {
    name: "rabbitmq-classic-rabbitmq-client",
    target: { driver: "rabbitmq", options: { client: "rabbitmq-client", prefetch: 200 } },
  },
  { name: "kafka-kafkajs", target: { driver: "kafka", options: { client: "kafkajs" } } },
  { name: "kafka-platformatic", target: { driver: "kafka", options: { client: "platformatic" } } },
  { name: "nats-jetstream", target: { driver: "nats-jetstream" } },
  { name: "postgres", target: { driver: "postgres" } },
  { name: "sqs-fauxqs", target: { driver: "sqs", host: "embedded" } },
  { name: "sqs-elasticmq", target: { driver: "sqs", host: "local" } },
];

/** @param {{ driver: string, host: string }} target */
async function whyMissing({ driver, host }) {
  const { broker } = await loadDriver(driver);
  if (!broker) return null;
  return chooseHost(broker, { host: /** @type {"local"} */ (host), settings: broker.settings.parse({}) }).then(
    () => null,
    (/** @type {Error} */ error) => error.message,
  );
}

await benchmark("drivers", "messages per second and CPU per message of each driver, closed loop, 1 KiB", () =>
  withTemporaryDirectory(async (directory) => {
    const rows = [];
    const notes = [];
    for (const { name, target: given } of TARGETS) {
      // As processes, Docker or not: what its network costs is another question.
      const target = { host: "local", ...given };
      const missing = await whyMissing(target);
      if (missing !== null) {
        notes.push(`${name} was left out: ${missing}`);
        continue;
      }
      const processes = target.driver === "memory" ? 1 : 4;
      const result = await runHavoq(directory, name, {
        target,
        load: { rate: "closed", payload: "1KiB", producers: processes, window: 256 },
        workers: { processes, concurrency: concurrencyOf(target.driver), handle: "0ms" },
        phases: { warmup: "2s", baseline: `${scaledSeconds(20)}s`, drain: "20s" },
      });
      const { throughput, delivery } = result;
      rows.push({
        driver: name,
        sentPerSecond: Math.round(throughput.ackedPerSecond),
        completedPerSecond: Math.round(throughput.goodputPerSecond),
        lost: delivery.lost,
        havoqCpuMicroseconds: cpuPerMessage(result, ["producer", "worker"]),
        brokerCpuMicroseconds: cpuPerMessage(result, ["broker"]),
      });
    }
    return { rows, checks: [], notes };
  }),
);
