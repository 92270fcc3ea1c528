import { join } from "node:path";
import { chooseScenarioHost } from "../engine/choose-host.js";
import { type Ground, openGround } from "../engine/ground.js";
import { newRunId, playRun } from "../engine/play.js";
import { Scratch } from "../engine/scratch.js";
import { openStage } from "../engine/stage.js";
import type { Side } from "../gate/order.js";
import { failureOf, InterruptedError } from "../interruption.js";
import { firstFailure, ResourceStack } from "../resource-stack.js";
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
  /** Told what happens now. */
  onStage(text: string): void;
}

/** Where a slice goes, and the seed of its choices. */
export interface SliceRequest {
  readonly runDirectory: string;
  readonly seed: number;
}

/** The systems of a gate, each on a broker that stays up; disposing of them ends the brokers. */
export interface Sides extends AsyncDisposable {
  /** Runs one slice of a side; `null` when the gate was interrupted before its load. */
  play(side: Side, slice: SliceRequest): Promise<RunResult | null>;
}

/** Starts the broker of every system. */
export async function openSides(systems: readonly GateSystem[], request: SidesRequest): Promise<Sides> {
  const { directory, abort, onStage } = request;
  await using opened = new ResourceStack();
  const grounds = new Map<Side, { readonly ground: Ground; readonly system: GateSystem }>();
  for (const system of systems) {
    const { side, driver } = system;
    const choice = await chooseScenarioHost(system, onStage);
    const scratch = opened.use(Scratch.create(newRunId(), directory));
    if (choice) onStage(`starting ${driver.broker?.name} of the ${side}: ${choice.reason}`);
    const brokerLogFile = join(directory, `${side}-broker.log`);
    const about = { ...system, choice, scratch, brokerLogFile, signal: abort.signal };
    grounds.set(side, { ground: opened.use(await openGround(about)), system });
  }
  const all = opened.move();
  return {
    play: async (side, slice) => {
      const known = grounds.get(side);
      if (!known) throw new Error(`the gate has no ${side}`);
      return playSlice(known.ground, known.system, request, slice);
    },
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  };
}

/** One run on a ground that lives on: queues, agents and records of its own. */
async function playSlice(
  ground: Ground,
  system: GateSystem,
  { command, abort, recordsLimitBytes }: SidesRequest,
  { runDirectory, seed }: SliceRequest,
): Promise<RunResult | null> {
  const scenario = { ...system.scenario, seed };
  createRunDirectory(runDirectory, scenario);
  try {
    // A fault that could not be healed may have left it down.
    if (ground.broker && ground.broker.kind !== "external") await ground.broker.start();
    await using stage = await openStage(ground, newRunId(), true);
    await playRun({ scenario, runDirectory, command, abort, recordsLimitBytes, onStage: () => {} }, stage);
  } catch (error) {
    const first = firstFailure(error);
    if (first instanceof InterruptedError) return null;
    throw first;
  }
  const failure = failureOf(abort.signal);
  if (failure) throw failure;
  return assemble(runDirectory);
}
