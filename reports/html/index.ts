import type { ComparedRun } from "../../src/compare/input.js";
import type { PatternMatrix } from "../../src/compare/patterns.js";
import type { Comparison } from "../../src/compare/schema.js";
import type { GateResult } from "../../src/gate/schema.js";
import type { RunResult } from "../../src/result-schema.js";
import { bundle } from "./bundle.generated.js";
import { renderComparisonDocument } from "./comparison-document.js";
import { renderDocument } from "./document.js";
import { renderGateDocument } from "./gate-document.js";
import { renderPatternsDocument } from "./patterns-document.js";

/** Draws one or several results as one HTML page that works offline; pure. */
export function renderHtml(results: readonly RunResult[]): string {
  return renderDocument(results, bundle);
}

/** Draws a comparison, with the runs that it was made from, as one HTML page that works offline; pure. */
export function renderComparisonHtml(comparison: Comparison, runs: readonly ComparedRun[]): string {
  return renderComparisonDocument(comparison, runs, bundle);
}

/** Draws the matrix of patterns and systems as one HTML page that works offline; pure. */
export function renderPatternsHtml(matrix: PatternMatrix): string {
  return renderPatternsDocument(matrix, bundle);
}

/** Draws a gate, with the runs of its slices (`subject` is the side), as one HTML page that works offline; pure. */
export function renderGateHtml(gate: GateResult, runs: readonly ComparedRun[]): string {
  return renderGateDocument(gate, runs, bundle);
}
