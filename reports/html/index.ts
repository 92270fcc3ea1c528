import type { RunResult } from "../../src/result/schema.js";
import { bundle } from "./bundle.generated.js";
import { renderDocument } from "./document.js";

/** Draws one or several results as one HTML page that works offline; pure. */
export function renderHtml(results: readonly RunResult[]): string {
  return renderDocument(results, bundle);
}
