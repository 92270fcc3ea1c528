import type { Random } from "../stats/random.js";

/** The two systems of a gate. */
export type Side = "baseline" | "candidate";

const FIRST_BASELINE = ["baseline", "candidate"] as const;
const FIRST_CANDIDATE = ["candidate", "baseline"] as const;

/**
 * The order of the two slices of each next pair: by chance, but of every two pairs one begins with the baseline and one
 * with the candidate, so that whatever favours the first or the second slice favours neither side.
 */
export function pairOrder(random: Random): () => readonly [Side, Side] {
  let owed: readonly [Side, Side] | null = null;
  return () => {
    if (owed) {
      const order = owed;
      owed = null;
      return order;
    }
    const baselineFirst = random() < 0.5;
    owed = baselineFirst ? FIRST_CANDIDATE : FIRST_BASELINE;
    return baselineFirst ? FIRST_BASELINE : FIRST_CANDIDATE;
  };
}
