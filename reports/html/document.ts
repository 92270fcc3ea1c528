import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import type { RunResult } from "../../src/result/schema.js";
import { heatmapData } from "./charts/heatmap.js";
import { runData, timeCharts } from "./charts/run-data.js";
import { pointBudget } from "./downsample.js";
import { type Html, html, trusted } from "./html.js";
import type { Payload, RunData } from "./payload.js";
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

/** The page's script and style sheet, each as one text. */
export interface Bundle {
  readonly script: string;
  readonly style: string;
}

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
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(bundle)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${names} – havoq</title>
<link rel="icon" href="data:,">
<style>${trusted(bundle.style)}</style>
</head>
<body>
${PATTERNS}
<main>
${several && overviewSection(views)}
${runs.map(({ body }) => body)}
</main>
<footer>Drawn by havoq from result.json; this file works offline.</footer>
<script type="application/octet-stream;base64" id="havoq-data">${trusted(packed({ runs: runs.map(({ data }) => data) }))}</script>
<script>${trusted(bundle.script)}</script>
</body>
</html>
`.text;
}

function renderRun(view: RunView): { readonly body: Html; readonly data: RunData } {
  const charts = timeCharts(view);
  const heatmap = heatmapData(view);
  const body = html`<article aria-labelledby="${view.key}-run" id="${view.key}">
${verdictSection(view)}${healthSection(view)}${ledgerSection(view)}${percentilesSection(view)}${timelinesSection(view, charts)}${faultsSection(view)}${heatmapSection(view, heatmap)}${errorsSection(view)}${resourcesSection(view)}${provenanceSection(view)}</article>
`;
  return { body, data: runData(view, charts, heatmap) };
}

/** Nothing may be loaded or run but the one script and the one style sheet of this page, by their hashes. */
function policy({ script, style }: Bundle): string {
  const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  return [
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(style)}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

/** JSON, deflated, in base64: letters that can't end the block they stand in. */
function packed(payload: Payload): string {
  return deflateRawSync(JSON.stringify(payload), { level: 9 }).toString("base64");
}

const PATTERNS = html`<svg class="defs" width="0" height="0" aria-hidden="true"><defs>
<pattern id="hatch-lost" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="p-lost" width="6" height="6"/><path class="p-line" d="M0 0v6"/></pattern>
<pattern id="hatch-stuck" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><rect class="p-stuck" width="6" height="6"/><path class="p-line" d="M0 0v6"/></pattern>
<pattern id="hatch-nodata" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="p-nodata" d="M0 0v6"/></pattern>
<linearGradient id="ramp"><stop class="h0" offset="0"/><stop class="h1" offset=".35"/><stop class="h2" offset=".7"/><stop class="h3" offset="1"/></linearGradient>
</defs></svg>`;
