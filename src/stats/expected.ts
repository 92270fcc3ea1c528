import { median } from "./median.js";

/** Slices on either side that an offered rate is the mean of: a whole message more or less must not matter. */
const REACH = 10;

/**
 * The goodput that each slice would have without a fault: the baseline's, and less where less is offered than in the
 * baseline. Never more: what a system does beyond the load of its baseline is not known.
 */
export function expectedGoodput(
  offered: readonly number[],
  [first, end]: readonly [number, number],
  baseline: number,
): number[] {
  const usual = median(offered.slice(first, end));
  if (usual === 0) return offered.map(() => baseline);
  const mean = (from: number, to: number) => {
    const counts = offered.slice(Math.max(0, from), to);
    return counts.reduce((sum, count) => sum + count, 0) / Math.max(1, counts.length);
  };
  return offered.map((_, slice) => {
    // Before it and from it on, whichever is less: a fall is expected at once, however the rest of the second was.
    const rate = Math.min(mean(slice - REACH, slice + 1), mean(slice, slice + REACH + 1));
    return baseline * Math.min(1, rate / usual);
  });
}
