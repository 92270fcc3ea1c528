import { basisLine, deliveryLines, METRIC_HEADS, metricCells, settingsLine } from "../../../src/gate/rows.js";
import type { GateResult } from "../../../src/gate/schema.js";
import { type Html, html } from "../html.js";
import { type Mark, verdictBadge } from "../mark.js";
import { scrollTable } from "./compare-parts.js";

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
${list(reasons, "Reasons")}
${rows.length > 0 && scrollTable("Metrics", "overview matrix", METRIC_HEADS, rows)}
${list(deliveryLines(gate), "Delivery")}
${requirements(gate)}
<p class="note">${settingsLine(gate)}.</p>
</header>
${cut}`;
}

function list(texts: readonly string[], label: string): Html {
  const left = texts.length - MOST_LINES;
  return html`<ul class="sentences" aria-label="${label}">${texts.slice(0, MOST_LINES).map((text) => html`<li>${text}</li>`)}${left > 0 && html`<li>and ${left} more, in gate.json</li>`}</ul>`;
}

function requirements({ thresholds, expectations }: GateResult): Html | null {
  const all = [...thresholds, ...expectations];
  if (all.length === 0) return null;
  const items = all
    .slice(0, MOST_LINES)
    .map(
      ({ passed, text }) =>
        html`<li class="${passed ? "held" : "failed"}"><span class="word">${passed ? "✓ held" : "✗ failed"}</span> ${text}</li>`,
    );
  return html`<ul class="expectations" aria-label="Thresholds and expectations">${items}</ul>`;
}
