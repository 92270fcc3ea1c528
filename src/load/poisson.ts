/** A Poisson process of rate 1, whose n-th event can be found without drawing all before it. */
import { deriveSeed, type Random, seededRandom } from "../stats/random.js";
import { lowerBound } from "./search.js";

/** Events of a process with a mean of one event per unit of time. */
export interface UnitProcess {
  /** When event `index` (from 0) is. */
  timeOf(index: number): number;
  /** How many events are before `time`. */
  countBefore(time: number): number;
}

/** Events in a block: the more, the fewer draws to find the middle of a long run. */
const BLOCK = 1024;

/**
 * The events come in blocks of fixed count. A block's length is one draw of Gamma(BLOCK, 1), which is the sum of as
 * many exponential gaps; given the length, the events within are uniform (a property of the Poisson process). So the
 * process is exact, every block follows from the seed and its number alone, and finding one costs a draw a block.
 */
export function unitPoisson(seed: number): UnitProcess {
  /** Where each block begins, as far as known. */
  const starts = [0];
  /** The blocks that were used last, the latest first: times around a border take turns. */
  let known: { readonly block: number; readonly times: Float64Array }[] = [];

  const lengthOf = (block: number) => gamma(BLOCK, seededRandom(deriveSeed(seed, block, 0)));

  function startOf(block: number): number {
    for (let next = starts.length; next <= block; next++) starts.push((starts[next - 1] ?? 0) + lengthOf(next - 1));
    return starts[block] ?? 0;
  }

  function timesOf(block: number): Float64Array {
    for (const each of known) if (each.block === block) return each.times;
    const start = startOf(block);
    const length = startOf(block + 1) - start;
    const random = seededRandom(deriveSeed(seed, block, 1));
    const times = new Float64Array(BLOCK);
    for (let event = 0; event < BLOCK - 1; event++) times[event] = start + length * random();
    times[BLOCK - 1] = start + length;
    times.sort();
    known = [{ block, times }, ...known.slice(0, 1)];
    return times;
  }

  return {
    timeOf: (index) => timesOf(Math.floor(index / BLOCK))[index % BLOCK] ?? 0,
    countBefore(time) {
      while (startOf(starts.length - 1) < time) startOf(starts.length);
      // The last event of a block is where the next one begins.
      const block = Math.max(0, lowerBound(starts, time) - 1);
      return block * BLOCK + lowerBound(timesOf(block), time);
    },
  };
}

/** A draw of the gamma distribution of scale 1; Marsaglia and Tsang, ACM TOMS 26 (2000), for shapes of 1 and more. */
function gamma(shape: number, random: Random): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    if (Math.log(1 - random()) < x ** 2 / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}
