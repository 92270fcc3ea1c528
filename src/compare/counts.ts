/** Tells counts apart: loss is not averaged, so the runs have to agree. */
import type { Told } from "./ratio.js";

/** Runs of each target below which nothing is told apart. */
const FEWEST_RUNS = 3;
/** Where both have some, one has to have this many times as many. */
const FACTOR = 2;

/** One count of one run, and of how many messages. */
export interface CountOfRun {
  readonly count: number;
  readonly acked: number;
}

/**
 * The other is worse when each of its runs had a greater share than every run of the reference, and the reference had
 * none or less than half of it in all; and better the other way round.
 */
export function tellCounts(reference: readonly CountOfRun[], other: readonly CountOfRun[]): Told {
  if (reference.length < FEWEST_RUNS || other.length < FEWEST_RUNS) return "~";
  if (clearlyMore(other, reference)) return "worse";
  return clearlyMore(reference, other) ? "better" : "~";
}

function clearlyMore(many: readonly CountOfRun[], few: readonly CountOfRun[]): boolean {
  const share = ({ count, acked }: CountOfRun) => (acked === 0 ? 0 : count / acked);
  const total = (runs: readonly CountOfRun[]) => runs.reduce((sum, run) => sum + share(run), 0) / runs.length;
  return Math.min(...many.map(share)) > Math.max(...few.map(share)) && total(many) >= FACTOR * total(few);
}
