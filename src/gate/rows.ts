import { formatCount } from "../result/format.js";
import { NS_PER_MS } from "../units.js";
import type { GateResult } from "./schema.js";
import { formatBounds, formatChange, formatGateValue } from "./words.js";

/** Heads of the table of metrics, the same in every report. */
export const METRIC_HEADS = [
  "metric",
  "baseline",
  "candidate",
  "change",
  "interval",
  "p",
  "can find",
  "verdict",
] as const;

/** A gated metric as the cells of a table. */
export function metricCells(metric: GateResult["metrics"][number]): string[] {
  const { lower, upper, minimumDetectableChange: least } = metric;
  return [
    metric.label,
    formatGateValue(metric.baseline, metric),
    formatGateValue(metric.candidate, metric),
    formatChange(metric.change),
    formatBounds(lower, upper),
    formatP(metric.pAdjusted),
    least === null ? "nothing" : formatChange(least),
    metric.verdict,
  ];
}

/** A p-value: two significant digits, and no more zeros than anybody reads. */
const formatP = (p: number): string => (p < 0.0001 ? "< 0.0001" : String(Number(p.toPrecision(2))));

/** What happened to the messages of each side, in one line each. */
export function deliveryLines({ delivery }: GateResult): string[] {
  const line = (side: string, d: GateResult["delivery"]["candidate"]) =>
    `${side}: acked ${formatCount(d.acked)}, lost ${formatCount(d.lost)}, phantom ${formatCount(d.phantom)}, corrupt ${formatCount(d.corrupt)}, stuck ${formatCount(d.stuck)}, unseen ${formatCount(d.unseen)}, duplicates ${formatCount(d.duplicates)}`;
  return [...(delivery.baseline ? [line("baseline", delivery.baseline)] : []), line("candidate", delivery.candidate)];
}

/** What the gate is held to, in one sentence. */
export function settingsLine({ settings, looksTaken, stored }: GateResult): string {
  const looks = settings.looks.map(({ pairs }) => pairs).join(", ");
  const when = stored ? `needs ${stored.needed} earlier jobs` : `looks at ${looks} pairs (${looksTaken} taken)`;
  return `${when}; a change counts from ${formatChange(settings.minEffect).slice(1)} and ${settings.floorNs / NS_PER_MS} ms; a pass leaves less than ${formatChange(settings.tolerance).slice(1)} possible`;
}

/** The verdict in one line, for heads and titles. */
export const headline = (gate: GateResult): string => `${gate.name}: ${basisLine(gate)}`;

/** What the verdict rests on, in one line. */
export function basisLine({ pairs, stored, interrupted }: GateResult): string {
  const against = stored
    ? `against ${stored.jobs} comparable earlier jobs`
    : `${pairs} ${pairs === 1 ? "pair" : "pairs"}`;
  return `${against}${interrupted ? " (partial: the gate was interrupted)" : ""}`;
}
