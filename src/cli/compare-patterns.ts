import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { renderPatternsHtml } from "../../reports/html/index.js";
import { renderPatternsMarkdown } from "../../reports/markdown/patterns.js";
import { renderPatterns } from "../../reports/terminal/patterns.js";
import { buildPatterns, type PatternMatrix, type PatternRuns } from "../compare/patterns.js";
import { describeEnvironment } from "../engine/environment.js";
import { EnvironmentError } from "../engine/errors.js";
import type { Problem } from "../scenario/problems.js";
import { knownSecrets } from "../secrets/known.js";
import { HAVOQ_VERSION } from "../version.js";
import { commandLine } from "./command-line.js";
import type { CompareFlags } from "./compare.js";
import { runComparison } from "./compare-runs.js";
import { ExitCode } from "./exit-codes.js";
import {
  builtIn,
  type CheckedCell,
  checkedCells,
  loadCatalogue,
  missingHosts,
  requireHosts,
} from "./load-comparison.js";
import { readScenarioFile, ScenarioError } from "./load-scenario.js";
import { freshPath, shortest } from "./paths.js";
import { print, say, styleOf } from "./terminal.js";

/** What the patterns are tried on when no target is named: one of each kind, and what survives a crash of its broker. */
const USUAL_TARGETS = [
  "redis-list-aof",
  "redis-streams",
  "bullmq",
  "rabbitmq-classic",
  "rabbitmq-quorum",
  "kafka",
  "nats",
  "postgres",
  "sqs",
];

const COMMAND_LINE = { file: "havoq compare", line: 0, column: 0, path: "" };

/** A pattern that was read, with a cell for each target. */
interface LoadedPattern {
  readonly slug: string;
  readonly name: string;
  readonly question: string | null;
  readonly cells: readonly CheckedCell[];
}

/** Runs every scenario of a folder against the targets, and says which system meets which pattern. */
export async function comparePatterns(folder: string | undefined, flags: CompareFlags): Promise<ExitCode> {
  if (flags.csv) throw new ScenarioError([{ ...COMMAND_LINE, message: "--csv is of a comparison, not of --patterns" }]);
  const targets = flags.targets ?? USUAL_TARGETS;
  const loaded = await loadPatterns(folder ?? builtIn("patterns"), targets, flags);
  const subjects = loaded.flatMap(({ cells }) => cells.flatMap(({ subject }) => subject ?? []));
  if (flags.targets) await requireHosts(subjects);
  const missing = new Map((await missingHosts(subjects)).map(({ target, message }) => [target, message]));
  const out = freshPath(resolve(flags.out), "patterns");
  const done: PatternRuns[] = [];
  let interrupted = false;
  for (const [at, pattern] of loaded.entries()) {
    if (interrupted) break;
    if (!isQuiet(flags)) say(`pattern ${at + 1} of ${loaded.length}: ${pattern.name}\n`);
    const { runs, cut } = await runPattern(pattern, missing, out, flags);
    interrupted = cut;
    done.push(runs);
  }
  const { cores, cpuModel, kernel, memoryBytes } = describeEnvironment("");
  const machine = `${cores} x ${cpuModel}, ${Math.round(memoryBytes / 2 ** 30)} GiB, ${kernel}`;
  const about = { havoqVersion: HAVOQ_VERSION, command: commandLine(), machine, interrupted };
  return write(buildPatterns({ ...about, targets, patterns: done }), out, flags);
}

/** Reads all patterns; throws one `ScenarioError` with all that is wrong with any of them. */
async function loadPatterns(folder: string, targets: readonly string[], flags: CompareFlags): Promise<LoadedPattern[]> {
  const isFolder = existsSync(folder) && statSync(folder).isDirectory();
  const files = isFolder
    ? readdirSync(folder)
        .filter((name) => /\.ya?ml$/.test(name))
        .sort()
    : [];
  if (files.length === 0) {
    const message = isFolder ? "holds no scenario (*.yaml)" : "no such folder";
    throw new ScenarioError([
      { file: folder, line: 0, column: 0, path: "", message, hint: "name one with --patterns DIR" },
    ]);
  }
  const overlays = [...flags.set, ...(flags.seed === undefined ? [] : [`seed=${flags.seed}`])];
  const problems: Problem[] = [];
  const loaded: LoadedPattern[] = [];
  for (const name of files) {
    const file = join(folder, name);
    const read = readScenarioFile(file);
    try {
      if ("problems" in read) throw new ScenarioError(read.problems);
      const catalogue = loadCatalogue(flags.catalogue, join(folder, "targets", name));
      const cells = await checkedCells(read.text, file, { overlays, targets, reference: flags.reference, catalogue });
      loaded.push({ slug: basename(name).replace(/\.ya?ml$/, ""), ...cells });
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new ScenarioError(uniqueProblems(problems));
  return loaded;
}

/** What is wrong with the command line is so for every file. */
const uniqueProblems = (problems: readonly Problem[]): Problem[] => [
  ...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values(),
];

async function runPattern(
  { slug, name, question, cells }: LoadedPattern,
  missing: ReadonlyMap<string, string>,
  out: string,
  flags: CompareFlags,
): Promise<{ runs: PatternRuns; cut: boolean }> {
  const refused = cells.flatMap(({ target, subject, problems }) => {
    if (!subject) return [{ target, reasons: problems.map(({ message }) => knownSecrets.hide(message)) }];
    const absent = missing.get(target);
    return absent === undefined ? [] : [{ target, reasons: [absent] }];
  });
  const subjects = cells.flatMap(({ target, subject }) => (subject && !missing.has(target) ? [subject] : []));
  const nothing = { name, question, directory: null, comparison: null, refused };
  if (subjects.length === 0) return { runs: nothing, cut: false };
  const prepared = { name, question, reference: null, subjects };
  try {
    const request = { prepared, capacity: [], rounds: flags.runs ?? 1, folder: join(out, slug), quiet: isQuiet(flags) };
    const drawn = await runComparison(request);
    if (drawn === null) return { runs: nothing, cut: true };
    return { runs: { ...nothing, directory: slug, comparison: drawn.comparison }, cut: drawn.comparison.interrupted };
  } catch (error) {
    // Other patterns may run where this one could not.
    if (!(error instanceof EnvironmentError)) throw error;
    say(`havoq: ${name}: ${error.message}\n`);
    return { runs: nothing, cut: false };
  }
}

function write(matrix: PatternMatrix, out: string, flags: CompareFlags): ExitCode {
  const page = join(out, "patterns.html");
  writeFileSync(join(out, "patterns.json"), `${JSON.stringify(matrix)}\n`);
  writeFileSync(page, renderPatternsHtml(matrix));
  if (flags.json) print(`${JSON.stringify(matrix)}\n`);
  else if (flags.markdown) print(renderPatternsMarkdown(matrix));
  else print(`\n${renderPatterns(matrix, styleOf(process.stdout))}\n  report ${shortest(page)}\n`);
  if (matrix.interrupted) return ExitCode.interrupted;
  const failed = matrix.patterns.some(({ cells }) => cells.some(({ state }) => state === "failed"));
  return failed ? ExitCode.environment : ExitCode.ok;
}

const isQuiet = ({ quiet, json, markdown }: CompareFlags): boolean => quiet || json || markdown;
