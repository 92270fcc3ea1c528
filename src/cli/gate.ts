import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { GATE_FORMATS } from "../../reports/formats.js";
import { DEFAULT_SLICES, gateInto } from "../api/gate.js";
import { DEFAULT_METRICS } from "../gate/metrics.js";
import type { GateResult } from "../gate/schema.js";
import { DEFAULT_FLOOR_NS, DEFAULT_LOOKS, DEFAULT_MIN_EFFECT, DEFAULT_TOLERANCE } from "../gate/settings.js";
import { COMPARABLE_JOBS } from "../gate/stored.js";
import { appendJob, measureSlices, readJobs } from "../rounds/baseline-file.js";
import { type GateFlags, planStored } from "../rounds/gate-plan.js";
import { freshPath } from "../store/paths.js";
import { NS_PER_MS } from "../units.js";
import { commandLine } from "./command-line.js";
import { ExitCode } from "./exit-codes.js";
import { ascending, byteSize, collect, duration, integer, positive, share, times } from "./flags.js";
import { type GateOutputs, publishGate } from "./gate-outputs.js";
import { interruptible } from "./interrupt.js";
import { print, say } from "./terminal.js";

interface Flags extends GateFlags, GateOutputs {
  readonly out: string;
  readonly seed: number;
  readonly quiet: boolean;
  readonly recordsLimit: number;
  readonly keepRecords: boolean;
  readonly baselineFile?: string;
  readonly slices: number;
}

/** Adds `havoq gate` and `havoq gate record`. */
export function addGateCommand(program: Command, exit: (code: ExitCode) => void): void {
  const command = program
    .command("gate")
    .description("tell whether a candidate is worse than a baseline: pairs of short runs on this machine, in turns")
    .enablePositionalOptions()
    .argument("<scenario>", "scenario file (YAML), - for standard input; both sides, unless another is named for one")
    .option("--baseline <scenario>", "another scenario file for the baseline")
    .option("--candidate <scenario>", "another scenario file for the candidate")
    .option("--baseline-set <path=value>", "change a value of the baseline; may be repeated", collect, [])
    .option("--candidate-set <path=value>", "change a value of the candidate; may be repeated", collect, [])
    .addOption(
      new Option("--baseline-file <file>", "hold the candidate against earlier jobs in place of a baseline").conflicts([
        "baseline",
        "baselineSet",
        "looks",
        "maxMinutes",
      ]),
    )
    .option("--threshold <metric: expression>", 'such as "endToEnd: p(99)<200ms"; may be repeated', collect, [])
    .option("--looks <pairs>", "numbers of pairs at which the gate may decide", ascending, [...DEFAULT_LOOKS])
    .option("--min-effect <share>", "smallest change that counts", share, DEFAULT_MIN_EFFECT)
    .option("--tolerance <share>", "largest change that a pass leaves possible", share, DEFAULT_TOLERANCE)
    .option(
      "--floor <duration>",
      "a latency that changed by less has not changed",
      duration,
      DEFAULT_FLOOR_NS / NS_PER_MS,
    )
    .option("--max-minutes <n>", "begin no pair that would not end in this time", positive, Number.POSITIVE_INFINITY);
  for (const { name, help } of GATE_FORMATS) command.option(`--${name} <file>`, help);
  command
    .option("--json", "print the result as JSON", false)
    .option("--keep-records", "keep the records of all slices", false);
  withSliceOptions(command).action(async (file: string, flags: Flags) =>
    exit(await interruptible((abort) => gate(file, flags, abort))),
  );
  const record = command
    .command("record")
    .description("measure slices of a scenario and append them to a file of earlier jobs")
    .argument("<scenario>", "scenario file (YAML)")
    .requiredOption("--baseline-file <file>", "the file (JSON, one job a line)");
  withSliceOptions(record).action(async (file: string, flags: RecordFlags) =>
    exit(await interruptible((abort) => recordJob(file, flags, abort))),
  );
}

/** Options of whatever measures slices. */
const withSliceOptions = (command: Command): Command =>
  command
    .option("--set <path=value>", "change a value of the scenario; may be repeated", collect, [])
    .option("--slice <duration>", "measured part of each run (default 20s)", duration)
    .option("--ramp <duration>", "part of each run before it, not measured (default 5s)", duration)
    .option("--slices <n>", "runs of a job, with --baseline-file", times, DEFAULT_SLICES)
    .option("--metric <name>", `what is measured; may be repeated (${DEFAULT_METRICS.join(", ")})`, collect, [])
    .option("--seed <n>", "seed of the order of the slices and of each run's choices", integer, 1)
    .option("--out <dir>", "folder for the gate's folder", "havoq-gates")
    .option("--records-limit <size>", "most disk for the records of a slice", byteSize, 2 ** 30)
    .option("--quiet", "print only the result", false);

async function gate(file: string, flags: Flags, abort: AbortController): Promise<ExitCode> {
  const how = howOf(flags, flags.quiet || flags.json, abort);
  const { candidate, ...drawn } = await gateInto(flags.out, file, flags, how);
  publishGate(drawn, candidate, flags);
  return exitCodeOf(drawn.gate);
}

type RecordFlags = Pick<
  Flags,
  "set" | "slice" | "ramp" | "slices" | "metric" | "seed" | "out" | "recordsLimit" | "quiet"
> & {
  readonly baselineFile: string;
};

const howOf = ({ recordsLimit }: Pick<Flags, "recordsLimit">, quiet: boolean, abort: AbortController) => ({
  command: commandLine(),
  abort,
  recordsLimitBytes: recordsLimit,
  onStage: quiet ? () => {} : (text: string) => say(`gate: ${text}\n`),
});

async function recordJob(file: string, flags: RecordFlags, abort: AbortController): Promise<ExitCode> {
  const { baselineFile, seed, slices: count, quiet } = flags;
  const plan = await planStored(file, flags);
  readJobs(baselineFile);
  const directory = freshPath(resolve(flags.out), plan.candidate.scenario.name);
  const measured = await measureSlices({ ...howOf(flags, quiet, abort), plan, directory, seed, count });
  if (abort.signal.aborted) return ExitCode.interrupted;
  const alike = appendJob(baselineFile, measured, plan);
  print(`${baselineFile}: ${alike} comparable ${alike === 1 ? "job" : "jobs"}, ${COMPARABLE_JOBS} make a baseline\n`);
  return ExitCode.ok;
}

const EXIT_CODES = {
  pass: ExitCode.ok,
  improvement: ExitCode.ok,
  regression: ExitCode.failed,
  inconclusive: ExitCode.inconclusive,
} as const satisfies Record<GateResult["verdict"], ExitCode>;

const exitCodeOf = ({ verdict, interrupted }: GateResult): ExitCode =>
  interrupted ? ExitCode.interrupted : EXIT_CODES[verdict];
