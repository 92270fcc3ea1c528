import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { renderAnnotations } from "../../reports/gate/annotations.js";
import { renderGateJunit } from "../../reports/gate/junit.js";
import { renderGateMarkdown } from "../../reports/gate/markdown.js";
import { renderGateHtml } from "../../reports/html/index.js";
import { renderGate } from "../../reports/terminal/gate.js";
import type { ComparedRun } from "../compare/input.js";
import { type GateResult, gateSchema } from "../gate/schema.js";
import { readResult } from "./comparison-folder.js";
import type { Prepared } from "./load-scenario.js";
import { styleOf } from "./output.js";
import { shortest } from "./paths.js";

/** Where a gate's result goes beside its own folder. */
export interface GateOutputs {
  readonly markdown?: string;
  readonly junit?: string;
  readonly json: boolean;
}

/** Writes the result of a gate into its folder and where else it was asked for, and prints it. */
export function writeGate(
  directory: string,
  result: GateResult,
  { locate, file }: Prepared,
  outputs: GateOutputs,
): void {
  const gate = gateSchema.parse(result);
  const markdown = renderGateMarkdown(gate);
  const junit = renderGateJunit(gate);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "gate.json"), `${JSON.stringify(gate)}\n`);
  writeFileSync(join(directory, "gate.md"), markdown);
  writeFileSync(join(directory, "junit.xml"), junit);
  const page = join(directory, "gate.html");
  writeFileSync(page, renderGateHtml(gate, runsOf(directory, gate)));
  if (outputs.markdown !== undefined) write(outputs.markdown, markdown);
  if (outputs.junit !== undefined) write(outputs.junit, junit);
  const summary = process.env["GITHUB_STEP_SUMMARY"];
  if (summary) appendFileSync(summary, `${markdown}\n`);
  if (outputs.json) process.stdout.write(`${JSON.stringify(gate)}\n`);
  else process.stdout.write(`\n${renderGate(gate, styleOf(process.stdout))}\n  report ${shortest(page)}\n`);
  if (process.env["GITHUB_ACTIONS"] !== "true") return;
  // Standard error with --json: what is on standard output is for a program then.
  const stream = outputs.json ? process.stderr : process.stdout;
  const path = relative(process.env["GITHUB_WORKSPACE"] ?? "", resolve(file));
  stream.write(
    renderAnnotations(gate, (metric) => {
      const { line } = locate(metric === null ? ["name"] : ["expect", metric], "key");
      return { file: path, line: Math.max(1, line) };
    }),
  );
}

/** The runs of the slices, as they are on disk. */
function runsOf(directory: string, { slices }: GateResult): ComparedRun[] {
  return slices.flatMap(({ side, pair, position, directory: own }) => {
    const result = readResult(join(directory, own));
    return result ? [{ subject: side, round: pair, order: position, directory: own, result }] : [];
  });
}

function write(path: string, text: string): void {
  mkdirSync(dirname(resolve(path)), { recursive: true });
  writeFileSync(path, text);
}
