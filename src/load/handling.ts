import type { HandlingTime } from "../scenario/scenario.js";
import type { Random } from "../stats/random.js";
import { type Milliseconds, ms } from "../units.js";

/** Draws one handling time; never negative. */
export function drawHandlingTime(time: HandlingTime, random: Random): Milliseconds {
  switch (time.kind) {
    case "constant":
      return time.value;
    case "uniform":
      return ms(time.min + (time.max - time.min) * random());
    case "exponential":
      return ms(-Math.log(1 - random()) * time.mean);
    case "normal":
      return ms(Math.max(0, time.mean + time.deviation * standardNormal(random)));
  }
}

/** A bound on one handling time; where there is none, what is never seen. */
export function longestHandlingTime(time: HandlingTime): Milliseconds {
  switch (time.kind) {
    case "constant":
      return time.value;
    case "uniform":
      return time.max;
    case "exponential":
      return ms(time.mean * 20);
    case "normal":
      return ms(time.mean + time.deviation * 10);
  }
}

/** Box-Muller transform. */
function standardNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
