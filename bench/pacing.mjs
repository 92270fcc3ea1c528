/** P2 of the design: how late, and at what cost, messages leave at 10,000/s when nothing stands in their way. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { clockSince } from "../dist/src/agent/clock.js";
import { Pacer } from "../dist/src/agent/pacer.js";
import { createSchedule } from "../dist/src/load/schedule.js";
import { configureAgent, measureAgents, PAYLOAD_BYTES } from "./lib/agents.mjs";
import { cpuBetween } from "./lib/machine.mjs";
import { publishDelays } from "./lib/records.mjs";
import { atMost, benchmark, equal } from "./lib/report.mjs";
import { scaledSeconds } from "./lib/scale.mjs";
import { median, percentiles } from "./lib/statistics.mjs";
import { withTemporaryDirectory } from "./lib/temporary.mjs";

const REPETITIONS = 3;
const LIMITS = { p50Ms: 0.2, p99Ms: 1, cpuPercent: 35 };
const warmUpSeconds = scaledSeconds(2);
const measuredSeconds = scaledSeconds(10);
const loadEndNs = (warmUpSeconds + measuredSeconds) * 1e9;
const spec = /** @type {const} */ ({
  rate: /** @type {import("../dist/src/units.js").PerSecond} */ (10_000),
  arrivals: "even",
  seed: 1,
  producers: 1,
  producer: 0,
});

/** The pacing thread alone: the callback counts what is due, and notes how late it learned of it. */
async function pacerAlone() {
  const epochNs = process.hrtime.bigint() + 200_000_000n;
  const now = clockSince(epochNs);
  const schedule = createSchedule(spec);
  const total = schedule.countBefore(loadEndNs);
  const delays = new Float64Array(total);
  let next = 0;
  const onTick = () => {
    const nowNs = now();
    for (; next < total && schedule.dueNs(next) <= nowNs; next++) delays[next] = nowNs - schedule.dueNs(next);
  };
  const pacer = new Pacer({ spec, firstIndex: 0, epochNs, loadEndNs }, onTick, (error) => {
    throw error;
  });
  const beginSeconds = Number(epochNs) / 1e9 + warmUpSeconds;
  const cpu = await cpuBetween([process.pid], beginSeconds, beginSeconds + measuredSeconds);
  await pacer.stop();
  // What falls due within the last gap has no tick after it; the agent sends it in its next sweep.
  return { cpu, delays: delays.subarray(schedule.countBefore(warmUpSeconds * 1e9), next) };
}

/** The whole producing agent with the no-op driver, as a run starts it; its own records tell. */
async function producingAgent() {
  return withTemporaryDirectory(async (directory) => {
    const records = join(directory, "records");
    await mkdir(records);
    const producer = {
      recordFile: join(records, "producer-0.hvr"),
      endpoint: { host: "127.0.0.1", port: 0 },
      schedule: spec,
      firstIndex: 0,
      loadEndNs,
      payload: /** @type {import("../dist/src/units.js").Bytes} */ (PAYLOAD_BYTES),
      keys: null,
      priorities: null,
      producers: 1,
      window: 10_000,
      confirmTimeoutMs: 10_000,
    };
    const configuration = configureAgent({ driver: "memory", options: {}, producer });
    const cpu = await measureAgents(directory, [configuration], { warmUpSeconds, measuredSeconds });
    return { cpu, delays: publishDelays(records, warmUpSeconds * 1e9, loadEndNs) };
  });
}

/** @param {string} variant @param {number} repetition @param {Awaited<ReturnType<typeof pacerAlone | typeof producingAgent>>} measured */
function row(variant, repetition, { cpu, delays }) {
  const atMs = percentiles(delays);
  return {
    variant,
    repetition,
    messages: delays.length,
    p50Ms: atMs(50) / 1e6,
    p90Ms: atMs(90) / 1e6,
    p99Ms: atMs(99) / 1e6,
    maxMs: atMs(100) / 1e6,
    cpuPercent: ((cpu.cpuSeconds[0] ?? 0) / (cpu.toSeconds - cpu.fromSeconds)) * 100,
    othersPercent: cpu.othersPercent,
    stealPercent: cpu.stealPercent,
  };
}

await benchmark("pacing", "10,000/s through the no-op driver: how late, at what CPU?", async () => {
  /** @type {ReturnType<typeof row>[]} */
  const rows = [];
  for (let repetition = 1; repetition <= REPETITIONS; repetition++) {
    rows.push(row("pacer", repetition, await pacerAlone()));
    rows.push(row("agent", repetition, await producingAgent()));
  }
  const checks = ["pacer", "agent"].flatMap((variant) => {
    const own = rows.filter((candidate) => candidate.variant === variant);
    const middle = (/** @type {keyof typeof LIMITS} */ figure) => median(own.map((candidate) => candidate[figure]));
    return [
      atMost(`${variant}, publishDelay p50 in ms`, middle("p50Ms"), LIMITS.p50Ms),
      atMost(`${variant}, publishDelay p99 in ms`, middle("p99Ms"), LIMITS.p99Ms),
      atMost(`${variant}, CPU in percent of one core`, middle("cpuPercent"), LIMITS.cpuPercent),
    ];
  });
  const due = createSchedule(spec).countBefore(loadEndNs) - createSchedule(spec).countBefore(warmUpSeconds * 1e9);
  const sent = rows.filter(({ variant }) => variant === "agent").map(({ messages }) => messages);
  checks.push(equal("agent, messages sent of those due", Math.min(...sent), due));
  return { rows, checks, notes: ["checks are on the median of the repetitions"] };
});
