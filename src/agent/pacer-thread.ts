/** The pacing thread: sleeps until the next message is due, wakes the event loop, and again. */
import { workerData } from "node:worker_threads";
import { createSchedule } from "../load/schedule.js";
import { NS_PER_MS } from "../units.js";
import { clockSince } from "./clock.js";
import type { PacerInput } from "./pacer.js";

/** Shortest time between two wake-ups: what falls due within it is sent together. */
const MIN_GAP_NS = 120_000;
/** Messages that tell how dense the schedule is just now. */
const SOON = 16;

const { spec, firstIndex, epochNs, loadEndNs, ticks } = workerData as PacerInput;
const schedule = createSchedule(spec);
const now = clockSince(epochNs);
const never = new Int32Array(new SharedArrayBuffer(4));

let index = firstIndex;
for (;;) {
  const dueNs = schedule.dueNs(index);
  if (dueNs >= loadEndNs) break;
  const waitNs = dueNs - now();
  if (waitNs > 0) Atomics.wait(never, 0, 0, waitNs / NS_PER_MS);
  Atomics.add(ticks, 0, 1);
  Atomics.notify(ticks, 0);
  index = Math.max(index + 1, schedule.countBefore(now() + MIN_GAP_NS / 2));
  // Where the next ones are closer together than that, on average, there is always one due.
  const soonNs = schedule.dueNs(index + SOON) - schedule.dueNs(index);
  if (soonNs < SOON * MIN_GAP_NS) Atomics.wait(never, 0, 0, MIN_GAP_NS / NS_PER_MS);
}
