import { join } from "node:path";
import { writeReports } from "../../reports/write.js";
import type { Failure } from "../compare/input.js";
import { type DoneRun, interleave, type PlannedRun, timeLeftMs } from "../compare/order.js";
import { runScenario } from "../engine/run.js";
import { EnvironmentError, unwritable } from "../errors.js";
import { BrokerStartError } from "../hosts/broker.js";
import { HostUnavailableError } from "../hosts/choose.js";
import { InterruptedError } from "../interruption.js";
import { makeFolder } from "../os/folders.js";
import { processesNamed } from "../os/processes.js";
import type { RunResult } from "../result-schema.js";
import { LOAD_PHASES } from "../scenario/scenario.js";
import { knownSecrets } from "../secrets/known.js";
import { type Drawn, redraw } from "./compare-folders.js";
import { type ComparisonPlanFile, writePlan } from "./comparison-folder.js";
import { type ComparisonRequest, planOf } from "./comparison-plan.js";
import type { PreparedSubject } from "./load-comparison.js";
import type { Watcher } from "./watcher.js";

/** Brokers that may run on this machine for somebody else. */
const BROKERS = ["redis-server", "valkey-server", "nats-server", "beam.smp", "postgres", "mysqld", "mongod"];
const RECORDS_LIMIT_BYTES = 2 ** 30;

/** Runs all rounds, one target at a time, and compares what was finished; throws `InterruptedError` when that is nothing. */
export async function runComparison(request: ComparisonRequest): Promise<Drawn> {
  const { prepared, rounds, folder, abort } = request;
  const seed = prepared.subjects[0]?.scenario.seed ?? 1;
  const order = interleave(prepared.subjects.length, rounds, seed);
  const plan = planOf(request, order, seed);
  openFolder(folder, plan);
  tellOfOthers(request.watcher);
  const { finished, failures } = await playJobs(request, jobsOf(request, order, plan));
  if (finished === 0 && abort.signal.aborted)
    throw new InterruptedError("nothing was finished, so there is nothing to compare");
  if (finished === 0) throw new EnvironmentError("no run of the comparison came to its end", failures[0]?.message);
  return redraw(folder, plan, { interrupted: abort.signal.aborted, failures });
}

/** Runs all jobs; one that fails is told of, and the next one goes on. */
async function playJobs(request: ComparisonRequest, jobs: readonly Job[]) {
  const { abort, rounds, watcher } = request;
  const failures: Failure[] = [];
  const done: DoneRun[] = [];
  let finished = 0;
  for (const [at, job] of jobs.entries()) {
    if (abort.signal.aborted) break;
    watcher.say(announcement(at + 1, job, jobs, timeLeftMs(jobs.slice(at), done), rounds));
    const begun = performance.now();
    try {
      const result = await playJob(request, job);
      if (!result.run.interrupted && !job.capacity) finished += 1;
    } catch (error) {
      if (error instanceof InterruptedError) break;
      if (!isEnvironment(error)) throw error;
      const { name } = job.prepared;
      watcher.warn(`${name}, round ${job.round}: ${error.message}`);
      failures.push({ subject: name, round: job.round, kind: "failed", message: knownSecrets.hide(error.message) });
    }
    done.push({ ...job, tookMs: performance.now() - begun });
  }
  return { finished, failures };
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
function tellOfOthers({ say }: Watcher): void {
  const running = processesNamed(BROKERS);
  if (running.length === 0) return;
  const list = [...new Set(running.map(({ name }) => name))].join(", ");
  say(`havoq: ${list} already run on this machine and take part of it; they are left alone`);
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
async function playJob({ folder, command, abort: outer, watcher }: ComparisonRequest, job: Job): Promise<RunResult> {
  const { driver, options, settings, name } = job.prepared;
  const scenario = { ...job.prepared.scenario, seed: job.prepared.scenario.seed + job.round - 1 };
  // A run that fails ends itself by its own controller; the next one goes on.
  const abort = new AbortController();
  const end = () => abort.abort(outer.signal.reason);
  outer.signal.addEventListener("abort", end, { once: true });
  const runDirectory = join(folder, job.directory);
  const progress = watcher.watch({ ...scenario, name });
  try {
    const about = { scenario, driver, options, settings, runDirectory, command, abort };
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

function announcement(number: number, job: Job, jobs: readonly Job[], leftMs: number, rounds: number): string {
  const left = leftMs < 90_000 ? `${Math.ceil(leftMs / 1000)} s` : `${Math.ceil(leftMs / 60_000)} min`;
  const where = job.capacity ? "capacity" : `round ${job.round} of ${rounds}`;
  return `run ${number} of ${jobs.length} (${where}): ${job.prepared.name}; about ${left} left`;
}
