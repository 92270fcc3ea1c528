/** A comparison as CSV (RFC 4180): one line for each metric of each run. */
import { COUNT_METRICS } from "../../src/compare/metrics.js";
import type { Comparison } from "../../src/compare/schema.js";

const HEAD = ["target", "round", "order", "run", "seed", "verdict", "health", "metric", "unit", "value"];

/** Renders all measured values; times in nanoseconds. */
export function renderComparisonCsv({ subjects, metrics }: Comparison): string {
  const rows = subjects.flatMap(({ name, runs, metrics: own, counts, acked }) =>
    runs.flatMap(({ round, order, id, seed, verdict, health }, at) => {
      const about = [name, round, order, id, seed, verdict, health];
      return [
        [...about, "acked", "messages", acked[at] ?? ""],
        ...COUNT_METRICS.map((metric) => [...about, metric.id, "messages", counts[metric.id]?.[at] ?? ""]),
        ...metrics.map((metric) => [...about, metric.id, metric.unit, own[metric.id]?.values[at] ?? ""]),
      ];
    }),
  );
  return `${[HEAD, ...rows].map((row) => row.map(field).join(",")).join("\r\n")}\r\n`;
}

/** What a spreadsheet would take for a formula, if need be after it has dropped the blanks before it. */
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r]/;

/** A text that a spreadsheet would take for a formula is marked as text. */
function field(value: string | number): string {
  if (typeof value === "number") return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
