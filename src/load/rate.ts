/** Offered rates as functions of time, with their exact integrals: how many messages are due by when. */
import type { RateShape } from "../scenario/scenario.js";
import { type Milliseconds, type Nanoseconds, NS_PER_MS, NS_PER_S, type PerSecond } from "../units.js";

/** A rate over time in its integral form; both functions never fall. */
export interface RateIntegral {
  /** Messages due in [0, timeNs), not rounded. */
  countAt(timeNs: Nanoseconds): number;
  /** The time at which `countAt` begins to exceed `count`; infinite when it never does. */
  timeOf(count: number): Nanoseconds;
}

/** A stretch of time in which the rate changes linearly, in messages per second. */
interface Piece {
  readonly startNs: Nanoseconds;
  readonly from: number;
  readonly to: number;
  /** Infinite for the last one, whose rate is constant. */
  readonly lengthNs: number;
}

/** Builds the integral of a rate. */
export function integrate(rate: PerSecond | Exclude<RateShape, { kind: "trace" }>): RateIntegral {
  if (typeof rate === "number") return linear([constantFrom(0, rate)]);
  switch (rate.kind) {
    case "ramp": {
      const [startNs, lengthNs] = [rate.at * NS_PER_MS, rate.over * NS_PER_MS];
      return linear([
        ...stretch(0, startNs, rate.from),
        { startNs, from: rate.from, to: rate.to, lengthNs },
        constantFrom(startNs + lengthNs, rate.to),
      ]);
    }
    case "step":
      return linear(stairs(rate));
    case "spike":
      return linear(spikes(rate));
    case "sine":
      return sine(rate);
  }
}

const constantFrom = (startNs: Nanoseconds, rate: number): Piece => ({
  startNs,
  from: rate,
  to: rate,
  lengthNs: Number.POSITIVE_INFINITY,
});

const stretch = (startNs: Nanoseconds, endNs: Nanoseconds, rate: number): Piece[] =>
  endNs > startNs ? [{ startNs, from: rate, to: rate, lengthNs: endNs - startNs }] : [];

/** Levels from the first to the last rate, evenly apart; each lasts `every`, the last one for good. */
function stairs({ from, to, steps, every }: Extract<RateShape, { kind: "step" }>): Piece[] {
  const everyNs = every * NS_PER_MS;
  return Array.from({ length: steps }, (_, step) => {
    const rate = step === steps - 1 ? to : from + ((to - from) * step) / (steps - 1);
    const level = constantFrom(step * everyNs, rate);
    return step === steps - 1 ? level : { ...level, lengthNs: everyNs };
  });
}

function spikes({ base, peak, at, for: lasting, repeat }: Extract<RateShape, { kind: "spike" }>): Piece[] {
  const timeNs = (ms: Milliseconds, times = 0) => (at + ms + times * repeat.every) * NS_PER_MS;
  const zero = 0 as Milliseconds;
  const pieces = stretch(0, timeNs(zero), base);
  for (let spike = 0; spike < repeat.times; spike++) {
    const endNs = timeNs(lasting, spike);
    pieces.push(...stretch(timeNs(zero, spike), endNs, peak));
    if (spike < repeat.times - 1) pieces.push(...stretch(endNs, timeNs(zero, spike + 1), base));
    else pieces.push(constantFrom(endNs, base));
  }
  return pieces;
}

/** The pieces' trapezoids summed up; the inverse solves the quadratic of one piece. */
function linear(all: readonly Piece[]): RateIntegral {
  const pieces = all.filter(({ lengthNs }) => lengthNs > 0);
  const before: number[] = [];
  let sum = 0;
  for (const piece of pieces) {
    before.push(sum);
    if (Number.isFinite(piece.lengthNs)) sum += within(piece, piece.lengthNs);
  }
  const last = pieces.length - 1;
  return {
    countAt(timeNs) {
      let at = last;
      while (at > 0 && (pieces[at]?.startNs ?? 0) > timeNs) at -= 1;
      const piece = pieces[at];
      return piece === undefined ? 0 : (before[at] ?? 0) + within(piece, Math.max(0, timeNs - piece.startNs));
    },
    timeOf(count) {
      let at = last;
      while (at > 0 && (before[at] ?? 0) > count) at -= 1;
      const piece = pieces[at];
      return piece === undefined ? Number.POSITIVE_INFINITY : piece.startNs + until(piece, count - (before[at] ?? 0));
    },
  };
}

/** Messages due in the first `ns` of a piece. */
function within({ from, to, lengthNs }: Piece, ns: number): number {
  if (from === to) return (from * ns) / NS_PER_S;
  return ((from + ((to - from) * ns) / (2 * lengthNs)) * ns) / NS_PER_S;
}

/** Time after which `count` messages of a piece were due. */
function until({ from, to, lengthNs }: Piece, count: number): number {
  if (from === 0 && to === 0) return Number.POSITIVE_INFINITY;
  if (count <= 0) return 0;
  if (from === to) return count * (NS_PER_S / from);
  const slope = (to - from) / (2 * lengthNs);
  // The form of the solution that neither cancels nor divides by a slope of almost zero.
  const root = Math.sqrt(Math.max(0, from * from + 4 * slope * count * NS_PER_S));
  return Math.min(lengthNs, (2 * count * NS_PER_S) / (from + root));
}

/** mean + amplitude x sin(2 pi t / period); inverted by bisection, which no flat trough can lead astray. */
function sine({ mean, amplitude, period }: Extract<RateShape, { kind: "sine" }>): RateIntegral {
  const periodNs = period * NS_PER_MS;
  const swing = (amplitude * period) / 1000 / (2 * Math.PI);
  const countAt = (timeNs: Nanoseconds) =>
    (mean * timeNs) / NS_PER_S + swing * (1 - Math.cos((2 * Math.PI * timeNs) / periodNs));
  return {
    countAt,
    timeOf(count) {
      // The integral is never below that of the mean alone, nor more than 2 x swing above it.
      let high = (count / mean) * NS_PER_S;
      let low = Math.max(0, ((count - 2 * swing) / mean) * NS_PER_S);
      for (;;) {
        const middle = (low + high) / 2;
        if (high - low < 0.5 || middle <= low || middle >= high) return high;
        if (countAt(middle) < count) low = middle;
        else high = middle;
      }
    },
  };
}
