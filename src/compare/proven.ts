import { isOfTimings, missing, otherwise } from "../result/evidence.js";
import type { RunResult } from "../result-schema.js";
import type { ComparedRun, CompareInput } from "./input.js";

/** Why nothing can be said of a run's target; `null` when its evidence is whole, but for its times. */
export function unproven(result: RunResult): string | null {
  const grave = missing(result).find((each) => !isOfTimings(each));
  return grave ? otherwise(grave) : null;
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
