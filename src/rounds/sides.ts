import { join } from "node:path";
import { chooseScenarioHost } from "../engine/choose-host.js";
import { newRunId, playRun } from "../engine/play.js";
import { Scratch } from "../engine/scratch.js";
import { type Ground, withGround, withQueues } from "../engine/stage.js";
import type { Side } from "../gate/order.js";
import { failureOf, InterruptedError } from "../interruption.js";
import { makeFolder } from "../os/folders.js";
import type { RunResult } from "../result-schema.js";
import type { Scenario } from "../scenario/scenario.js";
import type { Driver } from "../spi/driver.js";
import { assemble } from "../store/assemble.js";
import { createRunDirectory } from "../store/run-directory.js";

/** One of the systems that a gate measures. */
export interface GateSystem {
  readonly side: Side;
  /** As it is run in every slice, but for the seed. */
  readonly scenario: Scenario;
  readonly driver: Driver;
  /** Options and settings as the driver's and the recipe's schemas gave them back. */
  readonly options: unknown;
  readonly settings: unknown;
}

/** What all slices of a gate share. */
export interface SidesRequest {
  /** The gate's folder. */
  readonly directory: string;
  readonly command: string;
  readonly abort: AbortController;
  readonly recordsLimitBytes: number | null;
  onStage(text: string): void;
}

/** Where a slice goes, and the seed of its choices. */
export interface SliceRequest {
  readonly runDirectory: string;
  readonly seed: number;
}

/** Runs one slice of a side; `null` when the gate was interrupted before its load. */
export type PlaySlice = (side: Side, slice: SliceRequest) => Promise<RunResult | null>;

/** Starts the broker of every system, keeps all up while `use` runs slices on one or the other, and ends them. */
export async function withSides<T>(
  systems: readonly GateSystem[],
  request: SidesRequest,
  use: (play: PlaySlice) => Promise<T>,
): Promise<T> {
  makeFolder(request.directory);
  const grounds = new Map<Side, { ground: Ground; system: GateSystem }>();
  const open = async (index: number): Promise<T> => {
    const system = systems[index];
    if (system) {
      return withSystem(system, request, (ground) => {
        grounds.set(system.side, { ground, system });
        return open(index + 1);
      });
    }
    return use(async (side, slice) => {
      const known = grounds.get(side);
      if (!known) throw new Error(`the gate has no ${side}`);
      return playSlice(known.ground, known.system, request, slice).catch((error: unknown) => {
        if (error instanceof InterruptedError) return null;
        throw error;
      });
    });
  };
  return open(0);
}

async function withSystem<T>(
  system: GateSystem,
  request: SidesRequest,
  use: (ground: Ground) => Promise<T>,
): Promise<T> {
  const { side, scenario, driver, options, settings } = system;
  const choice = await chooseScenarioHost(system, request.onStage);
  const runId = newRunId();
  const scratch = Scratch.create(runId, request.directory);
  try {
    if (choice) request.onStage(`starting ${driver.broker?.name} of the ${side}: ${choice.reason}`);
    const brokerLogFile = join(request.directory, `${side}-broker.log`);
    const { signal } = request.abort;
    const stage = { runId, scratch, scenario, driver, options, settings, choice, brokerLogFile, signal };
    return await withGround(stage, use);
  } finally {
    await scratch.remove();
  }
}

/** One run on a ground that lives on: queues, agents and records of its own. */
async function playSlice(
  ground: Ground,
  system: GateSystem,
  { command, abort, recordsLimitBytes }: SidesRequest,
  { runDirectory, seed }: SliceRequest,
): Promise<RunResult> {
  const scenario = { ...system.scenario, seed };
  createRunDirectory(runDirectory, scenario);
  // A fault that could not be healed may have left it down.
  if (ground.broker && ground.broker.kind !== "external") await ground.broker.start();
  const play = { scenario, runDirectory, command, abort, recordsLimitBytes, onStage: () => {} };
  await withQueues(ground, newRunId(), (stage) => playRun(play, stage), true);
  const failure = failureOf(abort.signal);
  if (failure) throw failure;
  return assemble(runDirectory);
}
