import type { Command } from "commander";
import { renderSummary } from "../../reports/terminal/summary.js";
import { writeReports } from "../../reports/write.js";
import { assertOver } from "../engine/lasting.js";
import { redrawGate } from "../rounds/gate-folder.js";
import { assemble } from "../store/assemble.js";
import { printGate } from "./gate-outputs.js";
import { print, styleOf } from "./terminal.js";

/** Adds `havoq report`. */
export function addReportCommand(program: Command): void {
  program
    .command("report")
    .description("draw all reports of a run or a gate again from what is on disk; of a run also after a crash")
    .argument("<run-dir>", "the folder that `havoq run` or `havoq gate` printed")
    .option("--json", "print the result as JSON", false)
    .action((runDirectory: string, { json }: { json: boolean }) => {
      const gate = redrawGate(runDirectory);
      if (gate) {
        printGate(gate, { json });
        return;
      }
      assertOver(runDirectory);
      const result = assemble(runDirectory);
      const page = writeReports(runDirectory, result);
      if (json) print(`${JSON.stringify(result)}\n`);
      else print(`${renderSummary(result, styleOf(process.stdout))}\n  report ${page}\n`);
    });
}
