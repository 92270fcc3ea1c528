import type { RunResult } from "../../src/result-schema.js";
import { heatmapData } from "./charts/heatmap.js";
import { runData, timeCharts } from "./charts/run-data.js";
import { pointBudget } from "./downsample.js";
import { type Html, html } from "./html.js";
import { type Bundle, pageOf } from "./page-shell.js";
import type { RunData } from "./payload.js";
import type { RunView } from "./run-view.js";
import { errorsSection, resourcesSection } from "./sections/errors.js";
import { faultsSection } from "./sections/faults.js";
import { healthSection } from "./sections/health.js";
import { ledgerSection } from "./sections/ledger.js";
import { overviewSection } from "./sections/overview.js";
import { percentilesSection } from "./sections/percentiles.js";
import { provenanceSection } from "./sections/provenance.js";
import { heatmapSection, timelinesSection } from "./sections/timelines.js";
import { verdictSection } from "./sections/verdict.js";

/** Draws results as one page that needs nothing else: no network, no other file. */
export function renderDocument(results: readonly RunResult[], bundle: Bundle): string {
  const several = results.length !== 1;
  const views = results.map(
    (result, i): RunView => ({
      result,
      key: `r${i}`,
      level: several ? 2 : 1,
      budget: pointBudget(results.length),
    }),
  );
  const runs = views.map(renderRun);
  const names = [...new Set(results.map(({ scenario }) => scenario.name))].join(", ");
  const body = html`${several && overviewSection(views)}
${runs.map((run) => run.body)}`;
  const payload = { runs: runs.map(({ data }) => data) };
  return pageOf({ title: names, body, payload, source: "result.json" }, bundle);
}

function renderRun(view: RunView): { readonly body: Html; readonly data: RunData } {
  const charts = timeCharts(view);
  const heatmap = heatmapData(view);
  const body = html`<article aria-labelledby="${view.key}-run" id="${view.key}">
${verdictSection(view, healthSection(view))}${ledgerSection(view)}${percentilesSection(view)}${timelinesSection(view, charts)}${faultsSection(view)}${heatmapSection(view, heatmap)}${errorsSection(view)}${resourcesSection(view)}${provenanceSection(view)}</article>
`;
  return { body, data: runData(view, charts, heatmap) };
}
