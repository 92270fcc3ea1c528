/** A gate's end on one screen: the verdict and why first. */
import { deliveryLines, headline, METRIC_HEADS, metricCells, settingsLine } from "../../src/gate/rows.js";
import type { GateResult } from "../../src/gate/schema.js";
import { plainStyle, type Style } from "./summary.js";

/** Renders a gate's result for a terminal of about 100 columns. */
export function renderGate(gate: GateResult, style: Style = plainStyle): string {
  const sections = [
    [`${word(gate, style)}  ${style.bold(headline(gate))}`, ...gate.reasons.map((reason) => `  ${reason}`)],
    table(gate),
    deliveryLines(gate).map((line, at) => `  ${(at === 0 ? "messages" : "").padEnd(10)}${line}`),
    requirementLines(gate, style),
    gate.differences.map(
      ({ path, baseline, candidate }, at) =>
        `  ${(at === 0 ? "differs" : "").padEnd(10)}${path}: ${baseline} -> ${candidate}`,
    ),
    noteLines(gate, style),
    [style.dim(`  ${settingsLine(gate)}`)],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function word({ verdict }: GateResult, style: Style): string {
  const text = verdict.toUpperCase();
  if (verdict === "regression") return style.bad(text);
  return verdict === "inconclusive" ? style.warn(text) : style.good(text);
}

function table({ metrics }: GateResult): string[] {
  if (metrics.length === 0) return [];
  const rows = [[...METRIC_HEADS], ...metrics.map(metricCells)];
  const widths = METRIC_HEADS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const align = (cell: string, column: number) => {
    const width = widths[column] ?? 0;
    return column === 0 || column === METRIC_HEADS.length - 1 ? cell.padEnd(width) : cell.padStart(width);
  };
  return rows.map((row) => `  ${row.map(align).join("  ").trimEnd()}`);
}

function requirementLines({ thresholds, expectations }: GateResult, style: Style): string[] {
  return [...thresholds, ...expectations].map(
    ({ passed, text }) => `  ${passed ? style.good("ok  ") : style.bad("FAIL")} ${text}`,
  );
}

const NOTES_SHOWN = 5;

function noteLines({ slices }: GateResult, style: Style): string[] {
  const notes = slices.flatMap(({ notes, pair, side }) => notes.map((note) => `${side} in pair ${pair}: ${note}`));
  const more = notes.length > NOTES_SHOWN ? [`and ${notes.length - NOTES_SHOWN} more, in gate.json`] : [];
  return [...notes.slice(0, NOTES_SHOWN), ...more].map((note) => `  ${style.warn("note")} ${note}`);
}
