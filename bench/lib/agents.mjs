import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AgentProcess } from "../../dist/src/engine/agent-process.js";
import { cpuBetween } from "./machine.mjs";

/** @typedef {import("../../dist/src/agent/protocol.js").ConfigureMessage} ConfigureMessage */

/** Agents get this long between `start` and t0. */
const LEAD_NS = 200_000_000n;
const STOP_DEADLINE_MS = 15_000;

/** Payload of every benchmark, header included. */
export const PAYLOAD_BYTES = 128;

/**
 * An agent's configuration with what all benchmarks share.
 * @param {Pick<ConfigureMessage, "driver" | "options"> & Partial<ConfigureMessage>} own
 * @returns {ConfigureMessage}
 */
export const configureAgent = (own) => ({
  type: "configure",
  runId: "bench",
  seed: 1,
  index: 0,
  incarnation: 0,
  ...own,
});

/**
 * Runs agents from t0 over a warm-up and a measured stretch, reads their CPU over the latter, and ends them.
 * @param {string} directory For their logs.
 * @param {readonly ConfigureMessage[]} configurations One process for each.
 * @param {{ warmUpSeconds: number, measuredSeconds: number, alsoPids?: readonly number[] }} stretch
 * @returns {Promise<import("./machine.mjs").CpuWindow & { fromNs: number, toNs: number }>} CPU of the agents, then of
 *   the other processes; `fromNs` and `toNs` count from t0, as the times in the records do.
 */
export async function measureAgents(directory, configurations, { warmUpSeconds, measuredSeconds, alsoPids = [] }) {
  const launched = configurations.map((_, index) => launch(directory, index));
  const agents = launched.map(({ agent }) => agent);
  try {
    await Promise.all(agents.map((agent, index) => agent.connect(at(configurations, index))));
    const epochNs = process.hrtime.bigint() + LEAD_NS;
    for (const agent of agents) agent.send({ type: "start", epochNs: String(epochNs) });
    const beginSeconds = Number(epochNs) / 1e9 + warmUpSeconds;
    const pids = [...agents.map((agent) => agent.pid), ...alsoPids];
    const cpu = await cpuBetween(pids, beginSeconds, beginSeconds + measuredSeconds);
    // What was due is sent before anything is stopped, as in a run.
    await Promise.all(launched.filter((_, index) => configurations[index]?.producer).map(({ loadDone }) => loadDone));
    for (const agent of agents) await end(agent);
    const sinceEpochNs = (/** @type {number} */ seconds) => seconds * 1e9 - Number(epochNs);
    return { ...cpu, fromNs: sinceEpochNs(cpu.fromSeconds), toNs: sinceEpochNs(cpu.toSeconds) };
  } catch (error) {
    // The logs go with their directory; what they say is wanted now.
    for (const index of agents.keys()) console.error(readFileSync(logFile(directory, index), "utf8"));
    throw error;
  } finally {
    for (const agent of agents) if (agent.exit === null) agent.signal("SIGKILL");
  }
}

/** @param {string} directory @param {number} index */
const logFile = (directory, index) => join(directory, `agent-${index}.log`);

/**
 * Starts an agent; `loadDone` resolves when it says so, and rejects when it ends before.
 * @param {string} directory
 * @param {number} index
 */
function launch(directory, index) {
  const name = `agent-${index}`;
  let done = () => {};
  /** @type {Promise<void>} */
  const said = new Promise((resolve) => {
    done = resolve;
  });
  const agent = new AgentProcess({
    name,
    command: undefined,
    cwd: directory,
    env: {},
    logFile: logFile(directory, index),
    onSpawn: () => {},
    onEvent: () => {},
    onWrongWords: (error) => console.error(error.message),
    now: () => Number.MAX_SAFE_INTEGER / 2,
    onMessage: (message) => {
      if (message.type === "loadDone") done();
      else if (message.type === "fatal" || message.type === "clientError") console.error(`${name}: ${message.text}`);
    },
  });
  const ended = agent.exited.then((how) => {
    throw new Error(`${name} ended before its load did: ${how}`);
  });
  const loadDone = Promise.race([said, ended]);
  // Workers have no load to end, and nobody waits for theirs.
  loadDone.catch(() => {});
  return { agent, loadDone };
}

/** @param {AgentProcess} agent */
async function end(agent) {
  const stopped = await agent.stop(STOP_DEADLINE_MS);
  if (!stopped || agent.exit !== "exit code 0") throw new Error(`agent ${agent.pid}: ${agent.exit ?? "did not stop"}`);
}

/**
 * @template T
 * @param {readonly T[]} list
 * @param {number} index
 * @returns {T}
 */
function at(list, index) {
  const item = list[index];
  if (item === undefined) throw new RangeError(`no item ${index}`);
  return item;
}
