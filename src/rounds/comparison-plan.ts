import { join } from "node:path";
import type { PlannedRun } from "../compare/order.js";
import { slugOf } from "../store/paths.js";
import type { ComparisonPlanFile } from "./comparison-folder.js";
import type { PreparedComparison, PreparedSubject } from "./load-comparison.js";
import type { Watcher } from "./watcher.js";

/** A comparison to run. */
export interface ComparisonRequest {
  readonly prepared: PreparedComparison;
  /** The same subjects as fast as they can, one run each after the rounds; empty when that is not asked. */
  readonly capacity: readonly PreparedSubject[];
  readonly rounds: number;
  readonly folder: string;
  /** As typed but for secrets, for the record. */
  readonly command: string;
  readonly abort: AbortController;
  readonly watcher: Watcher;
}

/** What is to be run, in which order, and where each run goes. */
export function planOf(
  { prepared, capacity, rounds, command }: ComparisonRequest,
  order: readonly PlannedRun[],
  seed: number,
): ComparisonPlanFile {
  const { name, question, reference, subjects } = prepared;
  const digits = String(order.length).length;
  return {
    schemaVersion: 1,
    name,
    question,
    reference,
    command,
    rounds,
    seed,
    subjects: subjects.map((subject) => ({
      name: subject.name,
      target: subject.target,
      variation: { ...subject.variation },
    })),
    runs: order.map(({ subject, round }, at) => {
      const own = subjects[subject]?.name ?? "";
      const directory = join("runs", `${String(at + 1).padStart(digits, "0")}-${slugOf(own)}`);
      return { directory, subject: own, round, order: at + 1 };
    }),
    capacity: capacity.map((subject, at) => ({
      directory: join("runs", `capacity-${at + 1}-${slugOf(subject.name)}`),
      subject: subject.name,
    })),
  };
}
