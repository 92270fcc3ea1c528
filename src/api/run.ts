import { resolve } from "node:path";
import type * as z from "zod";
import { writeReports } from "../../reports/write.js";
import { type RunRequest, runScenario } from "../engine/run.js";
import type { RunResult } from "../result-schema.js";
import { requireScenario } from "../rounds/load-scenario.js";
import type { scenarioInput } from "../scenario/input-schema.js";
import type { Scenario } from "../scenario/scenario.js";
import { freshPath } from "../store/paths.js";
import { openCall, type RunOptions, sourceOf } from "./call.js";

/** A scenario as it is written in a file. */
export type ScenarioInput = z.input<typeof scenarioInput>;

/**
 * Runs a scenario (the path of its file, or what would be in it) and returns its result; first removes what killed runs
 * left on this machine, as every command does. Rejects with `ScenarioError`
 * when it is no scenario, and with `EnvironmentError` when this machine can't run it.
 */
export async function run(scenario: string | ScenarioInput, options: RunOptions = {}): Promise<RunResult> {
  const prepared = await requireScenario(sourceOf(scenario), options.set ?? []);
  using call = await openCall("run", options);
  const { result } = await runInto(call.out, { ...prepared, ...call.how });
  return result;
}

/** Checks the text of a scenario, and returns it with all its defaults; rejects with `ScenarioError`. */
export async function parseScenario(text: string): Promise<Scenario> {
  return (await requireScenario({ name: "scenario", text }, [])).scenario;
}

/** Runs a scenario in a new folder of `out`, with its reports; returns the path of its page too. */
export async function runInto(
  out: string,
  request: Omit<RunRequest, "runDirectory">,
): Promise<{ readonly result: RunResult; readonly page: string }> {
  const runDirectory = freshPath(resolve(out), request.scenario.name);
  const result = await runScenario({ ...request, runDirectory });
  return { result, page: writeReports(runDirectory, result) };
}
