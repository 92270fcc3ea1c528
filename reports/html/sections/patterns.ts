import { lossText, patternReasons, patternsSentence } from "../../../src/compare/pattern-words.js";
import type { PatternCell, PatternMatrix } from "../../../src/compare/patterns.js";
import { ratioText } from "../../../src/compare/words.js";
import { type Html, html } from "../html.js";
import { compareSection, scrollTable } from "./compare-parts.js";

const MARKS = { met: "✓", missed: "✗", refused: "–", failed: "⚠" } as const;

/** The matrix: a row for each system, a column for each pattern, and why a cell is not met. */
export function patternsSection(matrix: PatternMatrix): Html {
  const { patterns, targets } = matrix;
  const heads = patterns.map(({ name, directory }) =>
    directory === null ? name : html`<a href="${encodeURI(`${directory}/comparison.html`)}">${name}</a>`,
  );
  const rows = targets.map(
    (target, row) => html`<tr><th scope="row">${target}</th>${patterns.map(({ cells }) => cellOf(cells[row]))}</tr>`,
  );
  const questions = patterns.map(
    ({ name, question }) => question !== null && html`<li><b>${name}</b> ${question}</li>`,
  );
  return compareSection(
    "patterns",
    "Patterns and systems",
    patternsSentence(matrix),
    html`${scrollTable("Patterns and systems", "overview patterns", ["Target", ...heads], rows)}
<p class="note">✓ met: every expectation of the pattern in every run. ✗ missed: in how many runs not. × is limit / measured of the tightest limit on a time: the headroom. – refused: the system lacks something that the pattern needs.</p>
<h3>The patterns</h3><ul class="sentences">${questions}</ul>${reasonsTable(matrix)}`,
  );
}

function cellOf(cell: PatternCell | undefined): Html {
  if (!cell) return html`<td></td>`;
  const { state, headroom, runs, held } = cell;
  const room =
    headroom !== null && html`<small>×${ratioText(headroom.ratio)} </small><small>${headroom.metric}</small>`;
  const loss = lossText(cell);
  const word = state === "missed" ? `missed ${runs - held} of ${runs}` : state;
  return html`<td class="n p-${state}"><span aria-hidden="true">${MARKS[state]} </span>${word}${room}${loss !== "" && html`<small class="bad"><span aria-hidden="true">▲ </span>${loss}</small>`}</td>`;
}

function reasonsTable(matrix: PatternMatrix): Html | null {
  const reasons = patternReasons(matrix);
  if (reasons.length === 0) return null;
  const rows = reasons.map(
    ({ pattern, target, reasons: own }) =>
      html`<tr><th scope="row">${target}</th><td>${pattern}</td><td class="text">${own.join("; ")}</td></tr>`,
  );
  return html`<h3>Why not</h3>${scrollTable("Why not", "reasons", ["Target", "Pattern", "Reason"], rows)}`;
}
