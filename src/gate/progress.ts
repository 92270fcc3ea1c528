import type { GateState } from "./state.js";
import { formatBounds, formatChange } from "./words.js";

/** A line on the slice that ended last, with what the pairs so far say. */
export function describeProgress(state: GateState): string {
  const { slices, settings, pairs } = state;
  const last = slices.at(-1);
  if (!last) return "";
  const most = settings.looks.at(-1)?.pairs ?? 0;
  const limited = last.generatorLimited ? "; havoq was the bottleneck" : "";
  // The second slice of a pair completes it, and something can be said.
  const estimates = slices.length === 2 * pairs ? estimatesOf(state) : "";
  return `pair ${last.pair} of at most ${most}, ${last.side}${estimates}${limited}`;
}

function estimatesOf(state: GateState): string {
  const metrics = state.shown?.metrics ?? [];
  const texts = metrics.map(({ metric, estimate }) => {
    const sign = metric.worse === "higher" ? 1 : -1;
    const share = (change: number) => (Number.isFinite(change) ? Math.expm1(sign * change) : null);
    const bounds = [share(estimate.lower), share(estimate.upper)].sort((a, b) => (a ?? 0) - (b ?? 0));
    return `${metric.label} ${formatChange(share(estimate.change) ?? 0)} ${formatBounds(bounds[0] ?? null, bounds[1] ?? null)}`;
  });
  return `: ${texts.join("; ")}`;
}
