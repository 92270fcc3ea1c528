/** Wilcoxon's signed-rank test, exact at every sample size: Pratt's zeros, midranks of ties, all sign patterns counted. */

/** What the test says of paired differences. */
export interface SignedRank {
  /** Sum of the ranks of the positive differences. */
  readonly statistic: number;
  /** Differences that are not 0; only their signs are random under the hypothesis. */
  readonly nonZero: number;
  /** One-sided: the chance of a statistic at least as large when positive and negative are equally likely. */
  readonly p: number;
}

/**
 * Tests whether differences tend to be positive. Zeros are ranked with the others and then left out (Pratt 1959), equal
 * sizes share their mean rank; p counts the sign patterns of the remaining ranks, which is exact with ties too.
 */
export function signedRank(differences: readonly number[]): SignedRank {
  const doubled = doubledRanks(differences.map(Math.abs));
  const ranks: number[] = [];
  let statistic = 0;
  differences.forEach((difference, at) => {
    if (difference === 0) return;
    const rank = doubled[at] ?? 0;
    ranks.push(rank);
    if (difference > 0) statistic += rank;
  });
  const untied = ranks.length === differences.length && isUntied(ranks);
  const distribution = untied ? untiedDistribution(ranks.length) : sumDistribution(ranks);
  // Without ties all doubled ranks are even, and the shared distribution is that of the ranks themselves.
  return {
    statistic: statistic / 2,
    nonZero: ranks.length,
    p: upperTail(distribution, untied ? statistic / 2 : statistic),
  };
}

/** The largest k with P(W <= k) <= alpha for the rank sum W of n untied differences; -1 when even P(W = 0) is above it. */
export function criticalRankSum(n: number, alpha: number): number {
  const distribution = untiedDistribution(n);
  let below = 0;
  for (let sum = 0; sum < distribution.length; sum++) {
    below += distribution[sum] ?? 0;
    if (below > alpha) return sum - 1;
  }
  return distribution.length - 1;
}

/** Twice the mean rank of each value, so that the ranks of ties are whole numbers. */
function doubledRanks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks: number[] = new Array(values.length).fill(0);
  for (let first = 0; first < order.length; ) {
    const value = values[order[first] ?? 0];
    let end = first + 1;
    while (end < order.length && values[order[end] ?? 0] === value) end++;
    // Ranks first + 1 to end share their mean, of which this is the double.
    for (let at = first; at < end; at++) ranks[order[at] ?? 0] = first + 1 + end;
    first = end;
  }
  return ranks;
}

const isUntied = (doubled: readonly number[]): boolean => new Set(doubled).size === doubled.length;

const untied = new Map<number, readonly number[]>();

/** Probability of each sum of a random subset of the ranks 1 to n. */
function untiedDistribution(n: number): readonly number[] {
  let known = untied.get(n);
  if (!known) {
    known = sumDistribution(Array.from({ length: n }, (_, index) => index + 1));
    untied.set(n, known);
  }
  return known;
}

/** Probability of each sum of a subset in which every rank is or is not by the toss of a coin. */
function sumDistribution(ranks: readonly number[]): readonly number[] {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const probability: number[] = new Array(total + 1).fill(0);
  probability[0] = 1;
  let reached = 0;
  for (const rank of ranks) {
    reached += rank;
    for (let sum = reached; sum >= 0; sum--)
      probability[sum] = ((probability[sum] ?? 0) + (sum >= rank ? (probability[sum - rank] ?? 0) : 0)) / 2;
  }
  return probability;
}

function upperTail(distribution: readonly number[], from: number): number {
  let tail = 0;
  for (let sum = from; sum < distribution.length; sum++) tail += distribution[sum] ?? 0;
  return Math.min(1, tail);
}
