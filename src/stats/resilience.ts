/** How a system answered to a fault, from slices of goodput; the formulas are those of docs/resilience.md. */
import type { Resilience } from "../result/schema.js";
import { offeredShares } from "./expected.js";
import { median } from "./median.js";

/** Series around one injection; slices all start at t0 and are `sliceNs` wide. */
export interface ResilienceInput {
  readonly sliceNs: number;
  /** First completions, and messages offered, per slice. */
  readonly completed: readonly number[];
  readonly offered: readonly number[];
  /** Whether `offered` is a schedule's, which no fault can change; a closed load offers what it can send. */
  readonly scheduled: boolean;
  /** Slices of the undisturbed load that the baseline is taken from: [first, end). */
  readonly baseline: readonly [number, number];
  readonly injectNs: number;
  readonly healNs: number | null;
  /** First client error at or after the injection. */
  readonly firstErrorNs: number | null;
  /** End of the offered load: slices after it count as drain, not as a dip. */
  readonly loadEndNs: number;
  readonly latencySliceNs: number;
  readonly latencyP99Ns: readonly (number | null)[];
  readonly backlog: readonly { readonly atNs: number; readonly ready: number | null }[];
  readonly earliestLostAckNs: number | null;
  /** Injection of the next fault, which ends what is ascribed to this one. */
  readonly nextFaultNs: number | null;
}

const MIN_TOLERANCE = 0.1;
/** Makes the median absolute deviation of normal data its standard deviation. */
const MAD_TO_SIGMA = 1.4826;
const STAYS_RECOVERED_NS = 10e9;
/** Slices with fewer messages than this are joined, so that a slow steady rate (0 or 1 a slice) is not a row of dips. */
const MIN_MESSAGES_PER_SLICE = 20;

/** Computes all figures; `null` where the load was too short to tell or it never happened. */
export function resilienceOf(narrow: ResilienceInput): Resilience {
  const input = widenSlices(narrow);
  const perSecond = input.completed.map((count) => (count * 1e9) / input.sliceNs);
  const base = perSecond.slice(...input.baseline);
  const g0 = median(base);
  const offered = input.offered.slice(0, Math.ceil(input.loadEndNs / input.sliceNs));
  const shares = input.scheduled ? offeredShares(offered, input.baseline) : null;
  // From what was offered then: a baseline that swings with its load is not noisy.
  const mad = median(base.map((rate, i) => Math.abs(rate - g0 * (shares?.mean[input.baseline[0] + i] ?? 1))));
  const tolerance = g0 > 0 ? Math.min(0.9, Math.max(MIN_TOLERANCE, (3 * MAD_TO_SIGMA * mad) / g0)) : MIN_TOLERANCE;
  const from = Math.floor(input.injectNs / input.sliceNs);
  const end = Math.ceil(Math.min(input.nextFaultNs ?? Number.POSITIVE_INFINITY, input.loadEndNs) / input.sliceNs);
  // Never more than the baseline's: what a system does beyond that load is not known.
  const wantedAt = (slice: number) => g0 * Math.min(1, shares?.least[slice] ?? 1);
  const window = perSecond.slice(from, end).map((rate, i) => ({ rate, wanted: wantedAt(from + i) }));
  const low = window.map(({ rate, wanted }) => rate < (1 - tolerance) * wanted);
  const onset = low.findIndex((isLow, i) => isLow && (low[i + 1] ?? true));
  const onsetNs = onset < 0 ? null : Math.max(input.injectNs, (from + onset) * input.sliceNs);
  const recovered = onset < 0 ? -1 : recoveryIndex(low, onset, input.sliceNs);
  const recoveredNs = recovered < 0 ? null : (from + recovered) * input.sliceNs;
  const dip = onset < 0 ? [] : window.slice(onset, recovered < 0 ? undefined : recovered);
  const sliceSeconds = input.sliceNs / 1e9;
  return {
    baselinePerSecond: g0,
    tolerance,
    onsetNs,
    timeToDetectNs: input.firstErrorNs === null ? null : input.firstErrorNs - input.injectNs,
    unavailableNs: longestSilence(input, from, end) * input.sliceNs,
    timeToRecoverNs: onset < 0 ? 0 : recoveredNs === null ? null : Math.max(0, recoveredNs - input.injectNs),
    dipDepth: Math.max(0, ...dip.map(({ rate, wanted }) => (wanted > 0 ? 1 - rate / wanted : 0))),
    dipAreaMessages: dip.reduce((sum, { rate, wanted }) => sum + Math.max(0, wanted - rate) * sliceSeconds, 0),
    ...backlogFigures(input),
    latencyRecoveryNs: latencyRecovery(input),
    earliestLostAckNs: input.earliestLostAckNs,
  };
}

function recoveryIndex(low: readonly boolean[], onset: number, sliceNs: number): number {
  const staySlices = STAYS_RECOVERED_NS / sliceNs;
  for (let i = onset + 1; i < low.length; i++) {
    const stay = low.slice(i, i + staySlices);
    // A load that ends earlier than 10 s after the recovery can still show it, down to one second.
    if (stay.length >= Math.min(staySlices, 1e9 / sliceNs) && !stay.includes(true)) return i;
  }
  return -1;
}

/** Longest run of slices without a completion while load was offered. */
function longestSilence({ completed, offered }: ResilienceInput, from: number, end: number): number {
  let longest = 0;
  let run = 0;
  for (let i = from; i < end; i++) {
    run = (offered[i] ?? 0) > 0 && (completed[i] ?? 0) === 0 ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

function backlogFigures(input: ResilienceInput): Pick<Resilience, "backlogPeak" | "drainNs"> {
  const untilNs = input.nextFaultNs ?? Number.POSITIVE_INFINITY;
  const known = input.backlog.flatMap(({ atNs, ready }) => (ready === null ? [] : [{ atNs, ready }]));
  const before = known.filter(({ atNs }) => atNs < input.injectNs);
  const after = known.filter(({ atNs }) => atNs >= input.injectNs && atNs < untilNs);
  const peak = after.reduce<{ atNs: number; ready: number } | null>(
    (max, at) => (at.ready > (max?.ready ?? -1) ? at : max),
    null,
  );
  if (!peak) return { backlogPeak: null, drainNs: null };
  const usual = Math.max(0, ...before.slice(-10).map(({ ready }) => ready));
  const drained = after.find(({ atNs, ready }) => atNs >= peak.atNs && ready <= usual);
  return { backlogPeak: peak.ready, drainNs: drained ? drained.atNs - peak.atNs : null };
}

/** Time from the injection until p99 is back under max(1.5 x p99_0, p99_0 + 5 ms) and stays there. */
function latencyRecovery(input: ResilienceInput): number | null {
  const sliceOf = (atNs: number) => Math.floor(atNs / input.latencySliceNs);
  const [firstBase, endBase] = input.baseline.map((slice) => sliceOf(slice * input.sliceNs)) as [number, number];
  const known = (slice: number | null | undefined): slice is number => slice !== null && slice !== undefined;
  const base = input.latencyP99Ns.slice(firstBase, Math.max(endBase, firstBase + 1)).filter(known);
  if (base.length === 0) return null;
  const p99 = median(base);
  const limit = Math.max(1.5 * p99, p99 + 5e6);
  const from = sliceOf(input.injectNs);
  const end = Math.ceil(
    Math.min(input.nextFaultNs ?? Number.POSITIVE_INFINITY, input.loadEndNs) / input.latencySliceNs,
  );
  const window = input.latencyP99Ns.slice(from, end);
  const lastHigh = window.findLastIndex((value) => known(value) && value > limit);
  if (lastHigh < 0) return 0;
  if (lastHigh === window.length - 1) return null;
  return Math.max(0, (from + lastHigh + 1) * input.latencySliceNs - input.injectNs);
}

function widenSlices(input: ResilienceInput): ResilienceInput {
  const base = input.completed.slice(...input.baseline);
  const mean = base.reduce((sum, count) => sum + count, 0) / Math.max(1, base.length);
  const factor = mean > 0 ? Math.min(50, Math.ceil(MIN_MESSAGES_PER_SLICE / mean)) : 1;
  if (factor === 1) return input;
  return {
    ...input,
    sliceNs: input.sliceNs * factor,
    completed: joinSlices(input.completed, factor),
    offered: joinSlices(input.offered, factor),
    baseline: [Math.ceil(input.baseline[0] / factor), Math.floor(input.baseline[1] / factor)],
  };
}

function joinSlices(counts: readonly number[], factor: number): number[] {
  return Array.from({ length: Math.ceil(counts.length / factor) }, (_, i) =>
    counts.slice(i * factor, (i + 1) * factor).reduce((sum, count) => sum + count, 0),
  );
}
