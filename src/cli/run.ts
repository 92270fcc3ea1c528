import { resolve } from "node:path";
import type { Command } from "commander";
import { renderSideBySide } from "../../reports/terminal/side-by-side.js";
import { renderSummary } from "../../reports/terminal/summary.js";
import { writeComparison } from "../../reports/write.js";
import { runInto } from "../api/run.js";
import type { RunResult } from "../result-schema.js";
import { loadScenarios, type Prepared } from "../rounds/load-scenario.js";
import { freshPath, shortest } from "../store/paths.js";
import { commandLine } from "./command-line.js";
import { ExitCode, worstOf } from "./exit-codes.js";
import { byteSize, collect, integer } from "./flags.js";
import { onInterrupt } from "./interrupt.js";
import { Progress } from "./progress.js";
import { print, styleOf } from "./terminal.js";

interface RunFlags {
  readonly out: string;
  readonly seed?: number;
  readonly runs?: number;
  readonly set: readonly string[];
  readonly json: boolean;
  readonly quiet: boolean;
  readonly recordsLimit: number;
  readonly keepRecords: boolean;
}

/** Adds `havoq run`. */
export function addRunCommand(program: Command, exit: (code: ExitCode) => void): void {
  program
    .command("run")
    .description("run scenarios, one after the other, and report what happened to every message")
    .argument("<scenario...>", "scenario files (YAML); - for standard input")
    .option("--out <dir>", "folder for the run folders", "havoq-runs")
    .option("--seed <n>", "seed for every choice made by chance", integer)
    .option("--runs <n>", "how often to run each scenario", integer)
    .option("--set <path=value>", "change a value of the scenario; may be repeated", collect, [])
    .option("--json", "print the results as JSON, one a line", false)
    .option("--records-limit <size>", "most disk for records; the oldest are folded and removed", byteSize, 2 ** 30)
    .option("--keep-records", "keep all records", false)
    .option("--quiet", "print only the result", false)
    .action(async (files: string[], flags: RunFlags) => exit(await runAll(files, flags)));
}

async function runAll(files: readonly string[], flags: RunFlags): Promise<ExitCode> {
  const overlays = [
    ...flags.set,
    ...(flags.seed === undefined ? [] : [`seed=${flags.seed}`]),
    ...(flags.runs === undefined ? [] : [`runs=${flags.runs}`]),
  ];
  const prepared = await loadScenarios(files, overlays);
  const abort = new AbortController();
  const release = onInterrupt(abort);
  const results: RunResult[] = [];
  try {
    for (const one of prepared) {
      for (let run = 1; run <= one.scenario.runs && !abort.signal.aborted; run++) {
        results.push(await runOne(one, run, flags, abort));
      }
    }
  } finally {
    release();
  }
  if (results.length > 1 && !flags.json) printSideBySide(results, flags);
  return abort.signal.aborted ? ExitCode.interrupted : worstOf(results.map(({ verdict }) => EXIT_CODES[verdict]));
}

const EXIT_CODES = { pass: ExitCode.ok, fail: ExitCode.failed, inconclusive: ExitCode.inconclusive } as const;

/** All runs of a command in one table and on one page. */
function printSideBySide(results: readonly RunResult[], { out }: RunFlags): void {
  const page = writeComparison(freshPath(resolve(out), "side-by-side", ".html"), results);
  print(`\n${renderSideBySide(results, styleOf(process.stdout))}\n  report ${shortest(page)}\n`);
}

async function runOne(prepared: Prepared, run: number, flags: RunFlags, abort: AbortController): Promise<RunResult> {
  const scenario = { ...prepared.scenario, seed: prepared.scenario.seed + run - 1 };
  const progress = new Progress(scenario, flags.quiet || flags.json);
  const recordsLimitBytes = flags.keepRecords ? null : flags.recordsLimit;
  const how = { command: commandLine(), abort, recordsLimitBytes, onStage: progress.stage };
  const running = runInto(flags.out, { ...prepared, scenario, ...how });
  const { result, page } = await running.finally(() => progress.stop());
  if (flags.json) print(`${JSON.stringify(result)}\n`);
  else print(`\n${renderSummary(result, styleOf(process.stdout))}\n  report ${shortest(page)}\n`);
  return result;
}
