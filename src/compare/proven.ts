import { isOfTimings, missing } from "../result/evidence.js";
import type { RunResult } from "../result/schema.js";
import type { ComparedRun, CompareInput } from "./input.js";

/** What of a run's evidence is missing so that nothing can be said of its target; `null` when nothing is. */
export function unproven(result: RunResult): string | null {
  const grave = missing(result).find((each) => !isOfTimings(each));
  return grave ? `${grave.claim}: ${grave.why}` : null;
}

/** Runs that can be compared, and those that prove nothing: they are named, and no figure rests on them. */
export function splitProven(runs: readonly ComparedRun[]): {
  readonly runs: readonly ComparedRun[];
  readonly failures: CompareInput["failures"];
} {
  return {
    runs: runs.filter(({ result }) => unproven(result) === null),
    failures: runs.flatMap(({ subject, round, result }) => {
      const message = unproven(result);
      return message === null ? [] : [{ subject, round, kind: "unproven" as const, message }];
    }),
  };
}
