import { existsSync } from "node:fs";
import { join } from "node:path";
import { Fold } from "../record/fold.js";
import { LostMessages } from "../record/lost.js";
import { mergeRecords } from "../record/merge.js";
import { buildResult } from "../result/build.js";
import { faultTimes } from "../result/faults.js";
import { type RunResult, resultSchema } from "../result/schema.js";
import { EnvironmentError } from "./errors.js";
import { readEvents } from "./event-log.js";
import { COUNT_SLICE_NS, latencySliceNs } from "./plan.js";
import { openRecords } from "./record-files.js";

/** Where a run keeps its record files. */
export const recordsDirectory = (runDirectory: string): string => join(runDirectory, "records");

/** Builds the result of a run from what is on disk alone; a run that was cut short gives a partial one. */
export function assemble(runDirectory: string): RunResult {
  const events = readEvents(runDirectory);
  const begin = events.find((event) => event.type === "begin");
  if (!begin) {
    const what = existsSync(runDirectory) ? "has no events of a run" : "does not exist";
    throw new EnvironmentError(`${runDirectory} ${what}`, "name the directory that `havoq run` printed");
  }
  const faults = faultTimes(events.filter((event) => event.type === "fault"));
  const marks = faults.map(({ requestedNs }) => requestedNs);
  const sliceNs = latencySliceNs(begin.phases);
  const plan = { phases: begin.phases, countSliceNs: COUNT_SLICE_NS, latencySliceNs: sliceNs, marks };
  const fold = new Fold(plan);
  pass(runDirectory, (file, record) => fold.push(file, record));
  const lost = new LostMessages(fold.ledger, marks);
  if (faults.length > 0) pass(runDirectory, (file, record) => lost.push(file, record));
  const result = buildResult({
    begin,
    events,
    fold,
    faults,
    lostByFault: lost.byFault,
    countSliceNs: COUNT_SLICE_NS,
    latencySliceNs: sliceNs,
  });
  return resultSchema.parse(result);
}

function pass(runDirectory: string, visit: Parameters<typeof mergeRecords>[1]): void {
  const { sources, close } = openRecords(recordsDirectory(runDirectory));
  try {
    mergeRecords(sources, visit);
  } finally {
    close();
  }
}
