import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { chooseHost } from "../hosts/choose.js";
import { tailOf } from "../hosts/log-tail.js";
import type { RunResult } from "../result/schema.js";
import type { Scenario } from "../scenario/scenario.js";
import type { Driver } from "../spi/driver.js";
import { assemble, recordsDirectory } from "./assemble.js";
import { describeEnvironment } from "./environment.js";
import { EventLog } from "./event-log.js";
import { planPhases } from "./plan.js";
import { RecordTail, segmentBytesFor } from "./record-tail.js";
import { createRunDirectory } from "./run-directory.js";
import { Scratch } from "./scratch.js";
import { Session } from "./session.js";
import { type Stage, withStage } from "./stage.js";

/** One run of one scenario. */
export interface RunRequest {
  readonly scenario: Scenario;
  readonly driver: Driver;
  /** Options and settings as the driver's and the recipe's schemas gave them back. */
  readonly options: unknown;
  readonly settings: unknown;
  /** Made for this run; must not exist or be empty. */
  readonly runDirectory: string;
  /** As typed, for the record. */
  readonly command: string;
  readonly abort: AbortController;
  /** Most bytes of records to keep on disk while the run lasts; `null` keeps all. */
  readonly recordsLimitBytes: number | null;
  /** Told of each stage, and given the session while it lasts. */
  onStage(text: string, session: Session | null): void;
}

/** Runs a scenario and builds its result from what was recorded; throws `EnvironmentError` when it can't be run. */
export async function runScenario(request: RunRequest): Promise<RunResult> {
  const { scenario, driver, runDirectory, abort, onStage } = request;
  createRunDirectory(runDirectory, scenario);
  const { host, image } = scenario.target;
  const say = (text: string) => onStage(text, null);
  const choice = driver.broker
    ? await chooseHost(driver.broker, { host, settings: request.settings, image, say })
    : null;
  const runId = newRunId();
  const scratch = Scratch.create(runId, runDirectory);
  try {
    onStage(choice ? `starting ${driver.broker?.name}: ${choice.reason}` : "starting", null);
    const { options, settings } = request;
    const brokerLogFile = join(runDirectory, "logs", "broker.log");
    const exits: string[] = [];
    const onBrokerExit = (text: string) => {
      const words = tailOf(brokerLogFile);
      exits.push(words === "" ? text : `${text}; its last words:\n${words}`);
    };
    const stage = { runId, scratch, scenario, driver, options, settings, choice, brokerLogFile, onBrokerExit };
    await withStage(stage, (ready) => play(request, ready, exits));
  } finally {
    await scratch.remove();
  }
  if (abort.signal.reason instanceof Error && abort.signal.reason.name === "EnvironmentError")
    throw abort.signal.reason;
  onStage("folding the records", null);
  return assemble(runDirectory);
}

/** `brokerExits` gets a sentence for each time that the broker ended unasked. */
async function play(request: RunRequest, stage: Stage, brokerExits: readonly string[]): Promise<void> {
  const { scenario, runDirectory, abort, onStage, recordsLimitBytes } = request;
  const log = new EventLog(runDirectory);
  const phases = planPhases(scenario);
  const paths = { recordsDirectory: recordsDirectory(runDirectory), logsDirectory: join(runDirectory, "logs") };
  const segmentBytes = recordsLimitBytes === null ? null : segmentBytesFor(recordsLimitBytes);
  const session = new Session({ scenario, stage, paths, phases, segmentBytes, log, abort });
  let tail: RecordTail | null = null;
  try {
    onStage("starting agents", null);
    await session.connect();
    log.append({
      type: "begin",
      runId: stage.runId,
      seed: scenario.seed,
      startedAt: new Date().toISOString(),
      scenario,
      target: stage.target,
      environment: describeEnvironment(request.command),
      phases,
      proxyOverheadNs: stage.proxyOverheadNs,
    });
    if (recordsLimitBytes !== null) {
      const onError = (error: unknown) =>
        session.notes.push(`the records were not folded while the run lasted: ${error}`);
      tail = new RecordTail(runDirectory, recordsLimitBytes, () => session.now(), onError);
    }
    onStage("load", session);
    await session.load();
    onStage("drain", session);
    await session.settle();
    const interrupted = abort.signal.aborted;
    const cut = interrupted ? ["interrupted: the load was cut short"] : [];
    const notes = [...cut, ...session.notes, ...brokerExits];
    log.append({ type: "end", atNs: session.now(), interrupted, notes });
  } finally {
    await session.end();
    await tail?.stop();
  }
}

/** Sorts by time of start; safe in queue names. */
function newRunId(): string {
  const stamp = new Date().toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  return `${stamp}-${randomBytes(3).toString("hex")}`;
}
