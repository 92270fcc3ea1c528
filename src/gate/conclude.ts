import type { Decision, GateVerdict, MetricDecision } from "./decide.js";
import { deliveryFindings, deliveryOf, expectationsOf, unprovenReasons } from "./delivery.js";
import { GATE_SCHEMA_VERSION, type GateResult } from "./schema.js";
import type { Slice } from "./slice.js";
import type { GateState } from "./state.js";
import { describeMetric, formatChange } from "./words.js";

/** What the caller knows of a gate beside its slices. */
export type GateContext = Pick<
  GateResult,
  | "name"
  | "startedAt"
  | "durationSeconds"
  | "interrupted"
  | "baseline"
  | "candidate"
  | "differences"
  | "environment"
  | "thresholds"
  | "stored"
> & {
  /** Why the gate ended before its last look; `null` when it did not. */
  readonly cutShort: string | null;
};

/** Of slices that prove nothing, as many are named. */
const MOST_REASONS = 10;
/** Above this share of a side's slices, havoq's own limits and not the system's were measured. */
const MOST_LIMITED = 0.25;

/** What was measured, and what the last look at it said. */
type Measured = Pick<GateState, "slices" | "settings" | "pairs" | "looksTaken" | "decision"> & {
  /** What is shown when no look was taken. */
  readonly shown: Decision | null;
};

/** The result of a gate. Delivery outranks the generator's limits, and these outrank every timing. */
export function conclude(state: Measured, context: GateContext): GateResult {
  const { slices, settings } = state;
  const { cutShort, ...known } = context;
  const decision = state.decision ?? state.shown;
  const metrics = decision ? metricResults(decision, state, context.stored !== null) : [];
  const deliveryProblems = deliveryFindings(slices);
  const expectations = expectationsOf(slices);
  const judged = judge({ state, context, metrics, deliveryProblems, expectations });
  return {
    schemaVersion: GATE_SCHEMA_VERSION,
    kind: "gate",
    ...known,
    ...judged,
    settings: { ...settings, looks: settings.looks.map((look) => ({ ...look })) },
    pairs: state.pairs,
    looksTaken: state.looksTaken,
    metrics,
    delivery: {
      baseline: context.stored ? null : deliveryOf(slices, "baseline"),
      candidate: deliveryOf(slices, "candidate"),
    },
    deliveryFindings: deliveryProblems,
    expectations,
    generatorLimited: { baseline: limited(slices, "baseline"), candidate: limited(slices, "candidate") },
    slices,
  };
}

interface Judging {
  readonly state: Measured;
  readonly context: GateContext;
  readonly metrics: GateResult["metrics"];
  readonly deliveryProblems: readonly string[];
  readonly expectations: GateResult["expectations"];
}

type Judged = Pick<GateResult, "verdict" | "reasons">;

function judge({ state, context, metrics, deliveryProblems, expectations }: Judging): Judged {
  const { slices } = state;
  if (deliveryProblems.length > 0) return { verdict: "regression", reasons: [...deliveryProblems] };
  const counted = context.thresholds.filter(({ passed, counts }) => counts && !passed);
  if (counted.length > 0) return { verdict: "regression", reasons: counted.map(({ text }) => `threshold: ${text}`) };
  const open = unprovenReasons(slices);
  if (open.length > 0) return { verdict: "inconclusive", reasons: open.slice(0, MOST_REASONS) };
  // A stalled generator excuses a time, never a lost message.
  const limits = limitReasons(slices);
  if (limits.length > 0) return { verdict: "inconclusive", reasons: limits };
  const failed = [
    ...context.thresholds.filter(({ passed }) => !passed).map(({ text }) => `threshold: ${text}`),
    ...expectations.filter(({ passed }) => !passed).map(({ text }) => `expectation: ${text}`),
  ];
  const timing = timingReasons(state, context, metrics);
  if (failed.length > 0) return { verdict: "regression", reasons: [...failed, ...timing.reasons] };
  // Without a comparable baseline, what was asked for in absolute terms is all that there is to hold.
  const absolute = context.thresholds.length + expectations.length > 0 && !context.interrupted;
  if (context.stored?.comparable === false && absolute) return { ...timing, verdict: "pass" };
  return timing;
}

function timingReasons({ decision }: Measured, context: GateContext, metrics: GateResult["metrics"]): Judged {
  const { cutShort } = context;
  const of = (verdict: GateVerdict) => metrics.filter((metric) => metric.verdict === verdict).map(({ text }) => text);
  const ended = cutShort === null ? [] : [cutShort];
  if (!decision) return { verdict: "inconclusive", reasons: [...ended, ...(context.stored ? [] : [TOO_FEW])] };
  const { verdict } = decision;
  if (verdict === "regression" || verdict === "improvement") return { verdict, reasons: of(verdict) };
  if (verdict === "pass") return { verdict, reasons: metrics.map(({ text }) => text) };
  return { verdict, reasons: [...ended, ...metrics.filter((metric) => metric.verdict !== "pass").map(openQuestion)] };
}

const TOO_FEW = "too few pairs to decide anything";

function openQuestion({ text, minimumDetectableChange: least }: GateResult["metrics"][number]): string {
  const detectable = least === null ? "nothing can be told yet" : `what it can find here is ${formatChange(least)}`;
  return `${text}; ${detectable}`;
}

function limitReasons(slices: readonly Slice[]): string[] {
  return (["candidate", "baseline"] as const).flatMap((side) => {
    const own = slices.filter((slice) => slice.side === side);
    const count = limited(slices, side);
    if (own.length === 0 || count <= own.length * MOST_LIMITED) return [];
    const why = own.find(({ generatorLimited }) => generatorLimited)?.notes.at(-1) ?? "";
    return [`havoq was the bottleneck in ${count} of ${own.length} slices of the ${side}: ${why}`];
  });
}

const limited = (slices: readonly Slice[], side: Slice["side"]): number =>
  slices.filter((slice) => slice.side === side && slice.generatorLimited).length;

function metricResults({ metrics }: Decision, { settings }: Measured, stored: boolean): GateResult["metrics"] {
  const basis = (count: number) => `${count} ${stored ? "earlier jobs" : count === 1 ? "pair" : "pairs"}`;
  return metrics.map((decided) => {
    const { metric, estimate, verdict, pAdjusted, alpha } = decided;
    const figures = sharesOf(decided);
    return {
      ...metric,
      verdict,
      pairs: estimate.pairs,
      baseline: estimate.baseline,
      candidate: estimate.candidate,
      ...figures,
      pAdjusted,
      alpha,
      text: describeMetric(metric, figures, { floorNs: settings.floorNs, basis: basis(estimate.pairs) }),
    };
  });
}

/** Logarithms that are positive when worse, as shares of the baseline that have the sign of the value. */
function sharesOf({ metric, estimate }: MetricDecision) {
  const sign = metric.worse === "higher" ? 1 : -1;
  const share = (change: number) => (Number.isFinite(change) ? Math.expm1(sign * change) : null);
  const [low, high] = sign === 1 ? [estimate.lower, estimate.upper] : [estimate.upper, estimate.lower];
  return {
    change: Math.expm1(sign * estimate.change),
    lower: share(low),
    upper: share(high),
    minimumDetectableChange: share(estimate.detectable),
  };
}
