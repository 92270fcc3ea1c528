import type { RunResult } from "../result-schema.js";

/** What one side of a comparison is: a target, and what of the scenario was varied for it. */
export interface SubjectName {
  readonly name: string;
  readonly target: string;
  /** Path of the scenario -> value as written. */
  readonly variation: Readonly<Record<string, string>>;
}

/** A run and its place in the comparison. */
export interface ComparedRun {
  readonly subject: string;
  readonly round: number;
  readonly order: number;
  readonly directory: string;
  readonly result: RunResult;
}

/** A run that no figure rests on. */
export interface Failure {
  readonly subject: string;
  readonly round: number;
  /** failed: it did not come to its end; unproven: it did, but something that it rests on was not observed. */
  readonly kind: "failed" | "unproven";
  readonly message: string;
}

/** Everything that a comparison is computed from. */
export interface CompareInput {
  readonly name: string;
  readonly question: string | null;
  readonly havoqVersion: string;
  readonly command: string;
  /** Name of a target, or `null` for the first. */
  readonly reference: string | null;
  readonly rounds: number | null;
  readonly seed: number | null;
  readonly interrupted: boolean;
  readonly subjects: readonly SubjectName[];
  /** Whole and proven runs only: one that was cut short, or whose evidence is missing, tells nothing about the target. */
  readonly runs: readonly ComparedRun[];
  /** One run of each subject as fast as it can, where that was asked. */
  readonly capacities: readonly { readonly subject: string; readonly directory: string; readonly result: RunResult }[];
  readonly failures: readonly Failure[];
}

/** Runs of one subject, round by round. */
export interface Side extends SubjectName {
  readonly runs: readonly ComparedRun[];
}
