import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { written } from "../src/errors.js";
import type { RunResult } from "../src/result-schema.js";
import { renderHgrm } from "./hdr/hgrm.js";
import { renderHlog } from "./hdr/hlog.js";
import { renderHtml } from "./html/index.js";

/** Writes every report of a run into its folder; answers with the path of the page. */
export function writeReports(runDirectory: string, result: RunResult): string {
  return written(`the run folder ${runDirectory}`, () => writeAll(runDirectory, result));
}

function writeAll(runDirectory: string, result: RunResult): string {
  const page = join(runDirectory, "report.html");
  mkdirSync(join(runDirectory, "histograms"), { recursive: true });
  writeFileSync(join(runDirectory, "result.json"), `${JSON.stringify(result)}\n`);
  for (const [name, { whole }] of Object.entries(result.latency)) {
    if (whole.count > 0) writeFileSync(join(runDirectory, "histograms", `${name}.hgrm`), renderHgrm(whole));
  }
  writeFileSync(join(runDirectory, "histograms", "phases.hlog"), renderHlog(result));
  writeFileSync(page, renderHtml([result]));
  return page;
}

/** Writes one page of several runs; answers with its path. */
export function writeComparison(path: string, results: readonly RunResult[]): string {
  written(path, () => writeFileSync(path, renderHtml(results)));
  return path;
}
