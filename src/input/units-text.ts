/** Durations, rates, sizes and shares as text: how a scenario writes them, and how reports print them. */
import { type Bytes, bytes, type Milliseconds, ms, type PerSecond, perSecond } from "../units.js";
import { expected, type Parsed, parsed, refused } from "./parsed.js";
import { NUMBER_PATTERN, quantityPattern, readQuantity, shifted, type UnitTable, writeQuantity } from "./quantity.js";

const DURATIONS: UnitTable = {
  us: { exponent: -3 },
  ms: {},
  s: { exponent: 3 },
  min: { times: 60_000 },
  h: { times: 3_600_000 },
};
const RATES: UnitTable = {
  "/h": { per: 3600 },
  "/min": { per: 60 },
  "k/min": { exponent: 3, per: 60 },
  "/s": {},
  "k/s": { exponent: 3 },
  "M/s": { exponent: 6 },
};
const SIZES: UnitTable = {
  B: {},
  kB: { exponent: 3 },
  KB: { exponent: 3 },
  KiB: { times: 1024 },
  MB: { exponent: 6 },
  MiB: { times: 1024 ** 2 },
  GB: { exponent: 9 },
  GiB: { times: 1024 ** 3 },
};
const BINARY_SIZES: UnitTable = { B: {}, KiB: { times: 1024 }, MiB: { times: 1024 ** 2 }, GiB: { times: 1024 ** 3 } };
const BANDWIDTHS: UnitTable = Object.fromEntries(Object.entries(SIZES).map(([unit, scale]) => [`${unit}/s`, scale]));

/** Pattern of a duration such as "5ms"; not anchored. */
export const DURATION_PATTERN = quantityPattern(DURATIONS);
/** Pattern of a rate such as "500/s"; not anchored. */
export const RATE_PATTERN = quantityPattern(RATES);
/** Pattern of a size such as "1KiB"; not anchored. */
export const SIZE_PATTERN = quantityPattern(SIZES);
/** Pattern of a bandwidth such as "1MiB/s"; not anchored. */
export const BANDWIDTH_PATTERN = quantityPattern(BANDWIDTHS);
/** Pattern of a percentage such as "0.1%"; not anchored. */
export const PERCENT_PATTERN = `${NUMBER_PATTERN}\\s*%`;

const BARE_NUMBER = new RegExp(`^-?${NUMBER_PATTERN}$`);

/** A run's clock counts nanoseconds, exactly for 104 days. */
export const LONGEST_DURATION = ms(2400 * 3_600_000);
/** More than any producer sends. */
const HIGHEST_RATE = 100e6;

interface Kind {
  /** Follows "expected". */
  readonly what: string;
  readonly units: UnitTable;
  /** A number for the hint where none was written. */
  readonly bare: string;
  /** What a number without a unit could mean. */
  readonly could: string;
}

/** What was written; empty for a map or a list, which may hold a key called `toString`. */
const scalarText = (input: unknown): string => (typeof input === "object" ? "" : String(input).trim());

function readKind(input: unknown, kind: Kind): Parsed<number> {
  const value = typeof input === "string" ? readQuantity(input, kind.units) : undefined;
  if (value !== undefined) return parsed(value);
  if (input === undefined) return refused(expected(kind.what, input));
  const text = scalarText(input);
  if (text.startsWith("-")) return refused(expected(kind.what, input), "it can't be negative");
  const written = plainNumber(text);
  if (written !== text && readQuantity(written, kind.units) !== undefined)
    return refused(expected(kind.what, input), `write ${written}`);
  const numberWithUnit = typeof input === "string" && /^\d.*[^\d.]$/.test(text);
  const hint = numberWithUnit
    ? `units: ${Object.keys(kind.units).join(", ")}`
    : `write the unit; a bare ${BARE_NUMBER.test(text) ? text : kind.bare} could mean ${kind.could}`;
  return refused(expected(kind.what, input), hint);
}

/** A number as quantities begin, where it was written with a sign, or without a digit before or after its point. */
const plainNumber = (text: string): string =>
  text
    .replace(/^\+\s*/, "")
    .replace(/^(?=\.\d)/, "0")
    .replace(/^(\d+)\.(?!\d)/, "$1");

/** Reads a duration such as "250us", "5ms", "2s", "1.5min" or "1h". */
export function readDuration(input: unknown): Parsed<Milliseconds> {
  const what = 'a duration such as "5ms"';
  const result = readKind(input, { what, units: DURATIONS, bare: "5", could: "milliseconds or seconds" });
  if (result.ok && result.value > LONGEST_DURATION) return refused(expected("a duration of at most 2400h", input));
  return result.ok ? parsed(ms(result.value)) : result;
}

/** Reads a rate such as "500/s", "30000/min" or "2k/s"; more than 0. */
export function readRate(input: unknown): Parsed<PerSecond> {
  const what = 'a rate such as "500/s"';
  const result = readKind(input, { what, units: RATES, bare: "500", could: "per second or per minute" });
  if (!result.ok) return result;
  if (result.value > HIGHEST_RATE) return refused(expected("a rate of at most 100M/s", input));
  return result.value > 0 ? parsed(perSecond(result.value)) : refused(expected("a rate above 0", input));
}

/** Reads a size such as "512B", "1KiB" (1024 bytes), "10KB" (10,000 bytes) or "1MiB"; a whole number of bytes above 0. */
export function readSize(input: unknown): Parsed<Bytes> {
  const what = 'a size such as "1KiB"';
  const result = readKind(input, { what, units: SIZES, bare: "10", could: "bytes or KiB" });
  if (!result.ok) return result;
  const whole = Math.round(result.value);
  // A decimal such as 1.005KB is a whole number of bytes, but for the rounding of binary floating point.
  if (Math.abs(result.value - whole) > 1e-6) return refused(expected("a whole number of bytes", input));
  return whole > 0 ? parsed(bytes(whole)) : refused(expected("a size above 0", input));
}

/** Reads a bandwidth such as "1MiB/s", in bytes per second; more than 0. */
export function readBandwidth(input: unknown): Parsed<PerSecond> {
  const what = 'a bandwidth such as "1MiB/s"';
  const result = readKind(input, { what, units: BANDWIDTHS, bare: "10", could: "bytes or KiB per second" });
  if (!result.ok) return result;
  return result.value > 0 ? parsed(perSecond(result.value)) : refused(expected("a bandwidth above 0", input));
}

/** Reads a share as a percentage such as "1%" or as a number from 0 to 1. */
export function readShare(input: unknown): Parsed<number> {
  const what = 'a share such as "1%" or a number from 0 to 1';
  const percent = typeof input === "string" ? new RegExp(`^(${NUMBER_PATTERN})\\s*%$`).exec(input.trim()) : null;
  const share = percent?.[1] === undefined ? input : shifted(percent[1], -2);
  if (typeof share === "number" && share >= 0 && share <= 1) return parsed(share);
  const text = scalarText(input);
  const hint = BARE_NUMBER.test(text) && !text.startsWith("-") ? `write ${text}%` : undefined;
  return refused(expected(what, input), hint);
}

/** Writes a duration so that it reads back exactly, such as "1.5s"; rounded when significant digits are given. */
export const formatDuration = (value: Milliseconds, significantDigits?: number): string =>
  writeQuantity(value, DURATIONS, "ms", significantDigits);

/** Writes a rate per second so that it reads back exactly, such as "2000/s"; rounded when significant digits are given. */
export const formatRate = (value: PerSecond, significantDigits?: number): string =>
  writeQuantity(value, { "/s": {} }, "/s", significantDigits);

/** Writes a size so that it reads back exactly, such as "1.5KiB" or "10KB"; rounded to a binary unit when significant digits are given. */
export const formatBytes = (value: Bytes, significantDigits?: number): string =>
  writeQuantity(value, significantDigits === undefined ? SIZES : BINARY_SIZES, "B", significantDigits);

/** Writes bytes per second, as `formatBytes` does. */
export const formatBandwidth = (value: PerSecond, significantDigits?: number): string =>
  `${formatBytes(bytes(value), significantDigits)}/s`;

/** Writes a share (0 to 1) as a percentage that reads back exactly, such as "0.1%"; rounded when significant digits are given. */
export function formatShare(share: number, significantDigits?: number): string {
  const percent = shifted(String(share), 2);
  if (significantDigits !== undefined) return `${Number(percent.toPrecision(significantDigits))}%`;
  if (shifted(String(percent), -2) === share) return `${percent}%`;
  const [mantissa, exponent = "0"] = String(share).split("e");
  return `${mantissa}e${Number(exponent) + 2}%`;
}
