import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { usageOf } from "../../dist/src/os/processes.js";

/** USER_HZ is 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** What a reader must know of the machine to place the figures. */
export const describeMachine = () => ({
  node: process.version,
  kernel: release(),
  cpu: cpus()[0]?.model ?? "unknown",
  cores: cpus().length,
  memoryBytes: totalmem(),
  loadAverage: loadavg().map((load) => Number(load.toFixed(2))),
});

/** Seconds on CLOCK_MONOTONIC. */
export const nowSeconds = () => Number(process.hrtime.bigint()) / 1e9;

/**
 * CPU use over a stretch of time. `cpuSeconds` has one figure for each process that was asked for;
 * `othersPercent` is what the rest of the machine used, in percent of one core: more than a few spoil the measurement.
 * @typedef {{ fromSeconds: number, toSeconds: number, cpuSeconds: number[], othersPercent: number, stealPercent: number }} CpuWindow
 */

/**
 * Sleeps to `fromSeconds`, then to `toSeconds`, and reads the CPU time of processes at both.
 * @param {readonly number[]} pids
 * @param {number} fromSeconds On the clock of `nowSeconds`.
 * @param {number} toSeconds
 * @returns {Promise<CpuWindow>} With the times at which it really read.
 */
export async function cpuBetween(pids, fromSeconds, toSeconds) {
  await sleepUntil(fromSeconds);
  const before = sample(pids);
  await sleepUntil(toSeconds);
  const after = sample(pids);
  const elapsedSeconds = after.atSeconds - before.atSeconds;
  const othersSeconds = after.busySeconds - before.busySeconds - (after.ownSeconds - before.ownSeconds);
  return {
    fromSeconds: before.atSeconds,
    toSeconds: after.atSeconds,
    cpuSeconds: after.cpuSeconds.map((used, index) => used - (before.cpuSeconds[index] ?? 0)),
    othersPercent: Math.max(0, (othersSeconds / elapsedSeconds) * 100),
    stealPercent: ((after.stealSeconds - before.stealSeconds) / elapsedSeconds) * 100,
  };
}

/** @param {number} atSeconds */
const sleepUntil = (atSeconds) => sleep(Math.max(0, (atSeconds - nowSeconds()) * 1000));

/** @param {readonly number[]} pids */
function sample(pids) {
  const own = [...new Set([...pids, process.pid])].map(cpuSecondsOf);
  return {
    atSeconds: nowSeconds(),
    cpuSeconds: pids.map(cpuSecondsOf),
    ownSeconds: own.reduce((sum, used) => sum + used, 0),
    ...machineCpu(),
  };
}

/** @param {number} pid */
function cpuSecondsOf(pid) {
  if (pid === process.pid) {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  }
  const usage = usageOf(pid);
  if (!usage) throw new Error(`process ${pid} ended while it was measured`);
  return usage.cpuSeconds;
}

/** The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal (in ticks of all cores). */
function machineCpu() {
  const line = readFileSync("/proc/stat", "latin1").split("\n")[0] ?? "";
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.split(/\s+/).slice(1).map(Number);
  const busySeconds = (user + nice + system + irq + softirq) / TICKS_PER_SECOND;
  return { busySeconds, stealSeconds: steal / TICKS_PER_SECOND };
}
