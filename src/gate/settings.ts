/** What a gate is held to: when it looks, how much may go wrong by chance, and which changes matter. */

/** One look at the pairs so far: the gate may end here. */
export interface Look {
  /** Pairs of slices at which it is taken. */
  readonly pairs: number;
  /** Chance, over all gated metrics, that identical systems are called a regression at this look. */
  readonly alpha: number;
  /** Chance that the upper bound of one metric lies below its true change at this look. */
  readonly passAlpha: number;
}

/** When a gate decides, and on what. */
export interface GateSettings {
  readonly looks: readonly Look[];
  /** Smallest change that is called a regression or an improvement, as a share. */
  readonly minEffect: number;
  /** Largest change that a pass leaves possible, as a share. */
  readonly tolerance: number;
  /** A change of a latency below this is called neither, whatever its share. */
  readonly floorNs: number;
}

/** Spent over all looks on calling identical systems a regression; the first look gets half. */
const FAMILY_ALPHA = 0.02;
/** Spent over all looks on passing a metric that changed by the tolerance. */
const PASS_ALPHA = 0.035;
/**
 * Share of the pass alpha for the first look, the rest is split over the others: with few pairs a pass would cost power,
 * and a gate that goes on can still pass.
 */
const FIRST_PASS_SHARE = 0.2;

/** Looks of a gate when nothing else is asked for. */
export const DEFAULT_LOOKS: readonly number[] = [10, 20, 30];
/** Smallest change of a metric that counts, as a share of the baseline. */
export const DEFAULT_MIN_EFFECT = 0.05;
/** Largest change that a pass leaves possible, as a share of the baseline. */
export const DEFAULT_TOLERANCE = 0.1;
/** Smallest change of a latency that counts, in nanoseconds. */
export const DEFAULT_FLOOR_NS = 200_000;

/** Spends the alphas over looks at these numbers of pairs: half at the first, the rest in equal parts. */
export function planLooks(pairs: readonly number[]): Look[] {
  const spend = (total: number, firstShare: number, index: number) => {
    if (pairs.length === 1) return total;
    return index === 0 ? total * firstShare : (total * (1 - firstShare)) / (pairs.length - 1);
  };
  return pairs.map((count, index) => ({
    pairs: count,
    alpha: spend(FAMILY_ALPHA, 0.5, index),
    passAlpha: spend(PASS_ALPHA, FIRST_PASS_SHARE, index),
  }));
}

/** Fewest pairs at which any of `metrics` metrics can be rejected: the smallest p, 2^-n, is at most alpha / metrics. */
export function fewestPairs(alpha: number, metrics: number): number {
  return Math.ceil(-Math.log2(alpha / Math.max(1, metrics)));
}

/** Why a gate with these looks could never fail; `null` when it can. */
export function neverFails({ looks }: Pick<GateSettings, "looks">, metrics: number): string | null {
  const able = looks.some(({ pairs, alpha }) => pairs >= fewestPairs(alpha, metrics));
  if (able) return null;
  const last = looks.at(-1);
  if (!last) return "without a look there is no verdict";
  const needed = fewestPairs(last.alpha, metrics);
  return `with ${last.pairs} pairs the smallest p is 2^-${last.pairs}, above ${last.alpha.toPrecision(2)} / ${metrics}: this gate could never fail; ${needed} pairs are the least`;
}
