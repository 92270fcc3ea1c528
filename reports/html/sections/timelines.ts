import { NS_PER_S } from "../../../src/units.js";
import type { Chart } from "../charts/chart.js";
import { densest, heatmapSentence } from "../charts/heatmap.js";
import { count, counted, time } from "../format.js";
import { type Html, html } from "../html.js";
import type { HeatmapData } from "../payload.js";
import { endNs, type RunView, section } from "../run-view.js";

/** The charts over time; drawn by the page's script, with their sentences and tables. */
export function timelinesSection(view: RunView, charts: readonly Chart[]): Html {
  const { faults } = view.result;
  const happened = faults.filter(({ error }) => error === null).length;
  const bands =
    happened === 0
      ? "No fault was injected."
      : `${counted(happened, "fault")} ${happened === 1 ? "is" : "are"} drawn as a band from injection to heal, or as a line when ${happened === 1 ? "it has" : "they have"} no duration.`;
  return section(
    view,
    "timelines",
    "Over time",
    `${time(endNs(view.result))} from the first intended send. ${bands}`,
    html`<p class="note screen">One cursor runs through all charts: point, or focus a chart and use ← → (Shift: ten steps), Home, End, Esc. Drag to zoom, double-click to see all. Dashed lines part the phases.</p>
<p class="note scriptless">These charts need JavaScript; the figures, the percentile plot and the ledger do not.</p>
${charts.map(({ data, sentence, note }) => figure(data.id, data.title, sentence, note, "chart"))}`,
  );
}

/** The heatmap of end-to-end latencies, on the same time axis. */
export function heatmapSection(view: RunView, heatmap: HeatmapData | null): Html | null {
  if (heatmap === null) return null;
  const most = densest(heatmap);
  const note = `Each column is ${time(heatmap.columnS * NS_PER_S)} wide, each row a third of a doubling. The colour goes with the square root of the count; hatched columns have no data.`;
  return section(
    view,
    "heat",
    "Latency heatmap",
    heatmapSentence(view.result),
    html`<p class="ramp"><span>1</span><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="f-ramp" width="100" height="10"/></svg><span>${count(most)} messages</span><svg class="swatch" viewBox="0 0 12 12" aria-hidden="true"><rect class="f-nodata" width="12" height="12"/></svg><span>no data</span></p>
${figure(heatmap.id, "End-to-end latency by time due", note, null, "chart heat")}`,
  );
}

function figure(id: string, title: string, sentence: string, note: string | null, className: string): Html {
  return html`<figure>
<figcaption><b id="${id}-title">${title}</b> <span id="${id}-says">${sentence}</span></figcaption>
<div class="${className}" id="${id}" tabindex="0" role="group" aria-roledescription="chart" aria-labelledby="${id}-title" aria-describedby="${id}-says"></div>
<details class="data" data-chart="${id}"><summary>Data: ${title}</summary>${note !== null && html`<p class="note">${note}</p>`}<div class="scroll tall" tabindex="0" role="region" aria-label="${title}, table"></div></details>
</figure>
`;
}
