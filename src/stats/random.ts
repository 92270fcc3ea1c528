import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** A repeatable source of numbers in [0, 1). */
export type Random = () => number;

/** Numbers that depend on `seed` alone; the same seed gives the same row of numbers everywhere. */
export function seededRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  return () => uniformFloat64(generator);
}

/** A seed for one part of a run, from the run's seed and the part's place; the finalizer of MurmurHash3. */
export function deriveSeed(seed: number, ...place: readonly number[]): number {
  let hash = seed | 0;
  for (const part of place) {
    hash = Math.imul(hash ^ (part + 0x9e3779b9), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash;
}

/** A number in [0, 1) that is a function of its place alone: for choices that must not depend on order. */
export function hashToUnit(seed: number, ...place: readonly number[]): number {
  return (deriveSeed(seed, ...place) >>> 0) / 2 ** 32;
}
