import { deriveSeed, seededRandom } from "../stats/random.js";

/** A run to do: which subject, in which round (from 1). */
export interface PlannedRun {
  readonly subject: number;
  readonly round: number;
}

/** Balanced blocks: every round has each subject once, in an order that chance (seeded) chooses. */
export function interleave(subjects: number, rounds: number, seed: number): PlannedRun[] {
  return Array.from({ length: rounds }, (_, index) => {
    const random = seededRandom(deriveSeed(seed, 0xc0de, index));
    const block = Array.from({ length: subjects }, (_, subject) => subject);
    for (let last = block.length - 1; last > 0; last--) {
      const other = Math.floor(random() * (last + 1));
      const [a = 0, b = 0] = [block[last], block[other]];
      block[last] = b;
      block[other] = a;
    }
    return block.map((subject) => ({ subject, round: index + 1 }));
  }).flat();
}

/** A run that is over: what was planned for its load, and what it took in all. */
export interface DoneRun extends PlannedRun {
  readonly plannedMs: number;
  readonly tookMs: number;
}

/** What a run takes beside its load before any was seen: a start, a drain, a fold. */
const FIRST_GUESS_MS = 12_000;

/** Time that the runs which are left will take: each as long as its subject's took, or as the others' did. */
export function timeLeftMs(
  left: readonly (PlannedRun & { readonly plannedMs: number })[],
  done: readonly DoneRun[],
): number {
  const extra = (runs: readonly DoneRun[]) =>
    runs.reduce((sum, { tookMs, plannedMs }) => sum + tookMs - plannedMs, 0) / runs.length;
  return left.reduce((sum, { subject, plannedMs }) => {
    const own = done.filter((run) => run.subject === subject);
    const beside = own.length > 0 ? extra(own) : done.length > 0 ? extra(done) : FIRST_GUESS_MS;
    return sum + plannedMs + beside;
  }, 0);
}
