import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import * as z from "zod";
import type { ComparedRun, SubjectName } from "../compare/input.js";
import type { Problem } from "../input/problems.js";
import { type RunResult, resultSchema } from "../result-schema.js";
import { ScenarioError } from "./load-scenario.js";

const planSchema = z.strictObject({
  schemaVersion: z.literal(1),
  name: z.string(),
  question: z.string().nullable(),
  reference: z.string().nullable(),
  command: z.string(),
  rounds: z.int().positive(),
  seed: z.int(),
  subjects: z.array(
    z.strictObject({ name: z.string(), target: z.string(), variation: z.record(z.string(), z.string()) }),
  ),
  runs: z.array(z.strictObject({ directory: z.string(), subject: z.string(), round: z.int(), order: z.int() })),
  /** Runs as fast as each target can, beside the rounds. */
  capacity: z.array(z.strictObject({ directory: z.string(), subject: z.string() })).optional(),
});

/** What a comparison's folder is to hold: written before the first run, so that an end before its time loses nothing. */
export type ComparisonPlanFile = z.infer<typeof planSchema>;

const PLAN = "plan.json";

/** Writes the plan into the comparison's folder. */
export function writePlan(folder: string, plan: ComparisonPlanFile): void {
  writeFileSync(join(folder, PLAN), `${JSON.stringify(plan, null, 2)}\n`);
}

/** The plan of a comparison's folder; `null` for the folder of a run. Throws a `ScenarioError` for another version's. */
export function readPlan(folder: string): ComparisonPlanFile | null {
  return readAs(planSchema, join(folder, PLAN));
}

/** The result of a run's folder; `null` when there is none. Throws a `ScenarioError` for another version's. */
export function readResult(directory: string): RunResult | null {
  return readAs(resultSchema, join(directory, "result.json"));
}

/** A JSON file of havoq's; `null` when there is none. Throws a `ScenarioError` for another version's. */
export function readAs<T>(schema: z.ZodType<T>, file: string): T | null {
  if (!existsSync(file)) return null;
  const read = schema.safeParse(parsedJson(readFileSync(file, "utf8")));
  if (read.success) return read.data;
  const message = "was not written by this version of havoq";
  const hint = "run it again, or use the havoq that wrote it";
  throw new ScenarioError([{ file, line: 0, column: 0, path: "", message, hint }]);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Runs that were made one by one, as sides of a comparison: those with the same target and load are one side. */
export function looseRuns(directories: readonly string[]): { subjects: SubjectName[]; runs: ComparedRun[] } {
  const problems: Problem[] = [];
  const read = directories.flatMap((directory) => {
    try {
      const result = readResult(directory);
      if (result) return [{ directory, result }];
      const message = existsSync(directory) ? "holds no result.json" : "no such folder";
      const hint = "a run's folder is what havoq run printed; after a crash havoq report writes its result";
      problems.push({ file: directory, line: 0, column: 0, path: "", message, hint });
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      problems.push(...error.problems);
    }
    return [];
  });
  if (problems.length > 0) throw new ScenarioError(problems);
  const groups = new Map<string, typeof read>();
  for (const run of read) {
    const key = JSON.stringify([run.result.target.driver, run.result.target.host, withoutChance(run.result.scenario)]);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  const names = uniqueNames([...groups.values()].map(([run]) => run?.result));
  const subjects = names.map((name) => ({ name, target: name, variation: {} }));
  const inTime = [...read].sort((a, b) => a.result.run.startedAt.localeCompare(b.result.run.startedAt));
  const runs = [...groups.values()].flatMap((group, at) =>
    [...group]
      .sort((a, b) => a.result.run.startedAt.localeCompare(b.result.run.startedAt))
      .map(
        (run, index): ComparedRun => ({
          subject: names[at] ?? "",
          round: index + 1,
          order: inTime.indexOf(run) + 1,
          directory: resolve(run.directory),
          result: run.result,
        }),
      ),
  );
  return { subjects, runs };
}

const withoutChance = (scenario: RunResult["scenario"]) => ({
  ...scenario,
  name: "",
  question: "",
  seed: 0,
  runs: 0,
  expect: [],
});

/** A driver's name, with the scenario's or a number where that is not enough. */
function uniqueNames(results: readonly (RunResult | undefined)[]): string[] {
  const plain = results.map((result) => result?.target.driver ?? "run");
  const repeated = (names: readonly string[], name: string) => names.filter((other) => other === name).length > 1;
  const withScenario = results.map((result, at) =>
    repeated(plain, plain[at] ?? "") ? `${plain[at]} (${result?.scenario.name ?? basename("run")})` : (plain[at] ?? ""),
  );
  return withScenario.map((name, at) =>
    repeated(withScenario, name)
      ? `${name} ${withScenario.slice(0, at + 1).filter((other) => other === name).length}`
      : name,
  );
}
