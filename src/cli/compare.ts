import { existsSync, statSync } from "node:fs";
import { type Command, InvalidArgumentError } from "commander";
import { COMPARISON_FORMATS } from "../../reports/formats.js";
import { renderComparison } from "../../reports/terminal/comparison.js";
import { renderPatterns } from "../../reports/terminal/patterns.js";
import { compareInto } from "../api/compare.js";
import { compareFolders, type Drawn } from "../rounds/compare-folders.js";
import { loadCatalogue } from "../rounds/load-comparison.js";
import { comparePatterns } from "../rounds/patterns.js";
import { forRecord } from "../secrets/places.js";
import { shortest } from "../store/paths.js";
import { commandLine } from "./command-line.js";
import { ExitCode, worstOf } from "./exit-codes.js";
import { collect, integer, times } from "./flags.js";
import { interruptible } from "./interrupt.js";
import { terminalWatcher } from "./progress.js";
import { print, styleOf } from "./terminal.js";
import { usage } from "./usage.js";

interface CompareFlags extends Readonly<Record<(typeof COMPARISON_FORMATS)[number]["name"], boolean>> {
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
  readonly quiet: boolean;
}

/** Adds `havoq compare`. */
export function addCompareCommand(program: Command, exit: (code: ExitCode) => void): void {
  const command = program
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
    .option("--out <dir>", "folder for the comparison's folder", "havoq-runs");
  for (const { name, help } of COMPARISON_FORMATS) command.option(`--${name}`, help, false);
  command
    .option("--quiet", "print only the result", false)
    .action(async (what: string[], flags: CompareFlags) => exit(await compare(what, flags)));
}

async function compare(what: readonly string[], flags: CompareFlags): Promise<ExitCode> {
  if (flags.list) return listTargets(flags);
  const { patterns } = flags;
  if (patterns !== undefined)
    return interruptible((abort) => compareAllPatterns(patterns === true ? undefined : patterns, flags, abort));
  const folders = what.filter((path) => existsSync(path) && statSync(path).isDirectory());
  const [file] = what.filter((path) => !folders.includes(path));
  if (what.length === 0)
    throw usage(
      "havoq compare",
      "expected a scenario file or folders of runs",
      "havoq compare --list shows the targets",
    );
  if (file === undefined) return show(compareFolders(folders, { ...flags, command: commandLine() }), flags);
  if (what.length > 1) throw usage(what[1] ?? "", "a comparison is one scenario file, or folders of runs");
  const choices = { ...flags, set: overlaysOf(flags) };
  const about = { command: commandLine(), watcher: terminalWatcher(isQuiet(flags)) };
  return interruptible(async (abort) => show(await compareInto(flags.out, file, choices, { ...about, abort }), flags));
}

const overlaysOf = ({ set, seed }: CompareFlags) => [...set, ...(seed === undefined ? [] : [`seed=${seed}`])];
const formatOf = (flags: CompareFlags) => COMPARISON_FORMATS.find(({ name }) => flags[name]);
const isQuiet = (flags: CompareFlags): boolean => flags.quiet || formatOf(flags) !== undefined;

async function compareAllPatterns(
  folder: string | undefined,
  flags: CompareFlags,
  abort: AbortController,
): Promise<ExitCode> {
  const wrong = COMPARISON_FORMATS.find((each) => flags[each.name] && each.patterns === null);
  if (wrong) throw usage("havoq compare", `--${wrong.name} is of a comparison, not of --patterns`);
  const { targets, reference, catalogue, out, runs: rounds = 1 } = flags;
  const about = { folder, targets, reference, catalogue, out, rounds, overlays: overlaysOf(flags) };
  const command = commandLine();
  const { matrix, page } = await comparePatterns({
    ...about,
    command,
    abort,
    watcher: terminalWatcher(isQuiet(flags)),
  });
  const format = formatOf(flags);
  if (format?.patterns) print(format.patterns(matrix));
  else print(`\n${renderPatterns(matrix, styleOf(process.stdout))}\n  report ${shortest(page)}\n`);
  if (matrix.interrupted) return ExitCode.interrupted;
  const failed = matrix.patterns.some(({ cells }) => cells.some(({ state }) => state === "failed"));
  return failed ? ExitCode.environment : ExitCode.ok;
}

const FAILURE_CODES = { failed: ExitCode.environment, unproven: ExitCode.inconclusive } as const;

function show({ comparison, page }: Drawn, flags: CompareFlags): ExitCode {
  const format = formatOf(flags);
  if (format) print(format.comparison(comparison));
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
