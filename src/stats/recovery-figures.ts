/** What else had to come back after a fault: the backlog and the latency. */
import type { Resilience } from "../result-schema.js";
import { median } from "./median.js";
import { type ResilienceInput, STAYS_RECOVERED_NS } from "./resilience-input.js";

/** The highest backlog after a fault, and the time (ns) until it was as low as before; `null` where unknown. */
export function backlogFigures(input: ResilienceInput): Pick<Resilience, "backlogPeak" | "drainNs"> {
  const untilNs = input.nextFaultNs ?? Number.POSITIVE_INFINITY;
  const known = input.backlog.flatMap(({ atNs, ready }) => (ready === null ? [] : [{ atNs, ready }]));
  const before = known.filter(({ atNs }) => atNs < input.injectNs);
  const after = known.filter(({ atNs }) => atNs >= input.injectNs && atNs < untilNs);
  const peak = after.reduce<{ atNs: number; ready: number } | null>(
    (max, at) => (at.ready > (max?.ready ?? -1) ? at : max),
    null,
  );
  if (!peak) return { backlogPeak: null, drainNs: null };
  const usual = Math.max(0, ...before.slice(-10).map(({ ready }) => ready));
  const drained = after.find(({ atNs, ready }) => atNs >= peak.atNs && ready <= usual);
  return { backlogPeak: peak.ready, drainNs: drained ? drained.atNs - peak.atNs : null };
}

/**
 * Time from the injection until p99 is back under max(1.5 x p99_0, p99_0 + 5 ms) and stays there: a later slice that is
 * high alone is one odd message in a hundred, and no relapse.
 */
export function latencyRecovery(input: ResilienceInput): number | null {
  const sliceOf = (atNs: number) => Math.floor(atNs / input.latencySliceNs);
  const limit = latencyLimit(input, sliceOf);
  if (limit === null) return null;
  const from = sliceOf(input.injectNs);
  const untilNs = Math.min(input.nextFaultNs ?? Number.POSITIVE_INFINITY, input.loadEndNs);
  const window = input.latencyP99Ns.slice(from, Math.ceil(untilNs / input.latencySliceNs));
  let back: number | null = null;
  for (const { first, end } of runsAbove(window, limit)) {
    if (back !== null && (first - back) * input.latencySliceNs >= STAYS_RECOVERED_NS) break;
    if (back === null || end - first > 1) back = end;
  }
  if (back === null) return 0;
  return back === window.length ? null : Math.max(0, (from + back) * input.latencySliceNs - input.injectNs);
}

function latencyLimit(input: ResilienceInput, sliceOf: (atNs: number) => number): number | null {
  const [first, end] = [sliceOf(input.baseline[0] * input.sliceNs), sliceOf(input.baseline[1] * input.sliceNs)];
  const base = input.latencyP99Ns.slice(first, Math.max(end, first + 1)).filter((p99) => p99 !== null);
  if (base.length === 0) return null;
  const p99 = median(base);
  return Math.max(1.5 * p99, p99 + 5e6);
}

/** Runs of slices above a limit; a slice without messages neither ends nor lengthens one. */
function runsAbove(values: readonly (number | null)[], limit: number): { first: number; end: number }[] {
  const runs: { first: number; end: number }[] = [];
  let open: { first: number; end: number } | null = null;
  values.forEach((value, slice) => {
    if (value === null) return;
    if (value <= limit) open = null;
    else if (open) open.end = slice + 1;
    else {
      open = { first: slice, end: slice + 1 };
      runs.push(open);
    }
  });
  return runs;
}
