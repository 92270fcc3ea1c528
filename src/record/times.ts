import { type Nanoseconds, NS_PER_MS } from "../units.js";

/** Clocks of two processes agree to microseconds; this is for processes that stood still. */
const EARLIEST_NS = -10e9;

/** Whether a time counts from t0 of a run in which nothing can be later than `latestNs`. */
export const isWithin = (atNs: Nanoseconds, latestNs: Nanoseconds): boolean => atNs >= EARLIEST_NS && atNs <= latestNs;

/** Units in which programs tell the time of day, by nanoseconds of each. */
const UNITS = [
  ["ns", 1],
  ["us", 1e3],
  ["ms", NS_PER_MS],
] as const;
/** Years 2017 to 2055, in nanoseconds. */
const DAYS_OF_OURS = [1.5e18, 2.7e18] as const;

/** What somebody who wrote a time that is out of a run has most likely done. */
export function likelyMistake(atNs: Nanoseconds, latestNs: Nanoseconds): string {
  const [from, to] = DAYS_OF_OURS;
  const unit = UNITS.find(([, ns]) => atNs * ns >= from && atNs * ns <= to);
  if (unit) return `this looks like the time of day in ${unit[0]}: use CLOCK_MONOTONIC, less the epochNs of "start"`;
  if (atNs >= 0 && atNs < 2 ** 64 && isWithin(swapped(atNs), latestNs))
    return "this looks like the wrong byte order: write little-endian numbers";
  return 'times are nanoseconds of CLOCK_MONOTONIC, less the epochNs of "start"; was it subtracted?';
}

/** A 64-bit number with its bytes the other way round. */
function swapped(value: number): number {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return Number(bytes.readBigUInt64BE());
}
