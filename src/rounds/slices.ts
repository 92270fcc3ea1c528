import { rmSync } from "node:fs";
import { join } from "node:path";
import { writeReports } from "../../reports/write.js";
import { judgeThreshold, Pooled } from "../gate/pooled.js";
import type { GateResult } from "../gate/schema.js";
import { type Slice, summarize } from "../gate/slice.js";
import { makeFolder } from "../os/folders.js";
import { firstFailure } from "../resource-stack.js";
import type { RunResult } from "../result-schema.js";
import { deriveSeed } from "../stats/random.js";
import type { GateRequest } from "./gate.js";
import { systemOf } from "./gate-plan.js";
import { openSides, type Sides } from "./sides.js";

/** Slices of a gate's candidate alone: to be stored, or held against what was. */
export interface SlicesRequest extends Omit<GateRequest, "limitMs" | "keepRecords"> {
  readonly count: number;
}

/** What the slices of one system gave; fewer than asked for when it was interrupted. */
export interface SlicesOutcome {
  readonly slices: Slice[];
  readonly thresholds: GateResult["thresholds"];
  readonly last: RunResult | null;
}

/** Runs slices of one system, one after the other on a broker that stays up. */
export async function runSlices(request: SlicesRequest): Promise<SlicesOutcome> {
  const { plan, directory } = request;
  makeFolder(directory);
  try {
    await using sides = await openSides([systemOf("candidate", plan.candidate)], request);
    return await playSlices(request, sides);
  } catch (error) {
    throw firstFailure(error);
  }
}

async function playSlices(request: SlicesRequest, sides: Sides): Promise<SlicesOutcome> {
  const { plan, count, directory, abort, seed, onStage } = request;
  const pooled = new Pooled(plan.thresholds);
  const slices: Slice[] = [];
  let last: RunResult | null = null;
  for (let position = 1; position <= count; position++) {
    const name = join("slices", String(position).padStart(3, "0"));
    const runDirectory = join(directory, name);
    const result = await sides.play("candidate", { runDirectory, seed: deriveSeed(seed, position) >>> 1 });
    rmSync(join(runDirectory, "records"), { recursive: true, force: true });
    if (abort.signal.aborted || !result) break;
    last = result;
    pooled.add(result);
    slices.push(summarize(result, { side: "candidate", pair: position, position, directory: name }, plan.metrics));
    writeReports(runDirectory, result);
    onStage(`slice ${position} of ${count}`);
  }
  return { slices, thresholds: plan.thresholds.map((threshold) => judgeThreshold(threshold, pooled, null)), last };
}
