/** How numbers are written on the page; used on the server side and in the browser. */

import { formatBytes } from "../../src/format.js";
import { formatCount, formatNs } from "../../src/result/format.js";
import { NS_PER_S } from "../../src/units.js";

export { formatBytes as size, formatCount as count };

/** Stands where nothing was measured. */
export const NOTHING = "–";

/** A span of time with three significant digits: "412 µs", "5.02 s"; a dash for none. */
export function time(ns: number | null): string {
  return ns === null ? NOTHING : formatNs(ns);
}

/** A moment of the run, in seconds since its first intended send: "31.0 s". */
export function moment(ns: number): string {
  return `${(ns / NS_PER_S).toFixed(1)} s`;
}

/** A round span of time for an axis: "200 µs", "1 s". */
export function tickTime(ns: number): string {
  return time(ns)
    .replace(/(\.\d*?)0+ /, "$1 ")
    .replace(". ", " ");
}

/** A count for an axis: "950", "12k", "1.5M". */
export function tickCount(value: number): string {
  if (value >= 1_000_000) return `${trim(value / 1_000_000)}M`;
  return value >= 1e4 ? `${trim(value / 1e3)}k` : trim(value);
}

/** A share, 0 to 1, in per cent; never rounded to nothing or to all when it is not. */
export function share(part: number, whole = 1): string {
  if (whole === 0) return NOTHING;
  const percent = (part / whole) * 100;
  if (percent > 0 && percent < 0.01) return "<0.01 %";
  if (percent < 100 && percent >= 99.995) return ">99.99 %";
  return `${trim(percent)} %`;
}

/** "1 message", "2,000 messages". */
export function counted(number: number, noun: string): string {
  return `${formatCount(number)} ${noun}${number === 1 ? "" : "s"}`;
}

function trim(value: number): string {
  return String(Number(value.toFixed(2)));
}
