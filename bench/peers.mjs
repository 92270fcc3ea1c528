/** havoq beside the load generators that brokers come with, on one broker, in turns: seven of each, the first by turns. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { loadDriver } from "../dist/drivers/index.js";
import { estimateMedian } from "../dist/src/compare/estimate.js";
import { cacheDirectory, installed } from "../dist/src/hosts/cache.js";
import { withBroker } from "./lib/broker.mjs";
import { cpuPerMessage, runHavoq } from "./lib/havoq.mjs";
import { atLeast, benchmark } from "./lib/report.mjs";
import { scaledSeconds } from "./lib/scale.mjs";
import { median } from "./lib/statistics.mjs";
import { withTemporaryDirectory } from "./lib/temporary.mjs";

const run = promisify(execFile);
const POM = fileURLToPath(new URL("peers/pom.xml", import.meta.url));
const PAYLOAD_BYTES = 1024;
/** As havoq's topics have. */
const KAFKA_PARTITIONS = 6;
/** Producers, and as many consumers where the pair consumes; each is a process of havoq's. */
const CLIENTS = 4;
const seconds = Math.round(scaledSeconds(20));
/** Pairs of runs, one of each: of so few, and of all ratios beside each other, the interval says how sure that is. */
const ALTERNATIONS = 7;
/** At which the CPU of havoq's producers is compared. */
const FIXED_RATE = "5000/s";

/** Messages per second: confirmed (or handed over, without confirms), and completed where the peer consumes too. */
/** @typedef {{ sent: number, completed: number | null }} Rates */
/**
 * @typedef {object} Pair
 * @property {string} name
 * @property {string} driver
 * @property {string} scheme Of the broker's address.
 * @property {object} scenario What is special about havoq's.
 * @property {object} settings Of the broker.
 * @property {number | null} wanted havoq's rate in parts of the peer's, at least; `null` when it is only shown.
 * @property {(port: number) => Promise<Rates>} peer
 */

/** @type {Pair[]} */
const PAIRS = [
  {
    name: "redis LPUSH / redis-benchmark -c 50 -P 1",
    driver: "redis-list",
    scheme: "redis",
    settings: { save: "" },
    // Pushes only: the one worker is busy with its first message.
    scenario: { workers: { handle: "1s" }, phases: { drain: "0s" } },
    wanted: 1,
    peer: redisBenchmark,
  },
  {
    name: "rabbitmq auto-ack flood / PerfTest",
    driver: "rabbitmq",
    scheme: "amqp",
    settings: {},
    scenario: { target: { options: { confirms: false, persistent: false, ack: "auto", prefetch: 200 } } },
    wanted: 1,
    peer: (port) => perfTest(port, ["--autoack"]),
  },
  {
    name: "rabbitmq confirm/prefetch 200 persistent / PerfTest",
    driver: "rabbitmq",
    scheme: "amqp",
    settings: {},
    scenario: { target: { options: { prefetch: 200 } } },
    wanted: 1,
    peer: (port) => perfTest(port, ["--confirm", "256", "--qos", "200", "--flag", "persistent"]),
  },
  ...["kafkajs", "platformatic"].map((client) => ({
    name: `kafka acks=all linger 1 ms, ${client} / kafka-producer-perf-test`,
    driver: "kafka",
    scheme: "kafka",
    settings: {},
    scenario: {
      target: { options: { client, acks: "all", linger: "1ms" } },
      workers: { handle: "1s" },
      phases: { drain: "0s" },
    },
    // Users have the choice, so that the faster one counts.
    wanted: client === "platformatic" ? 0.7 : null,
    peer: kafkaPerfTest,
  })),
];

/** @param {number} port @returns {Promise<Rates>} */
async function redisBenchmark(port) {
  const flags = ["-p", String(port), "-t", "lpush", "-c", "50", "-P", "1", "-d", String(PAYLOAD_BYTES), "--csv"];
  const trial = await redisRate([...flags, "-n", "50000"]);
  return { sent: await redisRate([...flags, "-n", String(Math.round(trial * seconds))]), completed: null };
}

/** @param {readonly string[]} args */
async function redisRate(args) {
  const { stdout } = await run("redis-benchmark", [...args]);
  return Number(/"LPUSH[^"]*","([\d.]+)"/.exec(stdout)?.[1]);
}

/** @param {number} port @param {readonly string[]} flags @returns {Promise<Rates>} */
async function perfTest(port, flags) {
  const libraries = join(cacheDirectory(), "perf-test");
  if (!existsSync(libraries)) {
    await run("mvn", ["-q", "-f", POM, "dependency:copy-dependencies", `-DoutputDirectory=${libraries}`]);
  }
  const uri = `amqp://guest:guest@127.0.0.1:${port}`;
  const clients = ["-x", String(CLIENTS), "-y", String(CLIENTS)];
  const common = ["--uri", uri, ...clients, "-s", String(PAYLOAD_BYTES), "-z", String(seconds), "-u", "peer"];
  const { stdout } = await run("java", ["-cp", `${libraries}/*`, "com.rabbitmq.perf.PerfTest", ...common, ...flags]);
  const rate = (/** @type {string} */ what) => Number(new RegExp(`${what} rate avg: (\\d+)`).exec(stdout)?.[1]);
  return { sent: rate("sending"), completed: rate("receiving") };
}

/** @param {number} port @returns {Promise<Rates>} */
async function kafkaPerfTest(port) {
  const home = process.env["KAFKA_HOME"] ?? installed("kafka") ?? "";
  const server = `127.0.0.1:${port}`;
  const java = (/** @type {string} */ tool, /** @type {string[]} */ ...args) =>
    run("java", ["-cp", join(home, "libs", "*"), `org.apache.kafka.tools.${tool}`, ...args]);
  const topic = ["--topic", "peer"];
  const create = ["--create", "--if-not-exists", "--partitions", String(KAFKA_PARTITIONS)];
  await java("TopicCommand", "--bootstrap-server", server, ...create, ...topic);
  const tool = async (/** @type {number} */ records) => {
    const flags = ["--throughput", "-1", "--record-size", String(PAYLOAD_BYTES), "--num-records", String(records)];
    const properties = [`bootstrap.servers=${server}`, "acks=all", "linger.ms=1"];
    const { stdout } = await java("ProducerPerformance", ...topic, ...flags, "--producer-props", ...properties);
    return Number(/([\d.]+) records\/sec.*\n?$/.exec(stdout)?.[1]);
  };
  const trial = await tool(200_000);
  return { sent: await tool(Math.round(trial * seconds)), completed: null };
}

/**
 * @param {string} directory
 * @param {Pair} pair
 * @param {number} port
 * @param {number} turn
 * @returns {Promise<Rates>}
 */
async function havoq(directory, pair, port, turn) {
  const { throughput } = await havoqRun(directory, pair, port, { name: turn, rate: "closed", producers: CLIENTS });
  return {
    sent: throughput.ackedPerSecond,
    completed: "workers" in pair.scenario ? null : throughput.goodputPerSecond,
  };
}

/**
 * CPU seconds of havoq's producers for a million messages at a fixed rate, which other work on the machine moves least.
 * @param {string} directory
 * @param {Pair} pair
 * @param {number} port
 * @param {number} producers
 */
async function cpuAtFixedRate(directory, pair, port, producers) {
  const about = { name: `fixed-${producers}`, rate: FIXED_RATE, producers };
  return cpuPerMessage(await havoqRun(directory, pair, port, about), ["producer"]);
}

/**
 * @param {string} directory
 * @param {Pair} pair
 * @param {number} port
 * @param {{ name: string | number, rate: string, producers: number }} about
 */
function havoqRun(directory, { driver, scheme, scenario }, port, { name, rate, producers }) {
  const special = /** @type {{ target?: object, workers?: object, phases?: object }} */ (scenario);
  return runHavoq(directory, `${driver}-${name}`, {
    target: { driver, host: "external", url: `${scheme}://127.0.0.1:${port}`, ...special.target },
    load: { rate, payload: `${PAYLOAD_BYTES}B`, producers, window: 256 },
    workers: {
      processes: special.workers ? 1 : CLIENTS,
      concurrency: special.workers ? 1 : 256,
      handle: "0ms",
      ...special.workers,
    },
    phases: { warmup: "2s", baseline: `${seconds}s`, drain: "20s", ...special.phases },
  });
}

/** @param {string} directory @param {Pair} pair */
async function compare(directory, pair) {
  const { broker: recipe } = await loadDriver(pair.driver);
  if (!recipe) throw new Error(`${pair.driver} has no broker`);
  return withBroker(directory, recipe, pair.settings, ({ endpoint }) => inTurns(directory, pair, endpoint.port));
}

/** @param {string} directory @param {Pair} pair @param {number} port */
async function inTurns(directory, pair, port) {
  /** @type {{ peer: Rates[], havoq: Rates[] }} */
  const rates = { peer: [], havoq: [] };
  for (let turn = 0; turn < ALTERNATIONS; turn++) {
    const ours = async () => void rates.havoq.push(await havoq(directory, pair, port, turn));
    const theirs = async () => void rates.peer.push(await pair.peer(port));
    for (const one of turn % 2 === 0 ? [ours, theirs] : [theirs, ours]) await one();
  }
  const ratios = rates.havoq.map(({ sent }, turn) => sent / (rates.peer[turn]?.sent ?? Number.NaN));
  const ratio = estimateMedian(ratios);
  const of = (/** @type {readonly Rates[]} */ list, /** @type {keyof Rates} */ key) =>
    median(list.map((each) => each[key] ?? 0));
  const [ours, theirs] = [of(rates.havoq, "sent"), of(rates.peer, "sent")];
  return {
    row: {
      pair: pair.name,
      havoqSentPerSecond: Math.round(ours),
      peerSentPerSecond: Math.round(theirs),
      havoqCompletedPerSecond: Math.round(of(rates.havoq, "completed")),
      peerCompletedPerSecond: Math.round(of(rates.peer, "completed")),
      ratio: ratio.median ?? Number.NaN,
      interval: `${ratio.low?.toFixed(2)} to ${ratio.high?.toFixed(2)} (${(ratio.coverage * 100).toFixed(0)} %)`,
      "cpuSecondsPerMillion, 1 producer": await cpuAtFixedRate(directory, pair, port, 1),
      [`cpuSecondsPerMillion, ${CLIENTS} producers`]: await cpuAtFixedRate(directory, pair, port, CLIENTS),
    },
    checks: pair.wanted === null ? [] : [atLeast(pair.name, ratio.median ?? 0, pair.wanted)],
  };
}

await benchmark("peers", "messages per second of havoq and of the broker's own load generator, in turns", () =>
  withTemporaryDirectory(async (directory) => {
    const rows = [];
    const checks = [];
    for (const pair of PAIRS) {
      const compared = await compare(directory, pair);
      rows.push(compared.row);
      checks.push(...compared.checks);
    }
    return { rows, checks };
  }),
);
