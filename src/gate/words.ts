import { formatCount, formatNs } from "../result/format.js";
import { NS_PER_MS } from "../units.js";
import type { GateMetric } from "./metrics.js";

/** A change as a person reads it: "+14 %", "-0.6 %"; of less than 10 % with one decimal. */
export function formatChange(change: number): string {
  const percent = change * 100;
  const digits = Math.abs(percent) < 9.95 ? 1 : 0;
  const text = Math.abs(percent).toFixed(digits);
  const sign = Number(text) === 0 ? "" : percent < 0 ? "-" : "+";
  return `${sign}${Number(text)} %`;
}

/** Bounds of a change: "[+9, +20]"; a side of which nothing is known is open. */
export function formatBounds(lower: number | null, upper: number | null): string {
  const bound = (value: number | null) => (value === null ? "?" : formatChange(value).replace(" %", ""));
  return `[${bound(lower)}, ${bound(upper)}]`;
}

/** A value of a gated metric in its unit. */
export const formatGateValue = (value: number, { unit }: Pick<GateMetric, "unit">): string =>
  unit === "ns" ? formatNs(value) : `${formatCount(value)}/s`;

/** One sentence on a metric: "p50 of end-to-end +14 % [+9, +20], floor 0.2 ms, 20 pairs". */
export function describeMetric(
  metric: GateMetric,
  found: { readonly change: number; readonly lower: number | null; readonly upper: number | null },
  { floorNs, basis }: { readonly floorNs: number; readonly basis: string },
): string {
  const floor = metric.unit === "ns" && floorNs > 0 ? `floor ${floorNs / NS_PER_MS} ms, ` : "";
  return `${metric.label} ${formatChange(found.change)} ${formatBounds(found.lower, found.upper)}, ${floor}${basis}`;
}
