import { resolve } from "node:path";
import type { Command } from "commander";
import { describeEnvironment } from "../engine/environment.js";
import { type GateOutcome, runGate } from "../engine/gate.js";
import { conclude } from "../gate/conclude.js";
import { DEFAULT_METRICS } from "../gate/metrics.js";
import type { GateResult } from "../gate/schema.js";
import { DEFAULT_FLOOR_NS, DEFAULT_LOOKS, DEFAULT_MIN_EFFECT, DEFAULT_TOLERANCE } from "../gate/settings.js";
import type { GateState } from "../gate/state.js";
import type { RunResult } from "../result/schema.js";
import { ExitCode } from "./exit-codes.js";
import { ascending, byteSize, collect, duration, integer, positive, share } from "./flags.js";
import { type GateOutputs, writeGate } from "./gate-outputs.js";
import { type GateFlags, type GatePlan, planGate, systemOf } from "./gate-plan.js";
import { GateProgress } from "./gate-progress.js";
import { onInterrupt } from "./interrupt.js";
import type { Prepared } from "./load-scenario.js";
import { freshPath } from "./paths.js";
import { writeReports } from "./write-reports.js";

interface Flags extends GateFlags, GateOutputs {
  readonly out: string;
  readonly seed: number;
  readonly quiet: boolean;
  readonly recordsLimit: number;
  readonly keepRecords: boolean;
}

/** Adds `havoq gate`. */
export function addGateCommand(program: Command, exit: (code: ExitCode) => void): void {
  program
    .command("gate")
    .description("tell whether a candidate is worse than a baseline: pairs of short runs on this machine, in turns")
    .argument("<scenario>", "scenario file (YAML); both sides, unless another is named for one")
    .option("--baseline <scenario>", "another scenario file for the baseline")
    .option("--candidate <scenario>", "another scenario file for the candidate")
    .option("--set <path=value>", "change a value of both; may be repeated", collect, [])
    .option("--baseline-set <path=value>", "change a value of the baseline; may be repeated", collect, [])
    .option("--candidate-set <path=value>", "change a value of the candidate; may be repeated", collect, [])
    .option("--slice <duration>", "measured part of each run (default 20s)", duration)
    .option("--ramp <duration>", "part of each run before it, not measured (default 5s)", duration)
    .option("--metric <name>", `what is compared; may be repeated (default ${DEFAULT_METRICS.join(", ")})`, collect, [])
    .option("--threshold <metric: expression>", 'such as "endToEnd: p(99)<200ms"; may be repeated', collect, [])
    .option("--looks <pairs>", "numbers of pairs at which the gate may decide", ascending, [...DEFAULT_LOOKS])
    .option("--min-effect <share>", "smallest change that counts", share, DEFAULT_MIN_EFFECT)
    .option("--tolerance <share>", "largest change that a pass leaves possible", share, DEFAULT_TOLERANCE)
    .option("--floor <duration>", "a latency that changed by less has not changed", duration, DEFAULT_FLOOR_NS / 1e6)
    .option("--max-minutes <n>", "begin no pair that would not end in this time", positive, Number.POSITIVE_INFINITY)
    .option("--seed <n>", "seed of the order of the slices and of each run's choices", integer, 1)
    .option("--out <dir>", "folder for the gate's folder", "havoq-gates")
    .option("--markdown <file>", "write the summary there too")
    .option("--junit <file>", "write the JUnit XML there too")
    .option("--json", "print the result as JSON", false)
    .option("--quiet", "print only the result", false)
    .option("--records-limit <size>", "most disk for the records of a slice", byteSize, 2 ** 30)
    .option("--keep-records", "keep the records of all slices", false)
    .action(async (file: string, flags: Flags) => exit(await gate(file, flags)));
}

async function gate(file: string, flags: Flags): Promise<ExitCode> {
  const plan = await planGate(file, flags, DEFAULT_METRICS);
  const directory = freshPath(resolve(flags.out), plan.candidate.scenario.name);
  const abort = new AbortController();
  const release = onInterrupt(abort);
  const command = ["havoq", ...process.argv.slice(2)].join(" ");
  const startedAt = new Date();
  const progress = new GateProgress(flags.quiet || flags.json);
  try {
    const outcome = await runGate({
      systems: [systemOf("baseline", plan.baseline), systemOf("candidate", plan.candidate)],
      ...plan,
      directory,
      command,
      abort,
      seed: flags.seed,
      limitMs: flags.maxMinutes * 60_000,
      recordsLimitBytes: flags.keepRecords ? null : flags.recordsLimit,
      keepRecords: flags.keepRecords,
      onStage: progress.say,
      onSlice: (state: GateState, result: RunResult, runDirectory: string) => {
        writeReports(runDirectory, result);
        progress.slice(state);
      },
    });
    const result = resultOf(plan, outcome, { startedAt, command, interrupted: abort.signal.aborted }, flags);
    writeGate(directory, result, plan.candidate, flags);
    return exitCodeOf(result);
  } finally {
    release();
  }
}

const EXIT_CODES = {
  pass: ExitCode.ok,
  improvement: ExitCode.ok,
  regression: ExitCode.failed,
  inconclusive: ExitCode.inconclusive,
} as const satisfies Record<GateResult["verdict"], ExitCode>;

const exitCodeOf = ({ verdict, interrupted }: GateResult): ExitCode =>
  interrupted ? ExitCode.interrupted : EXIT_CODES[verdict];

interface About {
  readonly startedAt: Date;
  readonly command: string;
  readonly interrupted: boolean;
}

function resultOf(plan: GatePlan, outcome: GateOutcome, about: About, flags: Flags): GateResult {
  const { state, thresholds, last, cutShort } = outcome;
  const { havoqVersion, nodeVersion, kernel, cpuModel, cores } = describeEnvironment(about.command);
  return conclude(state, {
    name: plan.candidate.scenario.name,
    startedAt: about.startedAt.toISOString(),
    durationSeconds: (Date.now() - about.startedAt.getTime()) / 1000,
    interrupted: about.interrupted,
    baseline: describeSystem(plan.baseline, [...flags.set, ...flags.baselineSet], last.get("baseline")),
    candidate: describeSystem(plan.candidate, [...flags.set, ...flags.candidateSet], last.get("candidate")),
    differences: plan.differences,
    environment: { havoqVersion, nodeVersion, kernel, cpuModel, cores },
    thresholds,
    cutShort,
  });
}

function describeSystem(
  { scenario, file, driver }: Prepared,
  overlays: readonly string[],
  result: RunResult | undefined,
): GateResult["candidate"] {
  return {
    name: scenario.name,
    file,
    overlays: [...overlays],
    driver: driver.name,
    host: result?.target.host ?? scenario.target.host,
    brokerVersion: result?.target.brokerVersion ?? null,
  };
}
