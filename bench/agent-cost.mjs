/** What a message costs the Node agent, with nothing to wait for (memory) and through a real client (Redis lists). */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { redisRecipe } from "../dist/drivers/redis/server.js";
import { configureAgent, measureAgents, PAYLOAD_BYTES } from "./lib/agents.mjs";
import { withBroker } from "./lib/broker.mjs";
import { countBetween } from "./lib/records.mjs";
import { benchmark, equal } from "./lib/report.mjs";
import { scaledSeconds } from "./lib/scale.mjs";
import { withTemporaryDirectory } from "./lib/temporary.mjs";

/** @typedef {import("../dist/src/spi/broker.js").Endpoint} Endpoint */

const WINDOW = 256;
/** Each handler of redis-list has a blocking connection of its own. */
const REDIS_CONCURRENCY = 32;
const warmUpSeconds = scaledSeconds(2);
const measuredSeconds = scaledSeconds(10);

/** @param {string} records @param {Endpoint} endpoint */
const producerConfig = (records, endpoint) => ({
  recordFile: join(records, "producer-0.hvr"),
  endpoint,
  schedule: null,
  firstIndex: 0,
  loadEndNs: (warmUpSeconds + measuredSeconds) * 1e9,
  payload: /** @type {import("../dist/src/units.js").Bytes} */ (PAYLOAD_BYTES),
  keys: null,
  priorities: null,
  producers: 1,
  window: WINDOW,
  confirmTimeoutMs: 30_000,
});

/** @param {string} records @param {Endpoint} endpoint @param {number} concurrency */
const workerConfig = (records, endpoint, concurrency) => ({
  recordFile: join(records, "worker-0.hvr"),
  endpoint,
  workerId: "worker-0",
  concurrency,
  handle: /** @type {const} */ ({
    kind: "constant",
    value: /** @type {import("../dist/src/units.js").Milliseconds} */ (0),
  }),
  fail: { transient: 0, poison: 0 },
});

/**
 * @param {string} setup
 * @param {string} process
 * @param {number} messages
 * @param {number} cpuSeconds
 * @param {{ fromNs: number, toNs: number, othersPercent: number }} stretch
 */
function row(setup, process, messages, cpuSeconds, { fromNs, toNs, othersPercent }) {
  const elapsedSeconds = (toNs - fromNs) / 1e9;
  return {
    setup,
    process,
    messages,
    messagesPerSecond: Math.round(messages / elapsedSeconds),
    cpuMicrosecondsPerMessage: (cpuSeconds * 1e6) / messages,
    cpuPercent: (cpuSeconds / elapsedSeconds) * 100,
    othersPercent,
  };
}

/** @param {string} directory */
async function throughMemory(directory) {
  const records = join(directory, "memory");
  await mkdir(records);
  const nowhere = { host: "127.0.0.1", port: 0 };
  const configuration = configureAgent({
    driver: "memory",
    options: {},
    producer: producerConfig(records, nowhere),
    worker: workerConfig(records, nowhere, WINDOW),
  });
  const stretch = await measureAgents(directory, [configuration], { warmUpSeconds, measuredSeconds });
  const counts = countBetween(records, stretch.fromNs, stretch.toNs);
  const [cpuSeconds = Number.NaN] = stretch.cpuSeconds;
  return { rows: [row("memory", "producer + worker", counts.completed, cpuSeconds, stretch)], counts };
}

/** @param {string} directory @param {number} pid @param {Endpoint} endpoint */
async function throughRedis(directory, pid, endpoint) {
  const records = join(directory, "redis-records");
  await mkdir(records);
  const shared = { driver: "redis-list", options: {} };
  const configurations = [
    configureAgent({ ...shared, producer: producerConfig(records, endpoint) }),
    configureAgent({ ...shared, worker: workerConfig(records, endpoint, REDIS_CONCURRENCY) }),
  ];
  const stretch = await measureAgents(directory, configurations, { warmUpSeconds, measuredSeconds, alsoPids: [pid] });
  const counts = countBetween(records, stretch.fromNs, stretch.toNs);
  const [producer = Number.NaN, worker = Number.NaN, server = Number.NaN] = stretch.cpuSeconds;
  const rows = [
    row("redis-list", "producer", counts.acked, producer, stretch),
    row("redis-list", "worker", counts.completed, worker, stretch),
    row("redis-list", "redis-server", counts.acked, server, stretch),
  ];
  return { rows, counts };
}

await benchmark("agent-cost", `CPU per message of the Node agent, closed loop, window ${WINDOW}`, () =>
  withTemporaryDirectory(async (directory) => {
    const memory = await throughMemory(directory);
    const checks = [equal("memory, messages not acked", memory.counts.notAcked, 0)];
    const { acked, completed } = memory.counts;
    const notes = [
      `payload ${PAYLOAD_BYTES} bytes; the stretch begins after a warm-up of ${warmUpSeconds} s`,
      // Its CPU is divided by completions: were many more acked, the figure would hold work of no message in it.
      `memory: ${acked} acked for ${completed} completed`,
    ];
    if (!(await redisRecipe.process?.locate("local"))?.found)
      return { rows: memory.rows, checks, notes: [...notes, "redis-list skipped: no redis-server here"] };
    const redis = await withBroker(directory, redisRecipe, { save: "" }, async ({ pid, endpoint, version }) => {
      notes.push(`${version}, blmove, ${REDIS_CONCURRENCY} handlers; three processes share the cores`);
      return throughRedis(directory, pid ?? -1, endpoint);
    });
    checks.push(equal("redis-list, messages not acked", redis.counts.notAcked, 0));
    return { rows: [...memory.rows, ...redis.rows], checks, notes };
  }),
);
