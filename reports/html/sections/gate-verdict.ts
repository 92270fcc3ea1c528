import { basisLine, deliveryLines, METRIC_HEADS, metricCells, settingsLine } from "../../../src/gate/rows.js";
import type { GateResult } from "../../../src/gate/schema.js";
import { type Html, html } from "../html.js";
import { type Mark, verdictBadge } from "../mark.js";
import { scrollTable, sentenceList } from "./compare-parts.js";
import { expectationList } from "./verdict.js";

const MARKS = {
  regression: { word: "Regression", shape: "cross", tone: "fail" },
  improvement: { word: "Improvement", shape: "up", tone: "pass" },
  pass: { word: "Pass", shape: "tick", tone: "pass" },
  inconclusive: { word: "Inconclusive", shape: "bar", tone: "inconclusive" },
} as const satisfies Record<GateResult["verdict"], Mark>;
/** Of anything that can be as long as a scenario makes it. */
const MOST_LINES = 20;

/** The first screen: the verdict, why, every metric in one line, and what happened to the messages. */
export function gateVerdict(gate: GateResult): Html {
  const { verdict, reasons, metrics, interrupted } = gate;
  const cut =
    interrupted &&
    html`<aside class="banner" aria-label="The gate was cut short"><b><span aria-hidden="true">⚠ </span>Read this first</b><ul><li>The gate was interrupted: what the whole pairs say until then is shown.</li></ul></aside>`;
  const rows = metrics.map((metric) => {
    const [label = "", ...cells] = metricCells(metric);
    const bad = metric.verdict === "regression";
    return html`<tr><th scope="row">${label}</th>${cells.map((text, at) => html`<td class="n${bad && at === cells.length - 1 && " bad"}">${text}</td>`)}</tr>`;
  });
  return html`<header class="strip">
<div class="title">${verdictBadge(MARKS[verdict])}<h1>${gate.name}</h1></div>
<p class="target">${basisLine(gate)}</p>
${sentenceList(capped(reasons), "Reasons")}
${rows.length > 0 && scrollTable("Metrics", "overview matrix", METRIC_HEADS, rows)}
${sentenceList(deliveryLines(gate), "Delivery")}
${requirements(gate)}
<p class="note">${settingsLine(gate)}.</p>
</header>
${cut}`;
}

/** As many as a page takes; the others are counted, and stand in gate.json. */
const capped = (texts: readonly string[]): string[] =>
  texts.length <= MOST_LINES
    ? [...texts]
    : [...texts.slice(0, MOST_LINES), `and ${texts.length - MOST_LINES} more, in gate.json`];

/** What failed first: of many, those that held are left out. */
function requirements({ thresholds, expectations }: GateResult): Html {
  const all = [...thresholds, ...expectations].sort((a, b) => Number(a.passed) - Number(b.passed));
  const left = all.length - MOST_LINES;
  return html`${expectationList(all.slice(0, MOST_LINES), "Thresholds and expectations")}${left > 0 && html`<p class="note">and ${left} more, in gate.json</p>`}`;
}
