import { InvalidArgumentError } from "commander";
import type { Parsed } from "../input/parsed.js";
import { readDuration, readShare, readSize } from "../input/units-text.js";

function read<T>(result: Parsed<T>): T {
  if (result.ok) return result.value;
  const hint = result.hint === undefined ? "" : ` (${result.hint})`;
  throw new InvalidArgumentError(`${result.message}${hint}`);
}

/** A size such as 1GiB, in bytes. */
export const byteSize = (text: string): number => read(readSize(text));

/** A duration such as 20s, in milliseconds. */
export const duration = (text: string): number => read(readDuration(text));

/** A share such as 5%, from 0 to 1. */
export const share = (text: string): number => read(readShare(text));

/** A flag that may be repeated. */
export const collect = (value: string, before: readonly string[]): string[] => [...before, value];

/** A whole number. */
export function integer(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError(`expected a whole number, got "${text}"`);
  return value;
}

/** Most times that a command does the same. */
const MOST_TIMES = 10_000;

/** How often something is done. */
export function times(text: string): number {
  const value = integer(text);
  if (value >= 1 && value <= MOST_TIMES) return value;
  throw new InvalidArgumentError(`expected a number from 1 to ${MOST_TIMES}, got ${value}`);
}

/** A number above 0. */
export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError(`expected a number above 0, got "${text}"`);
  return value;
}

/** Ascending whole numbers above 0 with commas between them, such as 10,20,30. */
export function ascending(text: string): number[] {
  const values = text.split(",").map(times);
  if (values.every((value, at) => value > (values[at - 1] ?? 0))) return values;
  throw new InvalidArgumentError(`expected ascending numbers such as 10,20,30, got "${text}"`);
}
