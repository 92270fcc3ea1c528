/** How a system answered to a fault, from slices of goodput; the formulas are those of docs/resilience.md. */

import type { Resilience } from "../result-schema.js";
import { NS_PER_S } from "../units.js";
import { type Dip, dipsIn, EVIDENCE, TOLERANCE } from "./dips.js";
import { Goodput } from "./goodput.js";
import { backlogFigures, latencyRecovery } from "./recovery-figures.js";
import { type ResilienceInput, STAYS_RECOVERED_NS } from "./resilience-input.js";

/** A baseline of fewer completions is known to no better than the tolerance. */
const LEAST_BASELINE_MESSAGES = 100;
/** A load that ends earlier than 10 s after the recovery can still show it, down to this. */
const LEAST_STAY_NS = NS_PER_S;
/** Messages that the depth of a dip is measured over: a slice with fewer is deep by chance. */
const DEPTH_MESSAGES = 100;
/** A silence is taken for this share of the expected rate when it is asked whether it goes on: one stray message proves nothing. */
const LEAST_SHARE = 0.02;

/** Computes all figures; `null` where it can't be told or never happened. */
export function resilienceOf(input: ResilienceInput): Resilience {
  const goodput = new Goodput(input);
  const first = Math.floor(input.injectNs / input.sliceNs);
  const end = Math.ceil(Math.min(input.nextFaultNs ?? Number.POSITIVE_INFINITY, input.loadEndNs) / input.sliceNs);
  // Where not even silence would be told from chance, nothing else is.
  const tellable = goodput.baselineMessages >= LEAST_BASELINE_MESSAGES && goodput.expected(first, end) >= EVIDENCE;
  return {
    baselinePerSecond: (goodput.perSlice * NS_PER_S) / input.sliceNs,
    tolerance: TOLERANCE,
    timeToDetectNs: input.firstErrorNs === null ? null : input.firstErrorNs - input.injectNs,
    ...(tellable ? dipFigures(input, goodput, first, end) : UNTOLD),
    ...backlogFigures(input),
    latencyRecoveryNs: tellable ? latencyRecovery(input) : null,
    earliestLostAckNs: input.earliestLostAckNs,
  };
}

type DipFigures = Pick<Resilience, "onsetNs" | "unavailableNs" | "timeToRecoverNs" | "dipDepth" | "dipAreaMessages">;

const UNTOLD: DipFigures = {
  onsetNs: null,
  unavailableNs: null,
  timeToRecoverNs: null,
  dipDepth: null,
  dipAreaMessages: null,
};

function dipFigures({ sliceNs, injectNs }: ResilienceInput, goodput: Goodput, first: number, end: number): DipFigures {
  const { dips, until } = untilRecovery(goodput, first, end);
  const unavailableNs = longestSilence(goodput, first, end) * sliceNs;
  const [onset, last] = [dips[0], dips.at(-1)];
  if (!onset || !last) return { onsetNs: null, unavailableNs, timeToRecoverNs: 0, dipDepth: 0, dipAreaMessages: 0 };
  const since = (slice: number) => Math.max(0, slice * sliceNs - injectNs);
  return {
    onsetNs: injectNs + since(onset.first),
    unavailableNs,
    timeToRecoverNs: isOver(goodput, last, until) ? since(last.end) : null,
    dipDepth: Math.max(...dips.map((dip) => depthOf(goodput, dip))),
    dipAreaMessages: dips.reduce((sum, { expected, completed }) => sum + expected - completed, 0),
  };
}

/**
 * The first dip, and those after which goodput was not back to stay: a later one, within 10 s, that costs more than the
 * tolerance of all that was expected since. `until` is where the next dip begins, which is no part of the recovery.
 */
function untilRecovery(goodput: Goodput, first: number, end: number): { dips: Dip[]; until: number } {
  const dips: Dip[] = [];
  for (const dip of dipsIn(goodput, first, end)) {
    const back = dips.at(-1)?.end;
    if (back !== undefined && (dip.first - back) * goodput.sliceNs >= STAYS_RECOVERED_NS)
      return { dips, until: dip.first };
    const cost = dip.expected - dip.completed;
    if (back === undefined || cost >= TOLERANCE * goodput.expected(back, dip.end)) dips.push(dip);
  }
  return { dips, until: end };
}

/**
 * Whether what came after a dip is a recovery: long enough, at the rate that was expected, and with completions that
 * the dip's own rate does not explain.
 */
function isOver(goodput: Goodput, dip: Dip, until: number): boolean {
  if ((until - dip.end) * goodput.sliceNs < LEAST_STAY_NS) return false;
  const expected = goodput.expected(dip.end, until);
  const completed = goodput.completed(dip.end, until);
  if (completed < (1 - TOLERANCE) * expected) return false;
  const share = Math.max(LEAST_SHARE, dip.completed / dip.expected);
  return completed * Math.log(1 / share) - (1 - share) * expected >= EVIDENCE;
}

/** The deepest stretch of a dip that holds enough messages, as the share that was missing. */
function depthOf(goodput: Goodput, { first, end }: Dip): number {
  const slices = Math.min(end - first, Math.ceil(DEPTH_MESSAGES / goodput.perSlice));
  let deepest = 0;
  for (let from = first; from + slices <= end; from++) {
    const expected = goodput.expected(from, from + slices);
    if (expected > 0) deepest = Math.max(deepest, 1 - goodput.completed(from, from + slices) / expected);
  }
  return deepest;
}

/** Slices of the longest time without a completion in which enough was offered to see that. */
function longestSilence(goodput: Goodput, first: number, end: number): number {
  let longest = 0;
  for (let from = first; from < end; from++) {
    if (goodput.completed(from, from + 1) > 0 || goodput.offers(from, from + 1) === 0) continue;
    let to = from + 1;
    let offeredUntil = to;
    while (to < end && goodput.completed(to, to + 1) === 0) {
      to += 1;
      if (goodput.offers(to - 1, to) > 0) offeredUntil = to;
    }
    if (goodput.expected(from, offeredUntil) >= EVIDENCE) longest = Math.max(longest, offeredUntil - from);
    from = to;
  }
  return longest;
}
