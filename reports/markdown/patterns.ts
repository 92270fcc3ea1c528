import { cellText, lossText, patternReasons, patternsSentence } from "../../src/compare/pattern-words.js";
import type { PatternMatrix } from "../../src/compare/patterns.js";
import { list, table, text } from "./markdown.js";

/** Renders the matrix of patterns and systems for a page or an issue. */
export function renderPatternsMarkdown(matrix: PatternMatrix): string {
  const { patterns, targets, startedAt, machine, havoqVersion, command } = matrix;
  const rows = targets.map((name, row) => [
    name,
    ...patterns.map(({ cells }) => {
      const cell = cells[row];
      return cell ? [cellText(cell), lossText(cell)].filter((part) => part !== "").join(", ") : "";
    }),
  ]);
  const reasons = patternReasons(matrix).map(
    ({ pattern, target, reasons: own }) => `${target}, ${pattern}: ${own.join("; ")}`,
  );
  const parts = [
    text(patternsSentence(matrix)),
    table(["", ...patterns.map(({ name }) => name)], rows),
    "met: every expectation in every run; ×: limit / measured of the tightest limit on a time.",
    reasons.length > 0 ? `<details><summary>Why not</summary>\n\n${list(reasons)}\n\n</details>` : "",
    text(`Measured ${startedAt ?? ""} on ${machine ?? "an unknown machine"} with havoq ${havoqVersion}: ${command}`),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}
