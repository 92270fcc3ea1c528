/** Differences as a table with a forest plot in it; plain inputs, so that other reports can draw it too. */
import { type Html, html } from "../html.js";
import { type ForestAxis, forestAxis, forestRow, forestTicks, type Ratio } from "../svg/forest.js";

/** One side of a metric, held against the reference. */
export interface DeltaRow {
  readonly name: string;
  /** The value and its interval, as text. */
  readonly value: string;
  readonly interval: string;
  /** `null` for the reference itself. */
  readonly ratio: Ratio | null;
  /** Why nothing is told; else empty. */
  readonly why: string;
}

/** All sides of one metric. */
export interface DeltaGroup {
  readonly label: string;
  readonly better: "lower" | "higher";
  /** What it shows, in a sentence. */
  readonly sentence: string;
  readonly rows: readonly DeltaRow[];
}

const WORDS = { better: "better", worse: "worse", "~": "~" } as const;
const MARKS = { better: "◆", worse: "■", "~": "○" } as const;

/** The table: a group of rows for each metric, each row with its part of the forest plot. */
export function deltaTable(label: string, groups: readonly DeltaGroup[], minimumEffect: number): Html {
  const head = ["Target", "Median", "Runs lie in", "Ratio", "Interval"];
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}, table"><table class="delta"><thead><tr>${head.map(
    (text, at) => html`<th scope="col"${at > 0 && html` class="n"`}>${text}</th>`,
  )}<th scope="col">Ratio and its pairs</th><th scope="col">Told apart</th></tr></thead>${groups.map((group) => groupRows(group, minimumEffect))}</table></div>`;
}

function groupRows({ label, better, sentence, rows }: DeltaGroup, minimumEffect: number): Html {
  const axis = forestAxis(
    rows.flatMap(({ ratio }) => (ratio ? [ratio] : [])),
    minimumEffect,
  );
  return html`<tbody><tr class="group"><th scope="rowgroup" colspan="5"><b>${label}</b> <small>${better} is better. ${sentence}</small></th><td class="axis">${forestTicks(axis)}</td><td></td></tr>${rows.map((row) => deltaRow(row, axis, label))}</tbody>
`;
}

function deltaRow({ name, value, interval, ratio, why }: DeltaRow, axis: ForestAxis, metric: string): Html {
  const figure = (number: number | null | undefined) =>
    number === null || number === undefined ? "–" : `×${digits(number)}`;
  const range = ratio && ratio.low !== null ? `${figure(ratio.low)} to ${figure(ratio.high)}` : "–";
  const told = value === "–" ? null : ratio?.told;
  const says = ratio
    ? `${metric} of ${name}: ${figure(ratio.ratio)} of the reference, interval ${range}`
    : `${metric} of ${name}: the reference`;
  const verdict = told
    ? html`<span class="told t-${told === "~" ? "same" : told}"><span aria-hidden="true">${MARKS[told]}</span> ${WORDS[told]}</span>${why !== "" && html`<small>${why}</small>`}`
    : html`<span class="dim">${ratio ? why : "reference"}</span>`;
  return html`<tr><th scope="row">${name}</th><td class="n value">${value}</td><td class="n" data-label="runs">${interval}</td><td class="n" data-label="ratio">${ratio ? figure(ratio.ratio) : ""}</td><td class="n" data-label="interval">${ratio ? range : ""}</td><td class="plot-cell">${forestRow(axis, ratio, says)}</td><td class="verdict-cell">${verdict}</td></tr>
`;
}

function digits(ratio: number): string {
  if (ratio >= 100) return ratio.toFixed(0);
  if (ratio >= 10) return ratio.toFixed(1);
  return ratio >= 0.1 ? ratio.toFixed(2) : ratio.toPrecision(2);
}
