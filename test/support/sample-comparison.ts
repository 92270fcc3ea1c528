import { buildComparison } from "../../src/compare/build.js";
import type { ComparedRun, CompareInput } from "../../src/compare/input.js";
import type { Comparison } from "../../src/compare/schema.js";
import type { RunResult } from "../../src/result-schema.js";
import { sampleResult } from "./sample-result.js";

/** What a sample comparison is made of: targets by name, and how their runs differ from the sample result. */
export interface SampleTargets {
  readonly [name: string]: (round: number) => Partial<RunResult>;
}

/** Runs of some targets in rounds, each in turn. */
export function sampleRuns(targets: SampleTargets, rounds: number): ComparedRun[] {
  const names = Object.keys(targets);
  return Array.from({ length: rounds }, (_, index) =>
    names.map((subject, at): ComparedRun => {
      const order = index * names.length + at + 1;
      const made = sampleResult();
      const run = { ...made.run, id: `run-${order}`, seed: 7 + index };
      const result = { ...made, run, ...targets[subject]?.(index + 1) };
      return { subject, round: index + 1, order, directory: `runs/${order}-${subject}`, result };
    }),
  ).flat();
}

/** A comparison of some targets. */
export function sampleComparison(
  runs: readonly ComparedRun[],
  about: Partial<Comparison> = {},
  capacities: CompareInput["capacities"] = [],
): Comparison {
  const names = [...new Set(runs.map(({ subject }) => subject))];
  const comparison = buildComparison({
    name: "sample",
    question: "Which of my messages survive?",
    havoqVersion: "0.1.0",
    command: "havoq compare sample.yaml",
    reference: null,
    rounds: Math.max(...runs.map(({ round }) => round)),
    seed: 7,
    interrupted: false,
    subjects: names.map((name) => ({ name, target: name, variation: {} })),
    runs,
    capacities,
    failures: [],
  });
  return { ...comparison, ...about };
}

/** The sample's target, as one that keeps messages somewhere else. */
export function targetOf(
  confirmedIn: NonNullable<RunResult["target"]["confirmedIn"]>,
  driver: string,
): RunResult["target"] {
  return { ...sampleResult().target, driver, confirmedIn };
}
