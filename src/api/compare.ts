import { resolve } from "node:path";
import type * as z from "zod";
import type { Comparison } from "../compare/schema.js";
import { runComparison } from "../rounds/compare.js";
import type { Drawn } from "../rounds/compare-folders.js";
import type { ComparisonRequest } from "../rounds/comparison-plan.js";
import { loadCatalogue, loadComparison, requireHosts } from "../rounds/load-comparison.js";
import type { ScenarioSource } from "../rounds/load-scenario.js";
import type { comparisonKeys } from "../scenario/comparison-schema.js";
import { freshPath } from "../store/paths.js";
import { openCall, type RunOptions, sourceOf } from "./call.js";
import type { ScenarioInput } from "./run.js";

/** A comparison as it is written in a file: a scenario with `targets` or `vary`. */
export type ComparisonInput = Omit<ScenarioInput, "target"> &
  Partial<Pick<ScenarioInput, "target">> &
  z.input<typeof comparisonKeys>;

/** What to compare beside what the scenario says. */
interface Choices {
  readonly set?: readonly string[];
  /** Targets of the catalogue, in place of the scenario's own. */
  readonly targets?: readonly string[];
  /** The target that the others are held against; the first when not given. */
  readonly reference?: string;
  /** A file of named targets beside havoq's own and havoq-targets.yaml. */
  readonly catalogue?: string;
  /** Runs of each target, in rounds; the scenario's when not given, else 3. */
  readonly runs?: number;
  /** One more run of each target, as fast as it can. */
  readonly capacity?: boolean;
}

/** How to compare. */
export interface CompareOptions extends RunOptions, Choices {}

/**
 * Runs a scenario (the path of its file, or what would be in it) against several targets and returns how they differ.
 * Rejects as `run` does, with `EnvironmentError` also when no run came to its end.
 */
export async function compare(scenario: string | ComparisonInput, options: CompareOptions = {}): Promise<Comparison> {
  using call = await openCall("compare", options);
  const { onStage, ...how } = call.how;
  const watcher = { say: onStage, warn: onStage, watch: () => ({ stage: onStage, stop: () => {} }) };
  const { comparison } = await compareInto(call.out, sourceOf(scenario), options, { ...how, watcher });
  return comparison;
}

/** What makes a scenario a measurement of capacity: as fast as the window allows, and nothing breaks. */
const AT_CAPACITY = ["load.rate=closed", "faults=[]", "expect={}", "phases={ warmup: 1s, baseline: 5s, drain: 2s }"];

/** Loads a comparison and runs it in a new folder of `out`. */
export async function compareInto(
  out: string,
  source: ScenarioSource,
  { set = [], targets, reference, catalogue, runs, capacity = false }: Choices,
  how: Pick<ComparisonRequest, "command" | "abort" | "watcher">,
): Promise<Drawn> {
  const about = { targets, reference, catalogue: loadCatalogue(catalogue) };
  const prepared = await loadComparison(source, { ...about, overlays: set });
  const fast = capacity ? await loadComparison(source, { ...about, overlays: [...set, ...AT_CAPACITY] }) : null;
  await requireHosts(prepared.subjects, how.watcher.warn);
  const rounds = runs ?? Math.max(...prepared.subjects.map(({ scenario }) => scenario.runs));
  const folder = freshPath(resolve(out), `${prepared.name}-compare`);
  return runComparison({ prepared, capacity: fast?.subjects ?? [], rounds, folder, ...how });
}
