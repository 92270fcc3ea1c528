import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type DoneRun, interleave, timeLeftMs } from "../compare/order.js";
import { EnvironmentError } from "../engine/errors.js";
import { planPhases } from "../engine/plan.js";
import { runScenario } from "../engine/run.js";
import { BrokerStartError } from "../hosts/broker.js";
import { HostUnavailableError } from "../hosts/choose.js";
import { processesNamed } from "../os/processes.js";
import type { RunResult } from "../result/schema.js";
import { LOAD_PHASES } from "../scenario/scenario.js";
import type { Drawn } from "./compare.js";
import { commandLine, redraw } from "./compare-folders.js";
import { type ComparisonPlanFile, writePlan } from "./comparison-folder.js";
import type { PreparedComparison, PreparedSubject } from "./load-comparison.js";
import { Progress } from "./progress.js";
import { onInterrupt } from "./run.js";
import { writeReports } from "./write-reports.js";

/** A comparison to run. */
export interface ComparisonRequest {
  readonly prepared: PreparedComparison;
  readonly rounds: number;
  readonly folder: string;
  readonly quiet: boolean;
}

/** Brokers that may run on this machine for somebody else. */
const BROKERS = ["redis-server", "valkey-server", "nats-server", "beam.smp", "postgres", "mysqld", "mongod"];
const RECORDS_LIMIT_BYTES = 2 ** 30;

/** Runs all rounds, one target at a time, and compares what was finished; `null` when that is nothing. */
export async function runComparison(request: ComparisonRequest): Promise<Drawn | null> {
  const { prepared, rounds, folder, quiet } = request;
  const { subjects } = prepared;
  const seed = subjects[0]?.scenario.seed ?? 1;
  const order = interleave(subjects.length, rounds, seed);
  const plan = planFile(request, order, seed);
  makeFolder(folder, plan);
  if (!quiet) tellOfOthers();
  const abort = new AbortController();
  const release = onInterrupt(abort);
  const failures: { subject: string; round: number; message: string }[] = [];
  const done: DoneRun[] = [];
  let finished = 0;
  try {
    for (const [at, planned] of order.entries()) {
      const subject = subjects[planned.subject];
      const run = plan.runs[at];
      if (!subject || !run || abort.signal.aborted) continue;
      const left = order.slice(at).map((each) => ({ ...each, plannedMs: loadMs(subjects[each.subject]) }));
      if (!quiet) announce(at + 1, order.length, planned.round, rounds, subject.name, timeLeftMs(left, done));
      const begun = Date.now();
      try {
        const result = await runOne(subject, planned.round, join(folder, run.directory), abort, quiet);
        if (!result.run.interrupted) finished += 1;
      } catch (error) {
        if (!isEnvironment(error)) throw error;
        process.stderr.write(`havoq: ${subject.name}, round ${planned.round}: ${error.message}\n`);
        failures.push({ subject: subject.name, round: planned.round, message: error.message });
      }
      done.push({ ...planned, plannedMs: loadMs(subject), tookMs: Date.now() - begun });
    }
  } finally {
    release();
  }
  if (finished === 0 && abort.signal.aborted) return null;
  if (finished === 0) throw new EnvironmentError("no run of the comparison came to its end", failures[0]?.message);
  return redraw(folder, plan, { interrupted: abort.signal.aborted, failures });
}

function planFile(
  { prepared, rounds }: ComparisonRequest,
  order: ReturnType<typeof interleave>,
  seed: number,
): ComparisonPlanFile {
  const { name, question, reference, subjects } = prepared;
  const digits = String(order.length).length;
  return {
    schemaVersion: 1,
    name,
    question,
    reference,
    command: commandLine(),
    rounds,
    seed,
    subjects: subjects.map((subject) => ({
      name: subject.name,
      target: subject.target,
      variation: { ...subject.variation },
    })),
    runs: order.map(({ subject, round }, at) => {
      const name = subjects[subject]?.name ?? "";
      const slug = name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .slice(0, 60);
      return {
        directory: join("runs", `${String(at + 1).padStart(digits, "0")}-${slug}`),
        subject: name,
        round,
        order: at + 1,
      };
    }),
  };
}

/** Havoq starts each broker for its run; others it leaves alone, and says so. */
function tellOfOthers(): void {
  const running = processesNamed(BROKERS);
  if (running.length === 0) return;
  const list = [...new Set(running.map(({ name }) => name))].join(", ");
  process.stderr.write(`havoq: ${list} already run on this machine and take part of it; they are left alone\n`);
}

function makeFolder(folder: string, plan: ComparisonPlanFile): void {
  try {
    mkdirSync(folder, { recursive: true });
    writePlan(folder, plan);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new EnvironmentError(`the folder ${folder} can't be written: ${why}`, "choose another with --out");
  }
}

/** The same seed in a round gives every target the same schedule and payloads. */
async function runOne(
  subject: PreparedSubject,
  round: number,
  runDirectory: string,
  abort: AbortController,
  quiet: boolean,
): Promise<RunResult> {
  const { driver, options, settings } = subject;
  const scenario = { ...subject.scenario, seed: subject.scenario.seed + round - 1 };
  const progress = new Progress({ ...scenario, name: subject.name }, planPhases(scenario), quiet);
  try {
    const about = { scenario, driver, options, settings, runDirectory, command: commandLine(), abort };
    const result = await runScenario({ ...about, recordsLimitBytes: RECORDS_LIMIT_BYTES, onStage: progress.stage });
    writeReports(runDirectory, result);
    return result;
  } finally {
    progress.stop();
  }
}

const loadMs = (subject: PreparedSubject | undefined): number =>
  LOAD_PHASES.reduce((sum, phase) => sum + (subject?.scenario.phases[phase] ?? 0), 0);

function isEnvironment(error: unknown): error is Error {
  return (
    error instanceof EnvironmentError || error instanceof BrokerStartError || error instanceof HostUnavailableError
  );
}

function announce(run: number, runs: number, round: number, rounds: number, name: string, leftMs: number): void {
  const left = leftMs < 90_000 ? `${Math.ceil(leftMs / 1000)} s` : `${Math.ceil(leftMs / 60_000)} min`;
  process.stderr.write(`run ${run} of ${runs} (round ${round} of ${rounds}): ${name}; about ${left} left\n`);
}
