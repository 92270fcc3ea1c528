/** The bytes of payloads: functions of a seed and the message's index alone. */
import { HEADER_BYTES } from "../payload-header.js";
import type { PayloadPart } from "../scenario/scenario.js";
import { deriveSeed, hashToUnit, type Random, seededRandom } from "../stats/random.js";
import type { Bytes } from "../units.js";
import { weighted } from "./weighted.js";
import { WORDS } from "./words.js";

/** Makes the payload of message `index`: a buffer of its own, whose first `HEADER_BYTES` are left for the header. */
export type PayloadMaker = (index: number) => Buffer;

/** What payloads are made from. */
export interface PayloadSpec {
  readonly payload: Bytes | readonly PayloadPart[];
  readonly seed: number;
}

/** Payloads begin anywhere in so many bytes: even a batch of them has little that repeats. */
const OFFSETS = 1 << 20;
/** Random and zero bytes take turns within so many, well inside the window of any compressor. */
const MIXED_BYTES = 256;
const PLACE_OF_PART = 0x9a7;
const PLACE_OF_OFFSET = 0x0ff;
const PLACE_OF_POOL = 0xb17e5;

/** Builds the maker; `read` gives the content of a file that the payload names. */
export function payloadMaker({ payload, seed }: PayloadSpec, read: (file: string) => Buffer): PayloadMaker {
  const parts = typeof payload === "number" ? [{ size: payload, entropy: "random" as const, weight: 1 }] : payload;
  const makers = parts.map((part) => ("file" in part ? fromFile(read(part.file)) : fromPool(part, seed)));
  const choose = weighted(parts.map(({ weight }) => weight));
  return (index) => {
    const maker = makers[makers.length === 1 ? 0 : choose(hashToUnit(seed, PLACE_OF_PART, index))];
    return maker ? maker(index) : Buffer.alloc(HEADER_BYTES);
  };
}

function fromFile(content: Buffer): PayloadMaker {
  const template = Buffer.concat([Buffer.alloc(HEADER_BYTES), content]);
  return () => Buffer.from(template);
}

function fromPool({ size, entropy }: Exclude<PayloadPart, { file: string }>, seed: number): PayloadMaker {
  if (entropy === "zero" || entropy === 0) return () => Buffer.alloc(size);
  const pool = Buffer.allocUnsafe(OFFSETS + size);
  const random = seededRandom(deriveSeed(seed, PLACE_OF_POOL));
  if (entropy === "text") fillWithWords(pool, random);
  else fillWithShare(pool, entropy === "random" ? 1 : entropy, random);
  return (index) => {
    const from = Math.floor(hashToUnit(seed, PLACE_OF_OFFSET, index) * OFFSETS);
    return Buffer.from(pool.subarray(from, from + size));
  };
}

function fillWithShare(pool: Buffer, share: number, random: Random): void {
  pool.fill(0);
  for (let from = 0; from < pool.length; from += MIXED_BYTES) {
    const end = Math.min(pool.length, from + Math.round(share * MIXED_BYTES));
    for (let at = from; at < end; at += 4) {
      const bits = Math.floor(random() * 2 ** 32);
      for (let byte = 0; byte < 4 && at + byte < end; byte++) pool[at + byte] = (bits >>> (8 * byte)) & 255;
    }
  }
}

/** The first words of the list are the most frequent ones, as in a language. */
function fillWithWords(pool: Buffer, random: Random): void {
  const choose = weighted(WORDS.map((_, rank) => 1 / (rank + 1)));
  for (let at = 0; at < pool.length; ) at += pool.write(`${WORDS[choose(random())] ?? ""} `, at, "latin1");
}
