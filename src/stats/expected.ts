import { median } from "./median.js";

/** Slices on either side that an offered rate is the mean of: a whole message more or less must not matter. */
const REACH = 10;

/** What is offered around each slice, relative to the baseline's median. */
interface OfferedShares {
  /** The mean of a second on either side. */
  readonly mean: readonly number[];
  /** The second before the slice or that from it on, whichever is less: a fall is seen at once. */
  readonly least: readonly number[];
}

/** Computes the shares of all slices; all 1 where the baseline offers nothing. */
export function offeredShares(offered: readonly number[], [first, end]: readonly [number, number]): OfferedShares {
  const usual = median(offered.slice(first, end));
  if (usual === 0) return { mean: offered.map(() => 1), least: offered.map(() => 1) };
  const mean = (from: number, to: number) => {
    const counts = offered.slice(Math.max(0, from), to + 1);
    return counts.reduce((sum, count) => sum + count, 0) / Math.max(1, counts.length) / usual;
  };
  return {
    mean: offered.map((_, slice) => mean(slice - REACH, slice + REACH)),
    least: offered.map((_, slice) => Math.min(mean(slice - REACH, slice), mean(slice, slice + REACH))),
  };
}
