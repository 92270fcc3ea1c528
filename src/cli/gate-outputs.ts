import { appendFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { GATE_FORMATS } from "../../reports/formats.js";
import { renderAnnotations } from "../../reports/gate/annotations.js";
import { renderGateMarkdown } from "../../reports/gate/markdown.js";
import { renderGateHtml } from "../../reports/html/index.js";
import { renderGate } from "../../reports/terminal/gate.js";
import type { ComparedRun } from "../compare/input.js";
import { written } from "../errors.js";
import { type GateResult, gateSchema } from "../gate/schema.js";
import { makeFolder } from "../os/folders.js";
import { visible } from "../result/visible.js";
import { readAs, readResult } from "../rounds/comparison-folder.js";
import type { Prepared } from "../rounds/load-scenario.js";
import { shortest } from "../store/paths.js";
import { print, printCommands, styleOf } from "./terminal.js";

const GATE_FILE = "gate.json";

/** Where a gate's result goes beside its own folder. */
export interface GateOutputs extends Readonly<Partial<Record<(typeof GATE_FORMATS)[number]["name"], string>>> {
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
  makeFolder(directory);
  written(`the folder ${directory}`, () => writeFileSync(join(directory, GATE_FILE), `${JSON.stringify(gate)}\n`));
  const page = drawGate(directory, gate);
  for (const { name, render } of GATE_FORMATS) {
    const path = outputs[name];
    if (path !== undefined) write(path, render(gate));
  }
  const summary = process.env["GITHUB_STEP_SUMMARY"];
  if (summary) appendFileSync(summary, `${visible(renderGateMarkdown(gate))}\n`);
  if (outputs.json) print(`${JSON.stringify(gate)}\n`);
  else printGate(gate, page);
  if (process.env["GITHUB_ACTIONS"] !== "true") return;
  // Standard error with --json: what is on standard output is for a program then.
  const stream = outputs.json ? process.stderr : process.stdout;
  const path = relative(process.env["GITHUB_WORKSPACE"] ?? "", resolve(file));
  printCommands(
    stream,
    renderAnnotations(gate, (metric) => {
      const { line } = locate(metric === null ? ["name"] : ["expect", metric], "key");
      return { file: path, line: Math.max(1, line) };
    }),
  );
}

/** Draws the reports of a gate's folder again from what is on disk, and prints the gate; answers whether it is one. */
export function redrawGate(directory: string, json: boolean): boolean {
  const gate = readAs(gateSchema, join(directory, GATE_FILE));
  if (!gate) return false;
  const page = drawGate(directory, gate);
  if (json) print(`${JSON.stringify(gate)}\n`);
  else printGate(gate, page);
  return true;
}

/** Returns the path of the page. */
function drawGate(directory: string, gate: GateResult): string {
  const page = join(directory, "gate.html");
  written(`the folder ${directory}`, () => {
    for (const { file, render } of GATE_FORMATS) writeFileSync(join(directory, file), render(gate));
    writeFileSync(page, renderGateHtml(gate, runsOf(directory, gate)));
  });
  return page;
}

const printGate = (gate: GateResult, page: string): void =>
  print(`\n${renderGate(gate, styleOf(process.stdout))}\n  report ${shortest(page)}\n`);

/** The runs of the slices, as they are on disk. */
function runsOf(directory: string, { slices }: GateResult): ComparedRun[] {
  return slices.flatMap(({ side, pair, position, directory: own }) => {
    const result = readResult(join(directory, own));
    return result ? [{ subject: side, round: pair, order: position, directory: own, result }] : [];
  });
}

function write(path: string, text: string): void {
  makeFolder(dirname(resolve(path)));
  written(path, () => writeFileSync(path, text));
}
