/** A model of a minute of load, message by message, from which the sample result's latencies and series are made. */
import { type Histogram, latencyStats, newHistogram, recordNs } from "../../src/record/histogram.js";
import { SliceCounts, SliceHistograms } from "../../src/record/slices.js";
import type { LatencyName, PhaseName, RunResult } from "../../src/result-schema.js";

export const MS = 1e6;
export const S = 1e9;
const COUNT_SLICE_NS = 100 * MS;
const LATENCY_SLICE_NS = S;
const LOAD_NS = 60 * S;
export const RATE = 1000;
export const PAUSE = [30 * S, 35 * S] as const;
export const CRASH_NS = 22 * S;
export const SLOW = [42 * S, 47 * S] as const;

/** Phases of the minute. */
export const PHASES: RunResult["phases"] = [
  { name: "warmup", startNs: 0, endNs: 5 * S },
  { name: "baseline", startNs: 5 * S, endNs: 20 * S },
  { name: "chaos", startNs: 20 * S, endNs: 50 * S },
  { name: "recovery", startNs: 50 * S, endNs: LOAD_NS },
];

/** One message of the model: all times in ns since t0. */
export interface Message {
  readonly dueNs: number;
  readonly delayNs: number;
  readonly publishNs: number;
  readonly endToEndNs: number;
  readonly handleNs: number;
}

/** Numbers in [0, 1) that look random and are always the same (a 32-bit LCG, Numerical Recipes' constants). */
export function sequence(): () => number {
  let state = 7;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** All messages of the minute, in the order in which they were due. */
export function messages(): Message[] {
  const random = sequence();
  const spread = (medianNs: number, sigma: number) => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return medianNs * Math.exp(sigma * normal);
  };
  return Array.from({ length: (LOAD_NS / S) * RATE }, (_, i) => {
    const dueNs = (i / RATE) * S;
    const delayNs = spread(95_000, 0.25);
    const slowNs = dueNs >= SLOW[0] && dueNs < SLOW[1] ? spread(80 * MS, 0.08) : 0;
    const heldNs = dueNs >= PAUSE[0] && dueNs < PAUSE[1] ? PAUSE[1] - dueNs : 0;
    const servedNs = heldNs === 0 ? 0 : heldNs + (dueNs - PAUSE[0]) * 0.06;
    const publishNs = delayNs + spread(120_000, 0.35) + slowNs + servedNs;
    const queuedNs = Math.max(0, PAUSE[1] + (dueNs - PAUSE[0]) * 0.16 - dueNs);
    const crashNs = dueNs >= CRASH_NS && dueNs < CRASH_NS + 2 * S ? 0.3 * (S - Math.abs(dueNs - CRASH_NS - S)) : 0;
    const waitNs = dueNs >= PAUSE[0] && queuedNs > 0 ? queuedNs : crashNs;
    const endToEndNs = Math.max(publishNs + spread(90_000, 0.4), waitNs + spread(200_000, 0.3)) + slowNs;
    return { dueNs, delayNs, publishNs, endToEndNs, handleNs: spread(2 * MS, 0.2) };
  });
}

const phaseOf = (dueNs: number): PhaseName =>
  PHASES.find(({ startNs, endNs }) => dueNs >= startNs && dueNs < endNs)?.name ?? "recovery";

const LATENCIES: Readonly<Record<LatencyName, (message: Message) => number>> = {
  publishDelay: ({ delayNs }) => delayNs,
  publish: ({ publishNs }) => publishNs,
  publishService: ({ publishNs, delayNs }) => publishNs - delayNs,
  endToEnd: ({ endToEndNs }) => endToEndNs,
  handle: ({ handleNs }) => handleNs,
};

/** The latencies of all messages, as the result has them. */
export function latencies(all: readonly Message[]): RunResult["latency"] {
  const one = (latency: (message: Message) => number) => {
    const whole = newHistogram(3);
    const phases = new Map<PhaseName, Histogram>();
    for (const message of all) {
      const phase = phaseOf(message.dueNs);
      const histogram = phases.get(phase) ?? newHistogram(3);
      phases.set(phase, histogram);
      recordNs(histogram, latency(message));
      if (phase !== "warmup") recordNs(whole, latency(message));
    }
    const byPhase = [...phases].map(([phase, histogram]) => [phase, latencyStats(histogram)]);
    return { whole: latencyStats(whole), phases: Object.fromEntries(byPhase) };
  };
  return {
    publishDelay: one(LATENCIES.publishDelay),
    publish: one(LATENCIES.publish),
    publishService: one(LATENCIES.publishService),
    endToEnd: one(LATENCIES.endToEnd),
    handle: one(LATENCIES.handle),
  };
}

/** The messages by slices of time. */
export function series(all: readonly Message[]): RunResult["series"] {
  const slices = LOAD_NS / COUNT_SLICE_NS + 1;
  const counts = () => new SliceCounts(COUNT_SLICE_NS);
  const [offered, sent, acked, delivered, completed, errors] = [
    counts(),
    counts(),
    counts(),
    counts(),
    counts(),
    counts(),
  ];
  const publish = new SliceHistograms(LATENCY_SLICE_NS);
  const endToEnd = new SliceHistograms(LATENCY_SLICE_NS);
  for (const message of all) {
    const { dueNs, delayNs, publishNs, endToEndNs, handleNs } = message;
    offered.add(dueNs);
    sent.add(dueNs + delayNs);
    acked.add(dueNs + publishNs);
    delivered.add(dueNs + endToEndNs);
    completed.add(dueNs + endToEndNs + handleNs);
    publish.record(dueNs, publishNs);
    endToEnd.record(dueNs, endToEndNs);
  }
  errors.add(22.01 * S, 3);
  errors.add(33.2 * S, 31);
  errors.add(33.4 * S, 9);
  const latencySlices = LOAD_NS / LATENCY_SLICE_NS;
  return {
    countSliceNs: COUNT_SLICE_NS,
    offered: offered.padded(slices),
    sent: sent.padded(slices),
    acked: acked.padded(slices),
    delivered: delivered.padded(slices),
    completed: completed.padded(slices),
    errors: errors.padded(slices),
    latencySliceNs: LATENCY_SLICE_NS,
    latency: { publish: publish.series(latencySlices), endToEnd: endToEnd.series(latencySlices) },
    heatmap: endToEnd.heatmap(latencySlices),
    backlog: backlog(all),
  };
}

/** What a broker would report every 500 ms; nothing while it stands still. */
function backlog(all: readonly Message[]): RunResult["series"]["backlog"] {
  const atNs = Array.from({ length: 121 }, (_, i) => i * 500 * MS);
  const silent = (ns: number) => ns > PAUSE[0] && ns < PAUSE[1];
  const waiting = (ns: number) => all.filter((m) => m.dueNs + m.publishNs <= ns && m.dueNs + m.endToEndNs > ns).length;
  const handled = (ns: number) =>
    all.filter((m) => m.dueNs + m.endToEndNs <= ns && m.dueNs + m.endToEndNs + m.handleNs > ns).length;
  return {
    atNs,
    ready: atNs.map((ns) => (silent(ns) ? null : waiting(ns))),
    inFlight: atNs.map((ns) => (silent(ns) ? null : handled(ns))),
  };
}
