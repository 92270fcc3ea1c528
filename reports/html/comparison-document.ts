import type { ComparedRun } from "../../src/compare/input.js";
import type { Comparison } from "../../src/compare/schema.js";
import type { Panel } from "./charts/multiple-parts.js";
import { html } from "./html.js";
import { type Bundle, pageOf } from "./page-shell.js";
import { withPanels } from "./panels.js";
import { comparePercentiles, heatmapsSection, multiplesSection } from "./sections/compare-charts.js";
import { capacitySection, countsSection, deltaSection } from "./sections/compare-figures.js";
import { compareProvenance, ledgersSection, recoveriesSection } from "./sections/compare-ledgers.js";
import { compareVerdict, findingsSection, knobsSection } from "./sections/compare-verdict.js";

/** Draws a comparison, with the runs that it was made from, as one page that needs nothing else. */
export function renderComparisonDocument(comparison: Comparison, runs: readonly ComparedRun[], bundle: Bundle): string {
  const panels = comparison.subjects.map(
    ({ name }, at): Panel => ({
      name,
      key: `s${at}`,
      runs: runs.filter(({ subject }) => subject === name).sort((a, b) => a.round - b.round),
    }),
  );
  return withPanels(panels, ({ rows, maps, data }) => {
    const body = html`<article aria-label="Comparison">
${compareVerdict(comparison)}${findingsSection(comparison)}${deltaSection(comparison)}${countsSection(comparison)}${capacitySection(comparison)}${knobsSection(comparison)}${comparePercentiles(comparison.subjects, panels)}${multiplesSection(rows, panels)}${recoveriesSection(panels)}${heatmapsSection(maps, panels)}${ledgersSection(panels)}${compareProvenance(comparison, panels)}${panels.map(({ key }) => html`<div id="${key}"></div>`)}</article>`;
    return pageOf({ title: comparison.name, body, payload: { runs: data }, source: "comparison.json" }, bundle);
  });
}
