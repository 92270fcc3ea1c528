import type { PatternMatrix } from "../../src/compare/patterns.js";
import { html } from "./html.js";
import { type Bundle, pageOf } from "./page-shell.js";
import { patternsSection } from "./sections/patterns.js";

/** Draws the matrix of patterns and systems as one page that needs nothing else. */
export function renderPatternsDocument(matrix: PatternMatrix, bundle: Bundle): string {
  const { command, machine, havoqVersion, startedAt } = matrix;
  const body = html`<header class="strip"><h1>Patterns of use</h1><p class="target">${machine ?? ""}; havoq ${havoqVersion}; ${startedAt ?? ""}</p><p><code>${command}</code></p></header>
${patternsSection(matrix)}`;
  return pageOf({ title: "Patterns of use", body, payload: { runs: [] }, source: "patterns.json" }, bundle);
}
