import { NOTHING, size, tickCount, tickTime, time } from "../format.js";
import type { Kind } from "../payload.js";

const MIB = 2 ** 20;

/** A value of a chart, for the legend and the tables. */
export function written(kind: Kind, value: number | null | undefined): string {
  if (value === null || value === undefined) return NOTHING;
  switch (kind) {
    case "latency":
      return time(value);
    case "rate":
      return `${value.toLocaleString("en-US", { maximumFractionDigits: 1 })}/s`;
    case "count":
      return value.toLocaleString("en-US");
    case "percent":
      return `${value.toFixed(1)} %`;
    case "bytes":
      return size(value);
  }
}

/** A value on an axis. */
export function tick(kind: Kind, value: number): string {
  if (kind === "latency") return tickTime(value);
  if (kind === "percent") return `${value} %`;
  return kind === "bytes" ? `${tickCount(value / MIB)} MiB` : tickCount(value);
}

/** Steps between the ticks of a linear axis; `null` leaves them to the chart. */
export function tickSteps(kind: Kind): number[] | null {
  if (kind !== "bytes") return null;
  return [1, 2, 5]
    .flatMap((step) => [1, 10, 100, 1000, 10_000].map((power) => step * power * MIB))
    .sort((a, b) => a - b);
}

/** Seconds since t0 with the digits that a step of the axis needs. */
export function secondsText(seconds: number, stepS: number): string {
  const whole = (digits: number) => Math.abs(stepS * 10 ** digits - Math.round(stepS * 10 ** digits)) < 1e-6;
  return `${seconds.toFixed([0, 1].find(whole) ?? 2)} s`;
}
