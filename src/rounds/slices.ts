import { rmSync } from "node:fs";
import { join } from "node:path";
import { judgeThreshold, Pooled } from "../gate/pooled.js";
import type { GateResult } from "../gate/schema.js";
import { type Slice, summarize } from "../gate/slice.js";
import type { RunResult } from "../result-schema.js";
import { deriveSeed } from "../stats/random.js";
import type { GateRequest } from "./gate.js";
import { type GateSystem, withSides } from "./sides.js";

/** Slices of one system alone: to be stored, or held against what was. */
export interface SlicesRequest
  extends Omit<GateRequest, "systems" | "settings" | "limitMs" | "onSlice" | "keepRecords"> {
  readonly system: GateSystem;
  readonly count: number;
  onSlice(slice: Slice, result: RunResult, runDirectory: string): void;
}

/** What the slices of one system gave; fewer than asked for when it was interrupted. */
export interface SlicesOutcome {
  readonly slices: Slice[];
  readonly thresholds: GateResult["thresholds"];
  readonly last: RunResult | null;
}

/** Runs slices of one system, one after the other on a broker that stays up. */
export async function runSlices(request: SlicesRequest): Promise<SlicesOutcome> {
  const { system, count, directory, abort, metrics, thresholds, seed, onSlice } = request;
  const pooled = new Pooled(thresholds);
  const slices: Slice[] = [];
  let last: RunResult | null = null;
  await withSides([system], request, async (play) => {
    for (let position = 1; position <= count; position++) {
      const name = join("slices", String(position).padStart(3, "0"));
      const runDirectory = join(directory, name);
      const result = await play(system.side, { runDirectory, seed: deriveSeed(seed, position) >>> 1 });
      rmSync(join(runDirectory, "records"), { recursive: true, force: true });
      if (abort.signal.aborted || !result) return;
      const slice = summarize(result, { side: "candidate", pair: position, position, directory: name }, metrics);
      last = result;
      pooled.add(result);
      slices.push(slice);
      onSlice(slice, result, runDirectory);
    }
  });
  return { slices, thresholds: thresholds.map((threshold) => judgeThreshold(threshold, pooled, null)), last };
}
