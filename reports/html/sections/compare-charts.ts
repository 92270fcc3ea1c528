import type { Subject } from "../../../src/compare/schema.js";
import { formatCount } from "../../../src/result/format.js";
import { densest } from "../charts/heatmap.js";
import type { MultipleRow, Panel } from "../charts/multiple-parts.js";
import { NOTHING, time } from "../format.js";
import { type Html, html } from "../html.js";
import type { HeatmapData } from "../payload.js";
import { MIN_SAMPLES_ABOVE, percentileCurve } from "../svg/percentile-curve.js";
import type { Curve } from "../svg/percentile-plot.js";
import { compareSection, scrollTable } from "./compare-parts.js";
import { latencyLimits, plots } from "./percentiles.js";

const COLOURS = 7;
const NAMES = { endToEnd: "End to end (due to first delivery)", publish: "Publish (due to confirmed)" } as const;

/** What percentile curves are drawn of. */
type Curves = readonly Pick<Subject, "name" | "latency">[];

/** All targets' percentile curves over each other: of the merged histograms, as percentiles can't be averaged. */
export function comparePercentiles(subjects: Curves, panels: readonly Panel[]): Html {
  const [first] = panels[0]?.runs ?? [];
  const limits = first ? latencyLimits(first.result) : [];
  const parts = (["endToEnd", "publish"] as const).map((name) => {
    const curves = subjects
      .map(({ name: label, latency }, at): Curve => {
        const colour = at % COLOURS;
        return {
          label,
          colour,
          dash: (colour + Math.floor(at / COLOURS)) % COLOURS,
          points: percentileCurve(latency[name]),
        };
      })
      .filter(({ points }) => points.length > 0);
    return html`<h3>${NAMES[name]}</h3>${plots(
      curves,
      limits.filter(({ label: limit }) => limit.startsWith(`${name}.`)),
    )}${percentileTable(subjects, name)}`;
  });
  const slow = [...subjects].sort((a, b) => b.latency.endToEnd.p99 - a.latency.endToEnd.p99);
  const [most, least] = [slow[0], slow.at(-1)];
  const sentence =
    most && least && most !== least
      ? `Over all runs together, 99 % of the messages were delivered within ${time(least.latency.endToEnd.p99)} by ${least.name}, and within ${time(most.latency.endToEnd.p99)} by ${most.name}.`
      : "Over all runs together.";
  const note = `The histograms of all runs are merged, warm-up left out. A curve ends where fewer than ${MIN_SAMPLES_ABOVE} samples lie above it.`;
  return compareSection("percentiles", "Latency by percentile", sentence, html`${parts}<p class="note">${note}</p>`);
}

function percentileTable(subjects: Curves, name: "endToEnd" | "publish"): Html {
  const columns = [
    ["p50", 0.5],
    ["p90", 0.9],
    ["p99", 0.99],
    ["p999", 0.999],
    ["max", 1],
  ] as const;
  const rows = subjects.map((subject) => {
    const stats = subject.latency[name];
    const cells = columns.map(([field, quantile]) => {
      const few = field !== "max" && stats.count * (1 - quantile) < MIN_SAMPLES_ABOVE;
      return html`<td class="n${few && " few"}">${stats.count === 0 ? NOTHING : time(stats[field])}${few && stats.count > 0 && "*"}</td>`;
    });
    return html`<tr><th scope="row">${subject.name}</th>${cells}<td class="n">${formatCount(stats.count)}</td></tr>`;
  });
  return html`<details><summary>Data: ${NAMES[name]}</summary>${scrollTable(`${NAMES[name]} by percentile`, "percentiles", ["Target", "p50", "p90", "p99", "p99.9", "max", "samples"], rows)}<p class="note">* fewer than ${MIN_SAMPLES_ABOVE} samples lie above.</p></details>`;
}

/** The small multiples: a row of panels for each kind of chart. */
export function multiplesSection(rows: readonly MultipleRow[], panels: readonly Panel[]): Html {
  const most = Math.max(...panels.map(({ runs }) => runs.length));
  const left = most > 10 ? " The first ten runs of each are drawn; the figures are of all." : "";
  const body = rows.map(
    ({ title, charts }) =>
      html`<h3>${title}</h3><div class="multiples${panels.length > 4 && " many"}">${charts.map(({ data, sentence }, at) => figure(data.id, panels[at]?.name ?? "", data.title, sentence, "chart"))}</div>`,
  );
  return compareSection(
    "multiples",
    "Over time",
    `A panel for each target, a line for each run, all on the same scales. Faults are bands from injection to heal, or lines; where they lie is taken from the first run.${left}`,
    html`<p class="note screen">One cursor runs through all panels: point, or focus a chart and use ← → (Shift: ten steps), Home, End, Esc. Drag to zoom, double-click to see all.</p>
<p class="note scriptless">These charts need JavaScript; the tables, the forest plot and the percentile plots do not.</p>${body}`,
  );
}

/** Latency heatmaps of all targets on one scale. */
export function heatmapsSection(maps: readonly (HeatmapData | null)[], panels: readonly Panel[]): Html | null {
  const drawn = maps.filter((map) => map !== null);
  if (drawn.length === 0) return null;
  const most = drawn[0]?.shared?.most ?? Math.max(...drawn.map(densest));
  const body = maps.map(
    (map, at) =>
      map &&
      figure(
        map.id,
        panels[at]?.name ?? "",
        map.title,
        `All ${panels[at]?.runs.length ?? 0} runs together.`,
        "chart heat",
      ),
  );
  return compareSection(
    "heatmaps",
    "Latency heatmaps",
    "When messages were due, and how long they took from end to end: of all runs of a target together, on one scale of time, latency and colour.",
    html`<p class="ramp"><span>1</span><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="f-ramp" width="100" height="10"/></svg><span>${formatCount(most)} messages</span><svg class="swatch" viewBox="0 0 12 12" aria-hidden="true"><rect class="f-nodata" width="12" height="12"/></svg><span>no data</span></p><div class="multiples${panels.length > 4 && " many"}">${body}</div>`,
  );
}

function figure(id: string, shown: string, title: string, sentence: string, className: string): Html {
  return html`<figure>
<figcaption><b id="${id}-title">${shown}</b> <span id="${id}-says">${sentence}</span></figcaption>
<div class="${className}" id="${id}" tabindex="0" role="group" aria-roledescription="chart" aria-label="${title}" aria-describedby="${id}-says"></div>
<details class="data" data-chart="${id}"><summary>Data: ${title}</summary><div class="scroll tall" tabindex="0" role="region" aria-label="${title}, table"></div></details>
</figure>
`;
}
