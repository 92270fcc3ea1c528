import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { renderComparisonCsv } from "../../reports/csv/comparison.js";
import { renderComparisonMarkdown } from "../../reports/markdown/comparison.js";
import { renderComparison } from "../../reports/terminal/comparison.js";
import type { Comparison } from "../compare/schema.js";
import { forRecord } from "../secrets/places.js";
import { compareFolders } from "./compare-folders.js";
import { comparePatterns } from "./compare-patterns.js";
import { runComparison } from "./compare-runs.js";
import { ExitCode, worstOf } from "./exit-codes.js";
import { collect, integer, times } from "./flags.js";
import { loadCatalogue, loadComparison, requireHosts } from "./load-comparison.js";
import { freshPath, shortest } from "./paths.js";
import { print, say, styleOf } from "./terminal.js";
import { usage } from "./usage.js";

/** What the command line of `havoq compare` says. */
export interface CompareFlags {
  readonly targets?: readonly string[];
  readonly runs?: number;
  readonly seed?: number;
  readonly out: string;
  readonly set: readonly string[];
  readonly reference?: string;
  readonly catalogue?: string;
  readonly list: boolean;
  readonly capacity: boolean;
  /** `true` for havoq's own folder. */
  readonly patterns?: string | true;
  readonly json: boolean;
  readonly markdown: boolean;
  readonly csv: boolean;
  readonly quiet: boolean;
}

/** Adds `havoq compare`. */
export function addCompareCommand(program: Command, exit: (code: ExitCode) => void): void {
  program
    .command("compare")
    .description(
      "run one scenario against several targets, fairly, and say how they differ; or compare runs that exist",
    )
    .argument("[what...]", "a scenario file (YAML), - for standard input, or folders of runs or of a comparison")
    .option("--targets <names>", "targets of the catalogue, joined by commas", names)
    .option("--list", "list the targets that --targets can name", false)
    .option("--patterns [dir]", "a folder of scenarios against the targets: which system meets which pattern")
    .option("--catalogue <file>", "a file of named targets beside havoq's own and havoq-targets.yaml")
    .option("--runs <n>", "runs of each target, in rounds (default: the scenario's, else 3)", times)
    .option("--seed <n>", "seed of the first round; the next ones follow", integer)
    .option("--capacity", "one more run of each target, as fast as it can", false)
    .option("--reference <target>", "what the others are held against; the first when not given")
    .option("--set <path=value>", "change a value of the scenario; may be repeated", collect, [])
    .option("--out <dir>", "folder for the comparison's folder", "havoq-runs")
    .option("--json", "print comparison.json", false)
    .option("--markdown", "print markdown", false)
    .option("--csv", "print every value of every run as CSV", false)
    .option("--quiet", "print only the result", false)
    .action(async (what: string[], flags: CompareFlags) => exit(await compare(what, flags)));
}

async function compare(what: readonly string[], flags: CompareFlags): Promise<ExitCode> {
  if (flags.list) return listTargets(flags);
  if (flags.patterns !== undefined) return comparePatterns(flags.patterns === true ? undefined : flags.patterns, flags);
  const folders = what.filter((path) => existsSync(path) && statSync(path).isDirectory());
  const files = what.filter((path) => !folders.includes(path));
  if (what.length === 0)
    throw usage(
      "havoq compare",
      "expected a scenario file or folders of runs",
      "havoq compare --list shows the targets",
    );
  const [file] = files;
  if (file === undefined) return show(compareFolders(folders, flags), flags);
  if (what.length > 1) throw usage(what[1] ?? "", "a comparison is one scenario file, or folders of runs");
  return compareScenario(file, flags);
}

/** What makes a scenario a measurement of capacity: as fast as the window allows, and nothing breaks. */
const AT_CAPACITY = ["load.rate=closed", "faults=[]", "expect={}", "phases={ warmup: 1s, baseline: 5s, drain: 2s }"];

async function compareScenario(file: string, flags: CompareFlags): Promise<ExitCode> {
  const { targets, reference, set, seed } = flags;
  const overlays = [...set, ...(seed === undefined ? [] : [`seed=${seed}`])];
  const about = { targets, reference, catalogue: loadCatalogue(flags.catalogue) };
  const prepared = await loadComparison(file, { ...about, overlays });
  const fast = flags.capacity
    ? await loadComparison(file, { ...about, overlays: [...overlays, ...AT_CAPACITY] })
    : null;
  await requireHosts(prepared.subjects);
  const rounds = flags.runs ?? Math.max(...prepared.subjects.map(({ scenario }) => scenario.runs));
  const folder = freshPath(resolve(flags.out), `${prepared.name}-compare`);
  const quiet = flags.quiet || flags.json || flags.markdown || flags.csv;
  const done = await runComparison({
    prepared,
    capacity: fast?.subjects ?? [],
    rounds,
    folder,
    quiet,
  });
  if (done === null) {
    say("havoq: nothing was finished, so there is nothing to compare\n");
    return ExitCode.interrupted;
  }
  return show(done, flags);
}

/** A comparison and where its page is. */
export interface Drawn {
  readonly comparison: Comparison;
  readonly page: string;
}

const FAILURE_CODES = { failed: ExitCode.environment, unproven: ExitCode.inconclusive } as const;

function show({ comparison, page }: Drawn, flags: CompareFlags): ExitCode {
  if (flags.json) print(`${JSON.stringify(comparison)}\n`);
  else if (flags.markdown) print(renderComparisonMarkdown(comparison));
  else if (flags.csv) print(renderComparisonCsv(comparison));
  else print(`\n${renderComparison(comparison, styleOf(process.stdout))}\n  report ${shortest(page)}\n`);
  if (comparison.interrupted) return ExitCode.interrupted;
  return worstOf(comparison.failures.map(({ kind }) => FAILURE_CODES[kind]));
}

function listTargets({ catalogue }: CompareFlags): ExitCode {
  for (const [name, { data }] of loadCatalogue(catalogue)) {
    const { driver, host, options, broker } = {
      driver: "",
      host: "auto",
      options: {},
      broker: {},
      ...Object(forRecord(data, ["target"])),
    };
    const how = Object.entries({ ...options, ...broker }).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
    print(
      `${[name.padEnd(22), driver, host === "auto" ? "" : host, ...how.join(", ").split("\n")].filter(Boolean).join("  ")}\n`,
    );
  }
  return ExitCode.ok;
}

function names(text: string): string[] {
  const list = text.split(",").map((name) => name.trim());
  if (list.includes("")) throw new InvalidArgumentError("expected names joined by commas, such as redis-streams,kafka");
  return list;
}
