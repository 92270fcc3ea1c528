import { resolve } from "node:path";
import type { GateResult } from "../gate/schema.js";
import { readJobs, runStored } from "../rounds/baseline-file.js";
import { runGate } from "../rounds/gate.js";
import { type DrawnGate, writeGate } from "../rounds/gate-folder.js";
import { type GateFlags, planGate, planStored } from "../rounds/gate-plan.js";
import type { Prepared, ScenarioSource } from "../rounds/load-scenario.js";
import type { SidesRequest } from "../rounds/sides.js";
import { freshPath } from "../store/paths.js";
import { openCall, type RunOptions, sourceOf } from "./call.js";
import type { ScenarioInput } from "./run.js";

/** What to measure beside the scenario: the flags of `havoq gate`, with times in milliseconds and shares from 0 to 1. */
interface Choices extends Omit<GateFlags, "baseline" | "candidate"> {
  /** Of the order of the slices and of each run's choices; 1 when not given. */
  readonly seed?: number;
  /** Holds the candidate against earlier jobs in place of a baseline. */
  readonly baselineFile?: string;
  /** Runs of a job, with `baselineFile`; 5 when not given. */
  readonly slices?: number;
  /** Keeps the records of all slices. */
  readonly keepRecords?: boolean;
}

/** How to tell whether a candidate is worse than a baseline. */
export interface GateOptions extends RunOptions, Choices {
  /** Another scenario for the baseline. */
  readonly baseline?: string | ScenarioInput;
  /** Another scenario for the candidate. */
  readonly candidate?: string | ScenarioInput;
}

/**
 * Measures pairs of short runs of a baseline and a candidate, and returns whether the candidate is worse. Both are of one
 * scenario (the path of its file, or what would be in it) where `options` names no other. Rejects as `run` does.
 */
export async function gate(scenario: string | ScenarioInput, options: GateOptions = {}): Promise<GateResult> {
  using call = await openCall("gate", options);
  const { baseline, candidate, ...choices } = options;
  const others = {
    ...(baseline && { baseline: sourceOf(baseline) }),
    ...(candidate && { candidate: sourceOf(candidate) }),
  };
  const drawn = await gateInto(call.out, sourceOf(scenario), { ...choices, ...others }, call.how);
  return drawn.gate;
}

/** Runs of a job when nothing else is asked for. */
export const DEFAULT_SLICES = 5;

/** Plans a gate and runs it in a new folder of `out`; returns the system that was judged too. */
export async function gateInto(
  out: string,
  source: ScenarioSource,
  flags: Choices & GateFlags,
  how: Omit<SidesRequest, "directory">,
): Promise<DrawnGate & { readonly candidate: Prepared }> {
  const { baselineFile, seed = 1, slices: count = DEFAULT_SLICES, keepRecords = false } = flags;
  const plan = await (baselineFile === undefined ? planGate(source, flags) : planStored(source, flags));
  // Whether it can be used is better known before anything is measured.
  if (baselineFile !== undefined) readJobs(baselineFile);
  const directory = freshPath(resolve(out), plan.candidate.scenario.name);
  const request = { ...how, plan, directory, seed };
  const limitMs = (flags.maxMinutes ?? Number.POSITIVE_INFINITY) * 60_000;
  const result = await (baselineFile === undefined
    ? runGate({ ...request, limitMs, keepRecords, ...(keepRecords && { recordsLimitBytes: null }) })
    : runStored(baselineFile, { ...request, count }));
  return { ...writeGate(directory, result), candidate: plan.candidate };
}
