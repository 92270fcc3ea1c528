import { join } from "node:path";
import { failureOf } from "../interruption.js";
import type { RunResult } from "../result-schema.js";
import type { Driver } from "../spi/driver.js";
import { assemble } from "../store/assemble.js";
import { createRunDirectory } from "../store/run-directory.js";
import { chooseScenarioHost } from "./choose-host.js";
import { newRunId, type PlayRequest, playRun } from "./play.js";
import { Scratch } from "./scratch.js";
import { withStage } from "./stage.js";

/** One run of one scenario. */
export interface RunRequest extends PlayRequest {
  readonly driver: Driver;
  /** Options and settings as the driver's and the recipe's schemas gave them back. */
  readonly options: unknown;
  readonly settings: unknown;
}

/** Runs a scenario and builds its result from what was recorded; throws `EnvironmentError` when it can't be run. */
export async function runScenario(request: RunRequest): Promise<RunResult> {
  const { scenario, driver, runDirectory, abort, onStage } = request;
  createRunDirectory(runDirectory, scenario);
  const choice = await chooseScenarioHost(request, (text) => onStage(text, null));
  const runId = newRunId();
  const scratch = Scratch.create(runId, runDirectory);
  try {
    onStage(choice ? `starting ${driver.broker?.name}: ${choice.reason}` : "starting", null);
    const { options, settings } = request;
    const { signal } = abort;
    const brokerLogFile = join(runDirectory, "logs", "broker.log");
    await withStage({ runId, scratch, scenario, driver, options, settings, choice, brokerLogFile, signal }, (stage) =>
      playRun(request, stage),
    );
  } finally {
    await scratch.remove();
  }
  const failure = failureOf(abort.signal);
  if (failure) throw failure;
  onStage("folding the records", null);
  return assemble(runDirectory);
}
