/** How measured values are written for people; the same in the terminal and in the reports. */

import { significant } from "../format.js";
import type { MetricUnit } from "../metrics/unit.js";
import { NS_PER_MS, NS_PER_S } from "../units.js";

const TIME_UNITS = [
  [1, "ns"],
  [1e3, "µs"],
  [NS_PER_MS, "ms"],
] as const;

/** A span of time with three significant digits: "412 µs", "3.14 ms", "5.02 s"; "0 s". */
export function formatNs(ns: number): string {
  if (!Number.isFinite(ns)) return "never";
  if (ns === 0) return "0 s";
  // What rounds up to a thousand is one of the next unit.
  const [size, unit] = TIME_UNITS.find(([each]) => ns < each * 999.5) ?? [NS_PER_S, "s"];
  return `${significant(ns / size)} ${unit}`;
}

/** A count with thin groups: "12,345". */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US", { maximumFractionDigits: 1 });
}

/** A value in its metric's unit. */
export function formatMetric(value: number, unit: MetricUnit | undefined): string {
  if (unit === "ns") return formatNs(value);
  if (unit === "perSecond") return `${formatCount(value)}/s`;
  if (unit === "share") return `${significant(value * 100)} %`;
  return formatCount(value);
}
