/** A comparison on one screen: the verdict first. */
import { COUNT_METRICS } from "../../src/compare/metrics.js";
import type { Comparison } from "../../src/compare/schema.js";
import {
  capacityText,
  countText,
  differenceOf,
  failureText,
  headline,
  outcomeOf,
  toldText,
  valueText,
  verdictSentences,
} from "../../src/compare/words.js";
import { plainStyle, type Style } from "./summary.js";

/** Columns of one table at most, beside the names. */
const COLUMNS = 4;
const SENTENCES = 12;

/** Renders a comparison for a terminal of about 100 columns. */
export function renderComparison(comparison: Comparison, style: Style = plainStyle): string {
  const outcome = outcomeOf(comparison);
  const word = outcome === "told apart" ? style.bold("TOLD APART") : style.warn(outcome.toUpperCase());
  const lines = [`${word}  ${style.bold(comparison.name)}: ${headline(comparison)}`];
  if (comparison.question !== null) lines.push(style.dim(comparison.question));
  const sentences = verdictSentences(comparison);
  const shown = sentences.slice(0, SENTENCES).map((sentence) => `  ${sentence}`);
  const sections = [
    lines,
    shown,
    ...tables(comparison, style),
    comparison.findings.map((finding) => `  ${style.warn("not like for like")} ${finding}`),
    comparison.failures.map((failure) => `  ${style.bad("left out")} ${failureText(failure)}`),
    [
      style.dim(
        "  Median over the runs; × the reference. ~: can't be told from it (docs/compare.md says how it is decided).",
      ),
    ],
  ];
  return `${sections
    .filter((part) => part.length > 0)
    .map((part) => part.join("\n"))
    .join("\n\n")}\n`;
}

interface Column {
  readonly head: string;
  readonly cells: readonly string[];
}

function tables(comparison: Comparison, style: Style): string[][] {
  const { subjects, metrics } = comparison;
  const counts = COUNT_METRICS.map(
    ({ id, label }): Column => ({ head: label, cells: subjects.map((subject) => countText(subject, id)) }),
  );
  const ratios = metrics
    .map(
      ({ id, label, unit }): Column => ({
        head: label,
        cells: subjects.map((subject) => {
          const value = valueText(subject.metrics[id]?.median ?? null, unit);
          return [value, toldText(differenceOf(comparison, subject.name, id))].filter((text) => text !== "").join("  ");
        }),
      }),
    )
    .filter(({ cells }) => cells.some((cell) => !cell.startsWith("–")));
  const verdicts: Column = {
    head: "runs passed",
    cells: subjects.map(({ runs }) => `${runs.filter(({ verdict }) => verdict === "pass").length} of ${runs.length}`),
  };
  const capacity: Column = { head: "own capacity (one run)", cells: subjects.map(capacityText) };
  const asked = subjects.some((subject) => subject.capacity !== null);
  const groups = [[verdicts, ...counts, ...(asked ? [capacity] : [])]];
  for (let at = 0; at < ratios.length; at += COLUMNS) groups.push(ratios.slice(at, at + COLUMNS));
  return groups.map((group) =>
    table(
      subjects.map(({ name }) => name),
      group,
      style,
    ),
  );
}

function table(names: readonly string[], columns: readonly Column[], style: Style): string[] {
  const first = Math.max(...names.map((name) => name.length));
  const widths = columns.map(({ head, cells }) => Math.max(head.length, ...cells.map((cell) => cell.length)));
  const line = (name: string, cells: readonly string[]) =>
    `  ${name.padEnd(first)}${cells.map((cell, at) => `   ${cell.padEnd(widths[at] ?? 0)}`).join("")}`.trimEnd();
  const head = style.dim(
    line(
      "",
      columns.map(({ head: text }) => text),
    ),
  );
  return [
    head,
    ...names.map((name, row) =>
      line(
        name,
        columns.map(({ cells }) => cells[row] ?? ""),
      ),
    ),
  ];
}
