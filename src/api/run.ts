import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import type * as z from "zod";
import { writeReports } from "../../reports/write.js";
import { cleanLeftovers } from "../engine/leftovers.js";
import { runScenario } from "../engine/run.js";
import type { RunResult } from "../result-schema.js";
import { loadScenario, type Prepared, prepareScenario, ScenarioError } from "../rounds/load-scenario.js";
import type { scenarioInput } from "../scenario/input-schema.js";
import { freshPath } from "../store/paths.js";

/** A scenario as it is written in a file. */
export type ScenarioInput = z.input<typeof scenarioInput>;

/** How to run a scenario. */
export interface RunOptions {
  /** Changes of single values, as of `--set`: "load.rate=100/s". */
  readonly set?: readonly string[];
  /** Where the run's folder is made (records, result.json, report.html); when not given, nothing is kept. */
  readonly out?: string;
  /** Ends the load in good order; the result says that it was interrupted. */
  readonly signal?: AbortSignal;
  /** Told of each stage, such as "load". */
  onStage?(text: string): void;
}

const RECORDS_LIMIT_BYTES = 2 ** 30;

/**
 * Runs a scenario (the path of its file, or what would be in it) and returns its result; first removes what killed runs
 * left on this machine, as every command does. Rejects with `ScenarioError`
 * when it is no scenario, and with `EnvironmentError` when this machine can't run it.
 */
export async function run(scenario: string | ScenarioInput, options: RunOptions = {}): Promise<RunResult> {
  const { set = [], out, signal } = options;
  const prepared = await prepare(scenario, set);
  await cleanLeftovers();
  const temporary = out === undefined ? mkdtempSync(join(tmpdir(), "havoq-run-")) : null;
  const abort = new AbortController();
  const interrupt = () => abort.abort();
  if (signal?.aborted) interrupt();
  signal?.addEventListener("abort", interrupt, { once: true });
  try {
    const runDirectory = freshPath(resolve(out ?? temporary ?? ""), prepared.scenario.name);
    const result = await runScenario({
      ...prepared,
      runDirectory,
      command: "run() of the library",
      abort,
      recordsLimitBytes: RECORDS_LIMIT_BYTES,
      onStage: (text) => options.onStage?.(text),
    });
    if (temporary === null) writeReports(runDirectory, result);
    return result;
  } finally {
    signal?.removeEventListener("abort", interrupt);
    if (temporary !== null) rmSync(temporary, { recursive: true, force: true });
  }
}

async function prepare(scenario: string | ScenarioInput, set: readonly string[]): Promise<Prepared> {
  const prepared =
    typeof scenario === "string"
      ? await loadScenario(scenario, set)
      : await prepareScenario({ name: "scenario", text: stringify(scenario) }, set);
  if ("problems" in prepared) throw new ScenarioError(prepared.problems);
  return prepared;
}
