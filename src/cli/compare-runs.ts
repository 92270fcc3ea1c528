import { join } from "node:path";
import type { Failure } from "../compare/input.js";
import { type DoneRun, interleave, type PlannedRun, timeLeftMs } from "../compare/order.js";
import { EnvironmentError, unwritable } from "../engine/errors.js";
import { InterruptedError } from "../engine/interruption.js";
import { planPhases } from "../engine/plan.js";
import { runScenario } from "../engine/run.js";
import { BrokerStartError } from "../hosts/broker.js";
import { HostUnavailableError } from "../hosts/choose.js";
import { makeFolder } from "../os/folders.js";
import { processesNamed } from "../os/processes.js";
import type { RunResult } from "../result/schema.js";
import { LOAD_PHASES } from "../scenario/scenario.js";
import { knownSecrets } from "../secrets/known.js";
import { commandLine } from "./command-line.js";
import type { Drawn } from "./compare.js";
import { redraw } from "./compare-folders.js";
import { type ComparisonPlanFile, writePlan } from "./comparison-folder.js";
import { planOf } from "./comparison-plan.js";
import { onInterrupt } from "./interrupt.js";
import type { PreparedComparison, PreparedSubject } from "./load-comparison.js";
import { Progress } from "./progress.js";
import { say } from "./terminal.js";
import { writeReports } from "./write-reports.js";

/** A comparison to run. */
export interface ComparisonRequest {
  readonly prepared: PreparedComparison;
  /** The same subjects as fast as they can, one run each after the rounds; empty when that is not asked. */
  readonly capacity: readonly PreparedSubject[];
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
  const seed = prepared.subjects[0]?.scenario.seed ?? 1;
  const order = interleave(prepared.subjects.length, rounds, seed);
  const plan = planOf(request, order, seed);
  openFolder(folder, plan);
  if (!quiet) tellOfOthers();
  const abort = new AbortController();
  const release = onInterrupt(abort);
  const failures: Failure[] = [];
  const done: DoneRun[] = [];
  let finished = 0;
  const jobs = jobsOf(request, order, plan);
  try {
    for (const [at, job] of jobs.entries()) {
      if (abort.signal.aborted) break;
      if (!quiet) announce(at + 1, jobs, timeLeftMs(jobs.slice(at), done), rounds);
      const begun = performance.now();
      try {
        const result = await runOne(job, join(folder, job.directory), abort, quiet);
        if (!result.run.interrupted && !job.capacity) finished += 1;
      } catch (error) {
        if (error instanceof InterruptedError) break;
        if (!isEnvironment(error)) throw error;
        const { name } = job.prepared;
        say(`havoq: ${name}, round ${job.round}: ${error.message}\n`);
        failures.push({ subject: name, round: job.round, kind: "failed", message: knownSecrets.hide(error.message) });
      }
      done.push({ ...job, tookMs: performance.now() - begun });
    }
  } finally {
    release();
  }
  if (finished === 0 && abort.signal.aborted) return null;
  if (finished === 0) throw new EnvironmentError("no run of the comparison came to its end", failures[0]?.message);
  return redraw(folder, plan, { interrupted: abort.signal.aborted, failures });
}

/** One run to do. */
interface Job extends PlannedRun {
  readonly prepared: PreparedSubject;
  readonly plannedMs: number;
  readonly directory: string;
  /** Whether it is a run as fast as the target can, beside the rounds. */
  readonly capacity: boolean;
}

function jobsOf(
  { prepared, capacity, rounds }: ComparisonRequest,
  order: readonly PlannedRun[],
  plan: ComparisonPlanFile,
): Job[] {
  const job = (
    subjects: readonly PreparedSubject[],
    run: PlannedRun,
    directory: string | undefined,
    own: boolean,
  ): Job[] => {
    const subject = subjects[run.subject];
    if (!subject || directory === undefined) return [];
    return [{ ...run, prepared: subject, plannedMs: loadMs(subject), directory, capacity: own }];
  };
  const inRounds = order.flatMap((run, at) => job(prepared.subjects, run, plan.runs[at]?.directory, false));
  const after = capacity.flatMap((_, subject) =>
    job(capacity, { subject, round: rounds }, plan.capacity?.[subject]?.directory, true),
  );
  return [...inRounds, ...after];
}

/** Havoq starts each broker for its run; others it leaves alone, and says so. */
function tellOfOthers(): void {
  const running = processesNamed(BROKERS);
  if (running.length === 0) return;
  const list = [...new Set(running.map(({ name }) => name))].join(", ");
  say(`havoq: ${list} already run on this machine and take part of it; they are left alone\n`);
}

function openFolder(folder: string, plan: ComparisonPlanFile): void {
  try {
    makeFolder(folder);
    writePlan(folder, plan);
  } catch (error) {
    throw unwritable(`the folder ${folder}`, error);
  }
}

/** The same seed in a round gives every target the same schedule and payloads. */
async function runOne(job: Job, runDirectory: string, outer: AbortController, quiet: boolean): Promise<RunResult> {
  const { driver, options, settings, name } = job.prepared;
  const scenario = { ...job.prepared.scenario, seed: job.prepared.scenario.seed + job.round - 1 };
  // A run that fails ends itself by its own controller; the next one goes on.
  const abort = new AbortController();
  const end = () => abort.abort(outer.signal.reason);
  outer.signal.addEventListener("abort", end, { once: true });
  const progress = new Progress({ ...scenario, name }, planPhases(scenario), quiet);
  try {
    const about = { scenario, driver, options, settings, runDirectory, command: commandLine(), abort };
    const result = await runScenario({ ...about, recordsLimitBytes: RECORDS_LIMIT_BYTES, onStage: progress.stage });
    writeReports(runDirectory, result);
    return result;
  } finally {
    progress.stop();
    outer.signal.removeEventListener("abort", end);
  }
}

const loadMs = (subject: PreparedSubject | undefined): number =>
  LOAD_PHASES.reduce((sum, phase) => sum + (subject?.scenario.phases[phase] ?? 0), 0);

function isEnvironment(error: unknown): error is Error {
  return (
    error instanceof EnvironmentError || error instanceof BrokerStartError || error instanceof HostUnavailableError
  );
}

function announce(number: number, jobs: readonly Job[], leftMs: number, rounds: number): void {
  const job = jobs[number - 1];
  if (!job) return;
  const left = leftMs < 90_000 ? `${Math.ceil(leftMs / 1000)} s` : `${Math.ceil(leftMs / 60_000)} min`;
  const where = job.capacity ? "capacity" : `round ${job.round} of ${rounds}`;
  say(`run ${number} of ${jobs.length} (${where}): ${job.prepared.name}; about ${left} left\n`);
}
