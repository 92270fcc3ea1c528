import type { Keys, PriorityShare } from "../scenario/scenario.js";
import type { Attributes } from "../spi/driver.js";
import { deriveSeed, hashToUnit } from "../stats/random.js";
import { weighted } from "./weighted.js";

/** Which keys and priorities the messages of one producer get. */
export interface AttributeSpec {
  readonly keys: Keys | null;
  readonly priorities: readonly PriorityShare[] | null;
  readonly seed: number;
  readonly producers: number;
  readonly producer: number;
}

const PLACE_OF_PRODUCER = 1;
const PLACE_OF_KEY = 0x6e1;
const PLACE_OF_PRIORITY = 0x9710;

/** The attributes of message `index` of this producer; they follow from the seed and the index alone. */
export function attributesOf(spec: AttributeSpec): (index: number) => Attributes {
  const key = spec.keys && keyOf(spec.keys, spec);
  const priority = spec.priorities && priorityOf(spec.priorities, spec.seed);
  if (!key && !priority) return () => NONE;
  return (index) => ({ ...(key && { key: key(index) }), ...(priority && { priority: priority(index) }) });
}

const NONE: Attributes = {};

/** The seed of what one producer sends. */
export const producerSeed = (seed: number, producer: number): number => deriveSeed(seed, PLACE_OF_PRODUCER, producer);

/** The priority of message `index` of a producer, for those who know a message by its number only. */
export function prioritiesOf(
  shares: readonly PriorityShare[],
  seed: number,
): (producer: number, index: number) => number {
  const choose = new Map<number, (index: number) => number>();
  return (producer, index) => {
    let priority = choose.get(producer);
    if (!priority) {
      priority = priorityOf(shares, producerSeed(seed, producer));
      choose.set(producer, priority);
    }
    return priority(index);
  };
}

function keyOf(keys: Keys, { seed, producers, producer }: AttributeSpec): (index: number) => number {
  const { count } = keys;
  const unit = (index: number) => hashToUnit(seed, PLACE_OF_KEY, index);
  // Over all producers, as the messages of an even schedule are dealt out.
  if (keys.distribution === "round-robin") return (index) => (index * producers + producer) % count;
  if (keys.distribution !== "zipf") return (index) => Math.floor(unit(index) * count);
  const { exponent } = keys;
  const choose = weighted(Array.from({ length: count }, (_, key) => (key + 1) ** -exponent));
  return (index) => choose(unit(index));
}

function priorityOf(shares: readonly PriorityShare[], seed: number): (index: number) => number {
  const choose = weighted(shares.map(({ weight }) => weight));
  return (index) => shares[choose(hashToUnit(seed, PLACE_OF_PRIORITY, index))]?.priority ?? 0;
}
