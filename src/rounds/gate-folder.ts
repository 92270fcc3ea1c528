import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { GATE_FORMATS } from "../../reports/formats.js";
import { renderGateHtml } from "../../reports/html/index.js";
import type { ComparedRun } from "../compare/input.js";
import { written } from "../errors.js";
import { type GateResult, gateSchema } from "../gate/schema.js";
import { makeFolder } from "../os/folders.js";
import { readAs, readResult } from "./comparison-folder.js";

const GATE_FILE = "gate.json";

/** A form of a gate beside the terminal's and the page. */
export type GateFormat = (typeof GATE_FORMATS)[number]["name"];

/** A gate and what was drawn of it. */
export interface DrawnGate {
  readonly gate: GateResult;
  /** Where its page is. */
  readonly page: string;
  /** The gate in each format, by its name. */
  readonly texts: Readonly<Record<GateFormat, string>>;
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
  const page = join(directory, "gate.html");
  const drawn = GATE_FORMATS.map(({ name, file, render }) => ({ name, file, text: render(gate) }));
  written(`the folder ${directory}`, () => {
    for (const { file, text } of drawn) writeFileSync(join(directory, file), text);
    writeFileSync(page, renderGateHtml(gate, runsOf(directory, gate)));
  });
  const texts = Object.fromEntries(drawn.map(({ name, text }) => [name, text])) as DrawnGate["texts"];
  return { gate, page, texts };
}

/** The runs of the slices, as they are on disk. */
function runsOf(directory: string, { slices }: GateResult): ComparedRun[] {
  return slices.flatMap(({ side, pair, position, directory: own }) => {
    const result = readResult(join(directory, own));
    return result ? [{ subject: side, round: pair, order: position, directory: own, result }] : [];
  });
}
