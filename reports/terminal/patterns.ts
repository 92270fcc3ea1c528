/** The matrix of patterns and systems on one screen. */
import { cellText, lossText, patternReasons, patternsSentence } from "../../src/compare/pattern-words.js";
import type { PatternMatrix } from "../../src/compare/patterns.js";
import { plainStyle, type Style } from "./summary.js";

/** Patterns beside each other: there are fewer of them than of systems. */
const COLUMNS = 4;

/** Renders the matrix, a row for each system and a column for each pattern. */
export function renderPatterns(matrix: PatternMatrix, style: Style = plainStyle): string {
  const { patterns, targets } = matrix;
  const blocks: string[] = [];
  for (let at = 0; at < patterns.length; at += COLUMNS) {
    const shown = patterns.slice(at, at + COLUMNS);
    const cells = targets.map((_, row) =>
      shown.map(({ cells: own }) => {
        const cell = own[row];
        return cell ? [cellText(cell), lossText(cell)].filter((text) => text !== "").join(", ") : "";
      }),
    );
    const widths = shown.map(({ name }, column) =>
      Math.max(name.length, ...cells.map((line) => line[column]?.length ?? 0)),
    );
    const first = Math.max(...targets.map((name) => name.length));
    const line = (name: string, texts: readonly string[]) =>
      `  ${name.padEnd(first)}${texts.map((text, column) => `   ${text.padEnd(widths[column] ?? 0)}`).join("")}`.trimEnd();
    const head = style.dim(
      line(
        "",
        shown.map(({ name }) => name),
      ),
    );
    blocks.push([head, ...targets.map((name, row) => line(name, cells[row] ?? []))].join("\n"));
  }
  const reasons = patternReasons(matrix).map(
    ({ pattern, target, reasons: own }) => `  ${target}, ${pattern}: ${own.join("; ")}`,
  );
  const note = style.dim("  met: every expectation in every run; ×: limit / measured of the tightest limit on a time.");
  return `${[style.bold(patternsSentence(matrix)), ...blocks, reasons.join("\n"), note].filter((text) => text !== "").join("\n\n")}\n`;
}
