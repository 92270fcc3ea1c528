import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { EnvironmentError } from "../errors.js";
import { planPhases } from "../load/phases.js";
import type { Scenario } from "../scenario/scenario.js";
import { forRecord } from "../secrets/places.js";
import { recordsDirectory } from "../store/assemble.js";
import { EventLog } from "../store/event-log.js";
import { RecordTail, segmentBytesFor } from "../store/record-tail.js";
import { describeEnvironment } from "./environment.js";
import { Session } from "./session.js";
import type { Stage } from "./stage.js";

/** What a run needs beside its stage. */
export interface PlayRequest {
  readonly scenario: Scenario;
  /** Made for this run; must not exist or be empty. */
  readonly runDirectory: string;
  /** As typed but for secrets, for the record. */
  readonly command: string;
  readonly abort: AbortController;
  /** Most bytes of records to keep on disk while the run lasts; `null` keeps all. */
  readonly recordsLimitBytes: number | null;
  /** Told of each stage, and given the session while it lasts. */
  onStage(text: string, session: Session | null): void;
}

/** Plays a run on a stage: agents, load, faults, drain; writes down what happened, and builds no result. */
export async function playRun(request: PlayRequest, stage: Stage): Promise<void> {
  const { scenario, runDirectory, abort, onStage, recordsLimitBytes } = request;
  const log = new EventLog(runDirectory, (failure) => abort.abort(failure));
  const phases = planPhases(scenario);
  const paths = { recordsDirectory: recordsDirectory(runDirectory), logsDirectory: join(runDirectory, "logs") };
  const segmentBytes = recordsLimitBytes === null ? null : segmentBytesFor(recordsLimitBytes);
  const session = new Session({ scenario, stage, paths, phases, segmentBytes, log, abort });
  const earlierExits = stage.brokerExits.length;
  let tail: RecordTail | null = null;
  let over = false;
  void stage.proxy?.ended.then((how) => {
    if (!over) abort.abort(new EnvironmentError(`the proxy between clients and broker is gone: ${how}`));
  });
  try {
    onStage("starting agents", null);
    await session.connect();
    log.append({
      type: "begin",
      runId: stage.runId,
      seed: scenario.seed,
      startedAt: new Date().toISOString(),
      scenario: forRecord(scenario),
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
    const loadEndedNs = session.now();
    onStage("drain", session);
    await session.settle();
    const interrupted = abort.signal.aborted;
    const cut = interrupted ? ["interrupted: the load was cut short"] : [];
    const exits = stage.brokerExits.slice(earlierExits);
    for (const { at, text } of exits) {
      log.append({ type: "broker", state: "exited", atNs: Math.max(0, session.sinceStart(at)), text });
    }
    const notes = [...cut, ...session.notes, ...exits.map(({ text }) => text)];
    log.append({ type: "end", atNs: session.now(), loadEndedNs, interrupted, notes, unsent: session.unsent });
  } finally {
    over = true;
    await session.end();
    await tail?.stop();
  }
  // Also of a run that the user had ended by then.
  if (log.failure) throw log.failure;
}

/** Sorts by time of start; safe in queue names. */
export function newRunId(): string {
  const stamp = new Date().toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  return `${stamp}-${randomBytes(3).toString("hex")}`;
}
