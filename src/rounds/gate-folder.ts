import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderGateJunit } from "../../reports/gate/junit.js";
import { renderGateMarkdown } from "../../reports/gate/markdown.js";
import { renderGateHtml } from "../../reports/html/index.js";
import type { ComparedRun } from "../compare/input.js";
import { written } from "../errors.js";
import { type GateResult, gateSchema } from "../gate/schema.js";
import { makeFolder } from "../os/folders.js";
import { readAs, readResult } from "./comparison-folder.js";

const GATE_FILE = "gate.json";

/** A gate and what was drawn of it. */
export interface DrawnGate {
  readonly gate: GateResult;
  /** Where its page is. */
  readonly page: string;
  readonly markdown: string;
  readonly junit: string;
}

/** Writes the result of a gate and its reports into its folder. */
export function writeGate(directory: string, result: GateResult): DrawnGate {
  const gate = gateSchema.parse(result);
  makeFolder(directory);
  written(`the folder ${directory}`, () => writeFileSync(join(directory, GATE_FILE), `${JSON.stringify(gate)}\n`));
  return drawGate(directory, gate);
}

/** Draws the reports of a gate's folder again from what is on disk; returns `null` for the folder of anything else. */
export function redrawGate(directory: string): DrawnGate | null {
  const gate = readAs(gateSchema, join(directory, GATE_FILE));
  return gate && drawGate(directory, gate);
}

function drawGate(directory: string, gate: GateResult): DrawnGate {
  const [page, markdown, junit] = [join(directory, "gate.html"), renderGateMarkdown(gate), renderGateJunit(gate)];
  written(`the folder ${directory}`, () => {
    writeFileSync(join(directory, "gate.md"), markdown);
    writeFileSync(join(directory, "junit.xml"), junit);
    writeFileSync(page, renderGateHtml(gate, runsOf(directory, gate)));
  });
  return { gate, page, markdown, junit };
}

/** The runs of the slices, as they are on disk. */
function runsOf(directory: string, { slices }: GateResult): ComparedRun[] {
  return slices.flatMap(({ side, pair, position, directory: own }) => {
    const result = readResult(join(directory, own));
    return result ? [{ subject: side, round: pair, order: position, directory: own, result }] : [];
  });
}
