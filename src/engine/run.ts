import { join } from "node:path";
import { failureOf } from "../interruption.js";
import { firstFailure } from "../resource-stack.js";
import type { RunResult } from "../result-schema.js";
import type { Driver } from "../spi/driver.js";
import { assemble } from "../store/assemble.js";
import { createRunDirectory } from "../store/run-directory.js";
import { chooseScenarioHost } from "./choose-host.js";
import { openGround } from "./ground.js";
import { newRunId, type PlayRequest, playRun } from "./play.js";
import { Scratch } from "./scratch.js";
import { openStage } from "./stage.js";

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
  try {
    const choice = await chooseScenarioHost(request, (text) => onStage(text, null));
    await using scratch = Scratch.create(newRunId(), runDirectory);
    onStage(choice ? `starting ${driver.broker?.name}: ${choice.reason}` : "starting", null);
    const brokerLogFile = join(runDirectory, "logs", "broker.log");
    await using ground = await openGround({ ...request, choice, scratch, brokerLogFile, signal: abort.signal });
    await using stage = await openStage(ground, scratch.runId);
    await playRun(request, stage);
  } catch (error) {
    throw firstFailure(error);
  }
  const failure = failureOf(abort.signal);
  if (failure) throw failure;
  onStage("folding the records", null);
  return assemble(runDirectory);
}
