import { rmSync } from "node:fs";
import { join } from "node:path";
import { writeReports } from "../../reports/write.js";
import { pairOrder, type Side } from "../gate/order.js";
import { judgeThreshold, Pooled } from "../gate/pooled.js";
import { describeProgress } from "../gate/progress.js";
import type { GateResult } from "../gate/schema.js";
import { summarize } from "../gate/slice.js";
import { GateState } from "../gate/state.js";
import { makeFolder } from "../os/folders.js";
import { firstFailure } from "../resource-stack.js";
import type { RunResult } from "../result-schema.js";
import { deriveSeed, seededRandom } from "../stats/random.js";
import { type GatePlan, systemOf } from "./gate-plan.js";
import { beginningNow, type GateOutcome, pairedResult } from "./gate-result.js";
import { openSides, type Sides, type SidesRequest } from "./sides.js";

/** A gate in pairs of slices of a baseline and a candidate. */
export interface GateRequest extends SidesRequest {
  readonly plan: GatePlan;
  /** Of the order of the slices, and of each slice's own choices. */
  readonly seed: number;
  /** Time after which no further pair is begun. */
  readonly limitMs: number;
  /** Keeps the records of the slices, and not only their results and logs. */
  readonly keepRecords: boolean;
}

/** Measures pairs until a look decides, the looks or the time are used up, or the gate is interrupted. */
export async function runGate(request: GateRequest): Promise<GateResult> {
  const { plan, directory } = request;
  const beginning = beginningNow();
  makeFolder(directory);
  let outcome: GateOutcome;
  try {
    const systems = [systemOf("baseline", plan.baseline), systemOf("candidate", plan.candidate)];
    await using sides = await openSides(systems, request);
    outcome = await new GateLoop(request, sides).play();
  } catch (error) {
    throw firstFailure(error);
  }
  return pairedResult(request, outcome, beginning);
}

class GateLoop {
  private readonly state: GateState;
  private readonly pooled: Record<Side, Pooled>;
  private readonly last = new Map<Side, RunResult>();
  private readonly begin = performance.now();

  constructor(
    private readonly request: GateRequest,
    private readonly sides: Sides,
  ) {
    const { settings, metrics, thresholds } = request.plan;
    this.state = new GateState(settings, metrics);
    this.pooled = { baseline: new Pooled(thresholds), candidate: new Pooled(thresholds) };
  }

  async play(): Promise<GateOutcome> {
    const { abort, seed } = this.request;
    const next = pairOrder(seededRandom(deriveSeed(seed, 0x6a7e)));
    let cutShort: string | null = null;
    for (let pair = 1, over = false; !over; pair++) {
      if (pair > 1 && this.timeIsUp(pair)) {
        cutShort = `the time was up after ${pair - 1} pairs`;
        break;
      }
      for (const side of next()) if (!abort.signal.aborted) await this.slice(side, pair);
      if (abort.signal.aborted) {
        cutShort = "interrupted";
        break;
      }
      over = this.isOver();
    }
    if (cutShort !== null) this.state.takeEarlyLook();
    return { state: this.state, thresholds: this.judged(), last: this.last, cutShort };
  }

  /** Whether a pair as long as those before would not end in time. */
  private timeIsUp(pair: number): boolean {
    const used = performance.now() - this.begin;
    return used + used / (pair - 1) > this.request.limitMs;
  }

  private async slice(side: Side, pair: number): Promise<void> {
    const { plan, directory, abort, seed, keepRecords, onStage } = this.request;
    const position = this.state.slices.length + 1;
    const name = join("slices", `${String(position).padStart(3, "0")}-${side}`);
    const runDirectory = join(directory, name);
    const result = await this.sides.play(side, { runDirectory, seed: deriveSeed(seed, pair) >>> 1 });
    if (!keepRecords) rmSync(join(runDirectory, "records"), { recursive: true, force: true });
    // A slice that was cut short is no measurement.
    if (abort.signal.aborted || !result) return;
    this.last.set(side, result);
    this.pooled[side].add(result);
    this.state.add(summarize(result, { side, pair, position, directory: name }, plan.metrics));
    writeReports(runDirectory, result);
    onStage(describeProgress(this.state));
  }

  private isOver(): boolean {
    const before = this.state.looksTaken;
    if (this.state.takeDueLook()) return true;
    // Histograms of many slices together do not come back under a limit that they are over.
    return this.state.looksTaken > before && this.judged().some(({ passed }) => !passed);
  }

  private judged(): GateResult["thresholds"] {
    const { candidate, baseline } = this.pooled;
    return this.request.plan.thresholds.map((threshold) => judgeThreshold(threshold, candidate, baseline));
  }
}
