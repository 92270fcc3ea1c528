import { NS_PER_S } from "../units.js";

/** Completions of any stretch of time beside what the baseline says that it should complete. */

/** Counts per slice and the baseline that they are held against. */
export interface GoodputInput {
  readonly sliceNs: number;
  /** First completions, and messages offered, per slice. */
  readonly completed: readonly number[];
  readonly offered: readonly number[];
  /** Whether `offered` is a schedule's, which no fault can change; a closed load offers what it can send. */
  readonly scheduled: boolean;
  /** Slices of the undisturbed load: [first, end). */
  readonly baseline: readonly [number, number];
}

/** What is offered may be completed up to this much later without a dip: a rate that rises is not followed at once. */
const LATE_NS = NS_PER_S;
/** Slices on either side that say whether more is offered than in the baseline. */
const REACH = 5;
/** Standard deviations of a Poisson count that are chance. */
const CHANCE = 3;

/** Sums over slices [first, end) in constant time. */
export class Goodput {
  /** Completions in the baseline. */
  readonly baselineMessages: number;
  /** Their mean per slice. */
  readonly perSlice: number;
  readonly sliceNs: number;
  private readonly done: Float64Array;
  private readonly offered: Float64Array;
  /** What is due of what is offered; `null` where the offer says nothing. */
  private readonly due: Float64Array | null;
  private readonly late: number;

  constructor({ sliceNs, completed, offered, scheduled, baseline: [first, end] }: GoodputInput) {
    this.sliceNs = sliceNs;
    this.done = cumulative(completed);
    this.offered = cumulative(offered);
    this.late = Math.ceil(LATE_NS / sliceNs);
    this.baselineMessages = between(this.done, first, end);
    this.perSlice = end > first ? this.baselineMessages / (end - first) : 0;
    const usual = end > first ? between(this.offered, first, end) / (end - first) : 0;
    const due = (slice: number) => (this.perSlice / usual) * this.atMost(slice, usual);
    this.due = scheduled && usual > 0 ? cumulative(offered.map((_, slice) => due(slice))) : null;
  }

  completed(first: number, end: number): number {
    return between(this.done, first, end);
  }

  offers(first: number, end: number): number {
    return between(this.offered, first, end);
  }

  /** What the system would have completed: as much as in the baseline, and where less was due, that. */
  expected(first: number, end: number): number {
    const most = this.perSlice * (end - first);
    return this.due ? Math.min(most, between(this.due, first, end)) : most;
  }

  /**
   * The offer of a slice. Where more is offered around it than in the baseline, no more than that: what a system does
   * beyond is not known. Where it has just risen, what was offered before.
   */
  private atMost(slice: number, usual: number): number {
    const around = this.offers(slice - REACH, slice + REACH + 1);
    const before =
      slice < this.late + REACH ? around : this.offers(slice - this.late - REACH, slice - this.late + REACH + 1);
    const limit = Math.min(usual * (2 * REACH + 1), before);
    const offered = this.offers(slice, slice + 1);
    return around > limit + CHANCE * Math.sqrt(limit) ? (offered * limit) / around : offered;
  }
}

function cumulative(counts: readonly number[]): Float64Array {
  const sums = new Float64Array(counts.length + 1);
  counts.forEach((count, slice) => {
    sums[slice + 1] = (sums[slice] ?? 0) + count;
  });
  return sums;
}

function between(sums: Float64Array, first: number, end: number): number {
  const at = (slice: number) => sums[Math.min(Math.max(slice, 0), sums.length - 1)] ?? 0;
  return at(end) - at(first);
}
