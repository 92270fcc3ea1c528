import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { renderPatternsHtml } from "../../reports/html/index.js";
import { buildPatterns, type PatternMatrix, type PatternRuns } from "../compare/patterns.js";
import { describeEnvironment } from "../engine/environment.js";
import { EnvironmentError } from "../errors.js";
import type { Problem } from "../input/problems.js";
import { InterruptedError } from "../interruption.js";
import { HAVOQ_VERSION } from "../package.js";
import { knownSecrets } from "../secrets/known.js";
import { freshPath } from "../store/paths.js";
import { runComparison } from "./compare.js";
import type { ComparisonRequest } from "./comparison-plan.js";
import {
  builtIn,
  type CheckedCell,
  checkedCells,
  loadCatalogue,
  missingHosts,
  requireHosts,
} from "./load-comparison.js";
import { readScenarioFile, ScenarioError } from "./load-scenario.js";

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

/** A pattern that was read, with a cell for each target. */
interface LoadedPattern {
  readonly slug: string;
  readonly name: string;
  readonly question: string | null;
  readonly cells: readonly CheckedCell[];
}

/** Which patterns to try on what, and who is told. */
export interface PatternsRequest extends Pick<ComparisonRequest, "command" | "abort" | "watcher"> {
  /** havoq's own when not given. */
  readonly folder: string | undefined;
  /** The usual ones, as far as this machine has them, when not given. */
  readonly targets: readonly string[] | undefined;
  readonly overlays: readonly string[];
  readonly reference: string | undefined;
  /** A file of named targets. */
  readonly catalogue: string | undefined;
  readonly rounds: number;
  readonly out: string;
}

/** Runs every scenario of a folder against the targets, and says which system meets which pattern. */
export async function comparePatterns(request: PatternsRequest): Promise<{ matrix: PatternMatrix; page: string }> {
  const { command, watcher } = request;
  const targets = request.targets ?? USUAL_TARGETS;
  const loaded = await loadPatterns(request.folder ?? builtIn("patterns"), targets, request);
  const subjects = loaded.flatMap(({ cells }) => cells.flatMap(({ subject }) => subject ?? []));
  if (request.targets) await requireHosts(subjects, watcher.warn);
  const absent = await missingHosts(subjects, watcher.warn);
  const missing = new Map(absent.map(({ target, message }) => [target, message]));
  const out = freshPath(resolve(request.out), "patterns");
  const done: PatternRuns[] = [];
  let interrupted = false;
  for (const [at, pattern] of loaded.entries()) {
    if (interrupted) break;
    watcher.say(`pattern ${at + 1} of ${loaded.length}: ${pattern.name}`);
    const { runs, cut } = await runPattern(pattern, missing, out, request);
    interrupted = cut;
    done.push(runs);
  }
  const { cores, cpuModel, kernel, memoryBytes } = describeEnvironment("");
  const machine = `${cores} x ${cpuModel}, ${Math.round(memoryBytes / 2 ** 30)} GiB, ${kernel}`;
  const matrix = buildPatterns({ havoqVersion: HAVOQ_VERSION, command, machine, interrupted, targets, patterns: done });
  const page = join(out, "patterns.html");
  writeFileSync(join(out, "patterns.json"), `${JSON.stringify(matrix)}\n`);
  writeFileSync(page, renderPatternsHtml(matrix));
  return { matrix, page };
}

/** Reads all patterns; throws one `ScenarioError` with all that is wrong with any of them. */
async function loadPatterns(
  folder: string,
  targets: readonly string[],
  { overlays, reference, catalogue: named }: PatternsRequest,
): Promise<LoadedPattern[]> {
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
  const problems: Problem[] = [];
  const loaded: LoadedPattern[] = [];
  for (const name of files) {
    const file = join(folder, name);
    const read = readScenarioFile(file);
    try {
      if ("problems" in read) throw new ScenarioError(read.problems);
      const catalogue = loadCatalogue(named, join(folder, "targets", name));
      const cells = await checkedCells(read.text, file, { overlays, targets, reference, catalogue });
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
  { rounds, command, abort, watcher }: PatternsRequest,
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
    const about = { prepared, capacity: [], rounds, folder: join(out, slug) };
    const { comparison } = await runComparison({ ...about, command, abort, watcher });
    return { runs: { ...nothing, directory: slug, comparison }, cut: comparison.interrupted };
  } catch (error) {
    if (error instanceof InterruptedError) return { runs: nothing, cut: true };
    // Other patterns may run where this one could not.
    if (!(error instanceof EnvironmentError)) throw error;
    watcher.warn(`${name}: ${error.message}`);
    return { runs: nothing, cut: false };
  }
}
