import { writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { renderComparisonHtml } from "../../reports/html/index.js";
import { buildComparison } from "../compare/build.js";
import type { ComparedRun, CompareInput } from "../compare/input.js";
import { splitProven } from "../compare/proven.js";
import type { Comparison } from "../compare/schema.js";
import { written } from "../errors.js";
import { HAVOQ_VERSION } from "../package.js";
import { freshPath } from "../store/paths.js";
import { type ComparisonPlanFile, looseRuns, readPlan, readResult } from "./comparison-folder.js";
import { ScenarioError } from "./load-scenario.js";

/** A comparison and where its page is. */
export interface Drawn {
  readonly comparison: Comparison;
  readonly page: string;
}

/** Compares what exists: the folder of one comparison, or folders of runs. */
export function compareFolders(
  folders: readonly string[],
  flags: { readonly reference?: string; readonly out: string; readonly command: string },
): Drawn {
  const [first = ""] = folders;
  const plan = folders.length === 1 ? readPlan(first) : null;
  if (plan) return redraw(first, { ...plan, reference: flags.reference ?? plan.reference });
  const { subjects, runs } = looseRuns(folders);
  checkReference(
    flags.reference,
    subjects.map(({ name }) => name),
  );
  const base = freshPath(resolve(flags.out), "comparison", ".html").replace(/\.html$/, "");
  const placed = runs.map((run) => ({ ...run, directory: relative(dirname(base), run.directory) }));
  const proven = splitProven(placed.filter(({ result }) => !result.run.interrupted));
  const input: CompareInput = {
    name: [...new Set(runs.map(({ result }) => result.scenario.name))].join(", "),
    question: null,
    havoqVersion: HAVOQ_VERSION,
    command: flags.command,
    reference: flags.reference ?? null,
    rounds: null,
    seed: null,
    interrupted: false,
    subjects,
    ...proven,
    capacities: [],
  };
  return write(input, { json: `${base}.json`, page: `${base}.html` });
}

/** Compares the runs of a plan that have a result, and writes both files into its folder. */
export function redraw(
  folder: string,
  plan: ComparisonPlanFile,
  ending: { readonly interrupted: boolean; readonly failures: CompareInput["failures"] } | null = null,
): Drawn {
  checkReference(
    plan.reference ?? undefined,
    plan.subjects.flatMap(({ name, target }) => [name, target]),
  );
  const found = plan.runs.flatMap((run): ComparedRun[] => {
    const result = readResult(join(folder, run.directory));
    return result ? [{ ...run, result }] : [];
  });
  const { name, question, command, reference, rounds, seed, subjects } = plan;
  const whole = found.filter(({ result }) => !result.run.interrupted);
  const interrupted = ending?.interrupted ?? whole.length < plan.runs.length;
  const proven = splitProven(whole);
  const failures = [...(ending?.failures ?? []), ...proven.failures];
  const about = { name, question, command, reference, rounds, seed, interrupted, subjects, failures };
  const capacities = (plan.capacity ?? []).flatMap((run) => {
    const result = readResult(join(folder, run.directory));
    return result && !result.run.interrupted ? [{ ...run, result }] : [];
  });
  const input = { ...about, havoqVersion: HAVOQ_VERSION, runs: proven.runs, capacities };
  return write(input, { json: join(folder, "comparison.json"), page: join(folder, "comparison.html") });
}

function write(input: CompareInput, to: { readonly json: string; readonly page: string }): Drawn {
  const comparison = buildComparison(input);
  written(to.json, () => writeFileSync(to.json, `${JSON.stringify(comparison)}\n`));
  written(to.page, () => writeFileSync(to.page, renderComparisonHtml(comparison, input.runs)));
  return { comparison, page: to.page };
}

function checkReference(reference: string | undefined, names: readonly string[]): void {
  if (reference === undefined || names.includes(reference)) return;
  const hint = `targets: ${[...new Set(names)].join(", ")}`;
  throw new ScenarioError([
    { file: "--reference", line: 0, column: 0, path: "", message: `"${reference}" is none of the targets`, hint },
  ]);
}
