/** The zod schemas of values with units. */
import * as z from "zod";
import { perSecond } from "../units.js";
import { leaf, textOf } from "./leaf.js";
import { expected, type Parsed, parsed, refused } from "./parsed.js";
import {
  BANDWIDTH_PATTERN,
  DURATION_PATTERN,
  PERCENT_PATTERN,
  RATE_PATTERN,
  readBandwidth,
  readDuration,
  readRate,
  readShare,
  readSize,
  SIZE_PATTERN,
} from "./units-text.js";

/** JSON Schema of a duration. */
export const DURATION_JSON = textOf(DURATION_PATTERN, "250us", "5ms", "2s", "1.5min");
/** JSON Schema of a rate. */
export const RATE_JSON = textOf(RATE_PATTERN, "500/s", "30000/min", "2k/s");
/** JSON Schema of a size. */
export const SIZE_JSON = textOf(SIZE_PATTERN, "512B", "1KiB", "10KB");

/** A duration such as "5ms", in milliseconds. */
export const duration = () => leaf(readDuration, DURATION_JSON);
/** A size such as "1KiB", in bytes. */
export const size = () => leaf(readSize, SIZE_JSON);
/** Bounds on CPU, in cores, and on memory. */
export const limits = () =>
  z.strictObject({
    cpu: leaf(readCores, { type: "number", exclusiveMinimum: 0 }).optional().describe("Cores, such as 0.5."),
    memory: size().optional().describe("Memory, such as 256MiB."),
  });

/** The kernel grants no less than a hundredth of a core. */
const readCores = (input: unknown): Parsed<number> =>
  typeof input === "number" && input >= 0.01
    ? parsed(input)
    : refused(expected("a number of cores of at least 0.01", input));

/** A rate such as "500/s", in messages per second; 0/s too. */
export const rateOrNone = () => leaf((input) => (input === "0/s" ? parsed(perSecond(0)) : readRate(input)), RATE_JSON);
/** A bandwidth such as "1MiB/s", in bytes per second. */
export const bandwidth = () => leaf(readBandwidth, textOf(BANDWIDTH_PATTERN, "100KiB/s", "1MiB/s"));
/** A share as "1%" or as a number from 0 to 1. */
export const share = () =>
  leaf(readShare, { anyOf: [textOf(PERCENT_PATTERN, "1%", "0.1%"), { type: "number", minimum: 0, maximum: 1 }] });
