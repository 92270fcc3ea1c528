import type { ComparedRun } from "../../src/compare/input.js";
import type { Comparison } from "../../src/compare/schema.js";
import { mergedHeatmaps } from "./charts/merged-heatmap.js";
import { multipleBudget, type Panel } from "./charts/multiple-parts.js";
import { multipleRows, panelData } from "./charts/multiples.js";
import { html } from "./html.js";
import { type Bundle, pageOf } from "./page-shell.js";
import { endNs } from "./run-view.js";
import { comparePercentiles, heatmapsSection, multiplesSection } from "./sections/compare-charts.js";
import { capacitySection, countsSection, deltaSection } from "./sections/compare-figures.js";
import { compareProvenance, ledgersSection, recoveriesSection } from "./sections/compare-ledgers.js";
import { compareVerdict, findingsSection, knobsSection } from "./sections/compare-verdict.js";

/** Above this the page is drawn again with half the points, until it is below or they are few. */
const HARD_CAP_BYTES = 5e6;
const FEWEST_POINTS = 60;

/** Draws a comparison, with the runs that it was made from, as one page that needs nothing else. */
export function renderComparisonDocument(comparison: Comparison, runs: readonly ComparedRun[], bundle: Bundle): string {
  const panels = comparison.subjects.map(
    ({ name }, at): Panel => ({
      name,
      key: `s${at}`,
      runs: runs.filter(({ subject }) => subject === name).sort((a, b) => a.round - b.round),
    }),
  );
  let budget = multipleBudget(panels);
  for (;;) {
    const page = drawWith(comparison, panels, budget, bundle);
    if (page.length <= HARD_CAP_BYTES || budget <= FEWEST_POINTS) return page;
    budget = Math.floor(budget / 2);
  }
}

function drawWith(comparison: Comparison, panels: readonly Panel[], budget: number, bundle: Bundle): string {
  const rows = multipleRows(panels, budget);
  const maps = mergedHeatmaps(panels, budget);
  const endS = Math.max(1, ...panels.flatMap(({ runs }) => runs.map(({ result }) => endNs(result) / 1e9)));
  const data = panels.flatMap((panel, at) => {
    const charts = rows.flatMap(({ charts: own }) => own[at]?.data ?? []);
    return panelData(panel, charts, maps[at] ?? null, endS) ?? [];
  });
  const body = html`<article aria-label="Comparison">
${compareVerdict(comparison)}${findingsSection(comparison)}${deltaSection(comparison)}${countsSection(comparison)}${capacitySection(comparison)}${knobsSection(comparison)}${comparePercentiles(comparison, panels)}${multiplesSection(rows, panels)}${recoveriesSection(panels)}${heatmapsSection(maps, panels)}${ledgersSection(panels)}${compareProvenance(comparison, panels)}${panels.map(({ key }) => html`<div id="${key}"></div>`)}</article>`;
  return pageOf({ title: comparison.name, body, payload: { runs: data }, source: "comparison.json" }, bundle);
}
