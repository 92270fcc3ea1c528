import { existsSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent } from "../record/events.js";
import { Fold, type WorkerExit } from "../record/fold.js";
import { LostMessages } from "../record/lost.js";
import { mergeRecords } from "../record/merge.js";
import { buildResult } from "../result/build.js";
import { faultTimes, markTimes } from "../result/faults.js";
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
  const marks = [...new Set(faults.flatMap(markTimes))].sort((a, b) => a - b);
  const sliceNs = latencySliceNs(begin.phases);
  const plan = {
    phases: begin.phases,
    countSliceNs: COUNT_SLICE_NS,
    latencySliceNs: sliceNs,
    marks,
    workerExits: workerExits(events),
  };
  const fold = new Fold(plan);
  pass(runDirectory, (file, record) => fold.push(file, record));
  const lost = new LostMessages(
    fold.ledger,
    faults.map(markTimes).map(([, confirmedNs]) => confirmedNs),
  );
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

/** Exits that the engine saw, by worker and incarnation. */
function workerExits(events: readonly RunEvent[]): WorkerExit[] {
  return events.flatMap((event) => {
    if (event.type !== "agent" || event.state !== "exited") return [];
    const [, role, index] = /^(\w+)-(\d+)$/.exec(event.name) ?? [];
    return role === "worker" ? [{ index: Number(index), incarnation: event.incarnation, atNs: event.atNs }] : [];
  });
}

function pass(runDirectory: string, visit: Parameters<typeof mergeRecords>[1]): void {
  const { sources, close } = openRecords(recordsDirectory(runDirectory));
  try {
    mergeRecords(sources, visit);
  } finally {
    close();
  }
}
