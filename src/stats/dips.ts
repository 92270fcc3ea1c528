/** Finds where goodput was lower than chance explains: a scan of all stretches of time by Poisson likelihood. */
import type { Goodput } from "./goodput.js";

/** Goodput below (1 - e) of what was expected is a dip. The same for every run: no noise of its own excuses a system. */
export const TOLERANCE = 0.1;
/**
 * By how much likelier (its logarithm) a stretch must be with its own rate than with the expected one. It bounds what
 * chance finds over all stretches of a run, and it is the number of messages that a silence must have missed.
 */
export const EVIDENCE = 10;
/** A dip costs at least as much as this long a silence: one late slice is none. */
const LEAST_NS = 1.5e8;
/** Lengths that are tried grow by this factor; the best one is then looked for slice by slice. */
const GROWTH = 1.1;

/** A stretch of slices [first, end) with too few completions. */
export interface Dip {
  readonly first: number;
  readonly end: number;
  readonly completed: number;
  readonly expected: number;
}

type Found = Dip & { readonly evidence: number };

/** All dips in [first, end), in order of time; each ends where the next can begin. */
export function* dipsIn(goodput: Goodput, first: number, end: number): Generator<Dip> {
  const worst = worstDip(goodput, first, end);
  if (!worst) return;
  yield* dipsIn(goodput, first, worst.first);
  yield worst;
  yield* dipsIn(goodput, worst.end, end);
}

/** The stretch that is least likely to be chance. */
function worstDip(goodput: Goodput, first: number, end: number): Dip | null {
  let best: Found | null = null;
  const tryOne = (from: number, to: number) => {
    const found = measure(goodput, from, to);
    if (found && found.evidence > (best?.evidence ?? EVIDENCE)) best = found;
  };
  for (let length = 1; length <= end - first; length = Math.max(length + 1, Math.floor(length * GROWTH)))
    for (let from = first; from + length <= end; from++) tryOne(from, from + length);
  return best && refined(best, first, end, goodput);
}

/** Moves the end and the beginning, in turns, to where the evidence is greatest. */
function refined(coarse: Found, first: number, end: number, goodput: Goodput): Dip {
  let best = coarse;
  for (let again = true; again; ) {
    const before = best.evidence;
    const reach = Math.ceil((best.end - best.first) * (GROWTH - 1)) + 1;
    const around = Array.from({ length: 2 * reach + 1 }, (_, at) => at - reach);
    const { first: from, end: to } = best;
    const moved = [
      ...around.map((by) => [from, Math.min(end, to + by)] as const),
      ...around.map((by) => [Math.max(first, from + by), to] as const),
    ];
    for (const [a, b] of moved) {
      const found = b > a ? measure(goodput, a, b) : null;
      if (found && found.evidence > best.evidence) best = found;
    }
    again = best.evidence > before;
  }
  return best;
}

/** The stretch with its evidence, or `null` when it is within the tolerance or costs next to nothing. */
function measure(goodput: Goodput, first: number, end: number): Found | null {
  const expected = goodput.expected(first, end);
  const completed = goodput.completed(first, end);
  if (completed > (1 - TOLERANCE) * expected) return null;
  if (expected - completed < (goodput.perSlice * LEAST_NS) / goodput.sliceNs) return null;
  const likelier = completed > 0 ? completed * Math.log(completed / expected) : 0;
  return { first, end, completed, expected, evidence: expected - completed + likelier };
}
