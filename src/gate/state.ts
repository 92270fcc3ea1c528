import { type Decision, decide, dueLook, earlyLook } from "./decide.js";
import { deliveryFindings } from "./delivery.js";
import type { MetricPairs, Pair } from "./estimate.js";
import type { GateMetric } from "./metrics.js";
import type { GateSettings, Look } from "./settings.js";
import type { Slice } from "./slice.js";

/** A gate as far as it has come: the slices of whole pairs, and what the last look said. */
export class GateState {
  readonly slices: Slice[] = [];
  looksTaken = 0;
  decision: Decision | null = null;
  /** The look that `decision` is of; `null` before the first. */
  look: Look | null = null;

  constructor(
    readonly settings: GateSettings,
    readonly metrics: readonly GateMetric[],
  ) {}

  /** Pairs measured on both sides. */
  get pairs(): number {
    const of = (side: Slice["side"]) => this.slices.filter((slice) => slice.side === side).length;
    return Math.min(of("baseline"), of("candidate"));
  }

  /** Adds a slice. */
  add(slice: Slice): void {
    this.slices.push(slice);
  }

  /** Takes the look that is due, if one is; answers whether the gate is over. */
  takeDueLook(): boolean {
    if (deliveryFindings(this.slices).length > 0) return true;
    const due = dueLook(this.settings, this.looksTaken, this.pairs);
    if (due) this.take(due);
    if (this.looksTaken === this.settings.looks.length) return true;
    return due !== null && this.decision !== null && this.decision.verdict !== "inconclusive";
  }

  /** Ends the gate before its time: decides with the next look's alphas, if the pairs there are can decide anything. */
  takeEarlyLook(): void {
    const early = earlyLook(this.settings, this.looksTaken, this.pairs, this.metrics.length);
    if (early && early.pairs > (this.look?.pairs ?? 0)) this.take(early);
  }

  /** What the pairs so far say, as the next look would; decides nothing. */
  get shown(): Decision | null {
    const next = this.settings.looks[Math.min(this.looksTaken, this.settings.looks.length - 1)];
    return next && this.pairs > 0 ? decide(this.measured(), next, this.settings) : null;
  }

  private take(look: Look): void {
    this.look = look;
    this.looksTaken += 1;
    this.decision = decide(this.measured(), look, this.settings);
  }

  private measured(): MetricPairs[] {
    return this.metrics.map((metric) => ({ metric, pairs: pairsOf(this.slices, metric.name) }));
  }
}

/** The pairs in which both sides measured a metric. */
export function pairsOf(slices: readonly Slice[], metric: string): Pair[] {
  const numbers = [...new Set(slices.map(({ pair }) => pair))];
  return numbers.flatMap((number) => {
    const value = (side: Slice["side"]) =>
      slices.find((slice) => slice.pair === number && slice.side === side)?.values[metric] ?? null;
    const [baseline, candidate] = [value("baseline"), value("candidate")];
    return baseline === null || candidate === null ? [] : [{ baseline, candidate }];
  });
}
