import { deriveSeed, type Random, seededRandom } from "../../stats/random.js";
import type { Side } from "./protocol.js";
import type { Direction } from "./stage.js";

/** Where a row of numbers is used. */
export interface JitterPlace {
  readonly side: Side;
  /** Ordinal of the connection on its port, from 0. */
  readonly connection: number;
  readonly fault: string;
  readonly direction: Direction;
}

/** Numbers in [0, 1) that depend on the seed and the place alone, so that a run can be repeated. */
export function jitterNumbers(seed: number, { side, connection, fault, direction }: JitterPlace): Random {
  const sideNumber = side === "producers" ? 0 : 1;
  const directionNumber = direction === "up" ? 0 : 1;
  return seededRandom(deriveSeed(seed, sideNumber, connection, directionNumber, ...Buffer.from(fault)));
}
