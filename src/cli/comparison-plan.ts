import { join } from "node:path";
import type { PlannedRun } from "../compare/order.js";
import { commandLine } from "./command-line.js";
import type { ComparisonRequest } from "./compare-runs.js";
import type { ComparisonPlanFile } from "./comparison-folder.js";
import { slugOf } from "./paths.js";

/** What is to be run, in which order, and where each run goes. */
export function planOf(
  { prepared, capacity, rounds }: ComparisonRequest,
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
    command: commandLine(),
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
