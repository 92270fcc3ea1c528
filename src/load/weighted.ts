import { lowerBound } from "./search.js";

/** Chooses an index by a number in [0, 1), each as often as its weight says relative to the others. */
export type WeightedChoice = (unit: number) => number;

/** Builds the choice among weights above 0. */
export function weighted(weights: readonly number[]): WeightedChoice {
  const sums = new Float64Array(weights.length);
  let sum = 0;
  for (const [index, weight] of weights.entries()) {
    sum += weight;
    sums[index] = sum;
  }
  // The last sum, rounded, may be a little below the product.
  return (unit) => Math.min(weights.length - 1, lowerBound(sums, unit * sum));
}
