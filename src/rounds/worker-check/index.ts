import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { runScenario } from "../../engine/run.js";
import { workerCommandOf } from "../../engine/worker-command.js";
import { EnvironmentError } from "../../errors.js";
import type { RunResult } from "../../result-schema.js";
import { recordsDirectory } from "../../store/assemble.js";
import { requireScenario } from "../load-scenario.js";
import { checkAlone } from "./alone.js";
import { type HandlersSeen, handlersIn } from "./handlers.js";
import { type Broken, blamed } from "./rules.js";

const CONCURRENCY = 4;
/** A worker that pops is the simplest; and what it takes and does not write down is nowhere, which shows. */
const OPTIONS: Readonly<Record<string, object>> = { "redis-list": { consume: "brpop" } };

/** A worker of the user's own that is to be checked. */
export interface WorkerCheckRequest {
  readonly command: readonly string[];
  readonly driver: string;
  readonly abort: AbortController;
}

/**
 * Plays a short run with one crash, and answers with the first rule that the worker breaks, `null` when none was seen
 * broken; throws `EnvironmentError` where the run failed for another reason, `ScenarioError` for a driver that there is not.
 */
export async function checkWorker({ command, driver, abort }: WorkerCheckRequest): Promise<Broken | null> {
  const prepared = await requireScenario({ name: "check-worker", text: scenarioFor(driver, command) }, []);
  const folder = mkdtempSync(join(tmpdir(), "havoq-check-"));
  try {
    const own = workerCommandOf(prepared.scenario);
    const alone = own && (await checkAlone(own, folder));
    if (alone) return alone;
    const runDirectory = join(folder, "run");
    const how = { command: "havoq check-worker", abort, recordsLimitBytes: null, onStage: () => {} };
    const result = await runScenario({ ...prepared, ...how, runDirectory });
    return judge(result, runDirectory) ?? requireEvidence(result);
  } catch (error) {
    const rule = error instanceof EnvironmentError ? blamed(error.message) : null;
    if (rule === null) throw error;
    return { rule, why: error instanceof Error ? withHint(error) : String(error) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What was not seen is not kept: throws `EnvironmentError` where the run has proven nothing. */
function requireEvidence({ evidence }: RunResult): null {
  const unproven = evidence.find(({ held }) => !held);
  if (!unproven) return null;
  throw new EnvironmentError(`the check has proven nothing: ${unproven.why}`, "run it again");
}

const withHint = (error: Error): string =>
  "hint" in error && !String(error.hint).startsWith("see /") ? `${error.message} (${error.hint})` : error.message;

/** A load that keeps most handlers busy, and a SIGKILL in the middle of it. */
function scenarioFor(driver: string, command: readonly string[]): string {
  return stringify({
    name: "check-worker",
    target: { driver, options: OPTIONS[driver] ?? {} },
    load: { rate: "60/s", payload: "128B" },
    workers: { command: [...command], processes: 1, concurrency: CONCURRENCY, handle: "50ms", restart: "100ms" },
    phases: { warmup: "0s", baseline: "2s", chaos: "2s", drain: "5s" },
    faults: [{ id: "crash", at: "chaos+500ms", kill: "worker" }],
  });
}

const sum = (all: readonly HandlersSeen[], what: "started" | "ended"): number =>
  all.reduce((total, each) => total + each[what], 0);

/** The first rule that the facts of a run speak against. */
function judge({ delivery, run: { notes } }: RunResult, runDirectory: string): Broken | null {
  const handlers = handlersIn(recordsDirectory(runDirectory));
  const all = [...handlers.values()];
  const most = Math.max(0, ...all.map((each) => each.most));
  const [started, ended] = [sum(all, "started"), sum(all, "ended")];
  const after = handlers.get("worker-0.1.hvr");
  const late = notes.find((note) => note.includes("did not end within"));
  const { lostInHandler, lostBeforeHandler, duplicates, backlog } = delivery;
  const checks: readonly (readonly [Broken["rule"], string | false])[] = [
    ["end", 2 * ended < started && `${started} handlers started, and ${ended} ended`],
    ["concurrency", most > CONCURRENCY && `${most} handlers ran at a time, where ${CONCURRENCY} may`],
    ["end", lostInHandler > CONCURRENCY && `${lostInHandler} handlers have no end; the crash explains ${CONCURRENCY}`],
    [
      "started",
      lostBeforeHandler > 1 && `${lostBeforeHandler} messages were taken and have no record, after one crash`,
    ],
    ["once", duplicates.redelivered > 0 && `${duplicates.redelivered} messages were started more than once`],
    ["again", (after?.ended ?? 0) === 0 && `it has handled nothing; ${backlog} messages wait`],
    ["stop", late ?? false],
  ];
  for (const [rule, why] of checks) if (why !== false) return { rule, why };
  return null;
}
