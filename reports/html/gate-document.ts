import type { ComparedRun } from "../../src/compare/input.js";
import type { GateResult } from "../../src/gate/schema.js";
import { mergedLatencies } from "../../src/result/merged-latencies.js";
import type { Panel } from "./charts/multiple-parts.js";
import { html } from "./html.js";
import { type Bundle, pageOf } from "./page-shell.js";
import { withPanels } from "./panels.js";
import { comparePercentiles, heatmapsSection, multiplesSection } from "./sections/compare-charts.js";
import { ledgersSection, recoveriesSection } from "./sections/compare-ledgers.js";
import { gateDelta, gateDifferences } from "./sections/gate-figures.js";
import { gateProvenance, slicesSection } from "./sections/gate-slices.js";
import { gateVerdict } from "./sections/gate-verdict.js";

/** Draws a gate, with the runs of its slices, as one page that needs nothing else; `subject` of a run is its side. */
export function renderGateDocument(gate: GateResult, runs: readonly ComparedRun[], bundle: Bundle): string {
  const panels = (["baseline", "candidate"] as const)
    .map((name, at): Panel => ({ name, key: `s${at}`, runs: runs.filter(({ subject }) => subject === name) }))
    .filter((panel) => panel.runs.length > 0);
  const subjects = panels.map((panel) => ({
    name: panel.name,
    latency: mergedLatencies(panel.runs.map(({ result }) => result)),
  }));
  return withPanels(panels, ({ rows, maps, data }) => {
    const charts =
      panels.length > 0 &&
      html`${comparePercentiles(subjects, panels)}${multiplesSection(rows, panels)}${recoveriesSection(panels)}${heatmapsSection(maps, panels)}${ledgersSection(panels)}`;
    const body = html`<article aria-label="Gate">
${gateVerdict(gate)}${gateDelta(gate)}${gateDifferences(gate)}${charts}${slicesSection(gate)}${gateProvenance(gate)}${panels.map(({ key }) => html`<div id="${key}"></div>`)}</article>`;
    return pageOf(
      { title: `${gate.name}: ${gate.verdict}`, body, payload: { runs: data }, source: "gate.json" },
      bundle,
    );
  });
}
