import { existsSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError } from "../errors.js";
import { runTag } from "../payload-header.js";
import type { RunEvent } from "../record/events.js";
import { buildResult } from "../result/build.js";
import { miscounts } from "../result/counters.js";
import { faultTimes } from "../result/faults.js";
import { type RunResult, resultSchema } from "../result-schema.js";
import { readEvents } from "./event-log.js";
import { recordedFiles } from "./record-files.js";
import { foldPlan, RunFold } from "./run-fold.js";

/** Where a run keeps its record files. */
export const recordsDirectory = (runDirectory: string): string => join(runDirectory, "records");

/** Throws `EnvironmentError` when an agent has told of what it recorded, and its file is not there: no loss, but no result. */
function assertRecords(directory: string, events: readonly RunEvent[]): void {
  const files = recordedFiles(directory);
  for (const event of events) {
    if (event.type !== "counted" || (event.acked ?? 0) + (event.started ?? 0) === 0) continue;
    const file = `${event.name}.${event.incarnation}.hvr`;
    if (files.has(file)) continue;
    throw new EnvironmentError(
      `records are missing: ${join(directory, file)} is not there`,
      "use the run's result.json",
    );
  }
}

/** Builds the result of a run from what is on disk alone; a run that was cut short gives a partial one. */
export function assemble(runDirectory: string): RunResult {
  const events = readEvents(runDirectory);
  const begin = events.find((event) => event.type === "begin");
  if (!begin) {
    const what = existsSync(runDirectory) ? "has no events of a run" : "does not exist";
    throw new EnvironmentError(`${runDirectory} ${what}`, "name the directory that `havoq run` printed");
  }
  assertRecords(recordsDirectory(runDirectory), events);
  const plan = foldPlan(begin, events);
  const run = new RunFold(recordsDirectory(runDirectory), plan, runTag(begin.runId));
  run.foldAll();
  const faults = faultTimes(events.filter((event) => event.type === "fault"));
  const lostByFault = run.lostByFault(faults.map(({ requestedNs, confirmedNs }) => confirmedNs ?? requestedNs));
  const { fold } = run;
  const [wrong] = miscounts(events, fold);
  if (wrong) throw recordsDiffer(join(recordsDirectory(runDirectory), wrong.file), wrong.text);
  const { countSliceNs, latencySliceNs } = plan;
  const result = buildResult({ begin, events, fold, faults, lostByFault, countSliceNs, latencySliceNs });
  return resultSchema.parse(result);
}

/** Messages that are missing from a record file would else be counted as lost. */
function recordsDiffer(file: string, how: string): EnvironmentError {
  return new EnvironmentError(
    `${file} is not what its process wrote: ${how}`,
    "the file was cut or changed, or the process counts what it does not record",
  );
}
