import { appendFileSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { GATE_FORMATS } from "../../reports/formats.js";
import { renderAnnotations } from "../../reports/gate/annotations.js";
import { renderGate } from "../../reports/terminal/gate.js";
import { written } from "../errors.js";
import { makeFolder } from "../os/folders.js";
import { visible } from "../result/visible.js";
import type { DrawnGate } from "../rounds/gate-folder.js";
import type { Prepared } from "../rounds/load-scenario.js";
import { shortest } from "../store/paths.js";
import { print, printCommands, styleOf } from "./terminal.js";

/** Where a gate's result goes beside its own folder. */
export interface GateOutputs extends Readonly<Partial<Record<(typeof GATE_FORMATS)[number]["name"], string>>> {
  readonly json: boolean;
}

/** Writes the result of a gate where else it was asked for, and prints it. */
export function publishGate(drawn: DrawnGate, { locate, file }: Prepared, outputs: GateOutputs): void {
  const { gate, texts } = drawn;
  for (const { name } of GATE_FORMATS) {
    const path = outputs[name];
    if (path !== undefined) write(path, texts[name]);
  }
  const summary = process.env["GITHUB_STEP_SUMMARY"];
  if (summary) appendFileSync(summary, `${visible(texts.markdown)}\n`);
  printGate(drawn, outputs);
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

/** Prints a gate: for a person, or as JSON. */
export function printGate({ gate, page }: DrawnGate, { json }: Pick<GateOutputs, "json">): void {
  if (json) print(`${JSON.stringify(gate)}\n`);
  else print(`\n${renderGate(gate, styleOf(process.stdout))}\n  report ${shortest(page)}\n`);
}

function write(path: string, text: string): void {
  makeFolder(dirname(resolve(path)));
  written(path, () => writeFileSync(path, text));
}
