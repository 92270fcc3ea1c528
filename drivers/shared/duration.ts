import * as z from "zod";
import { readDuration } from "../../src/input/units-text.js";
import { type Milliseconds, ms } from "../../src/units.js";

/**
 * Most of what clients and servers make timers of: one of more than 2^31 - 1 ms, a good 24 days, would fire at once, and
 * some add to what they are given.
 */
const LONGEST_MS = 20 * 24 * 3600 * 1000;

const TIMER_WORDS = "20 days (a timer of a client that is longer than 24 days fires at once)";

/** Bounds of a duration, in milliseconds. */
export interface DurationBounds {
  readonly min?: number;
  /** 20 days when not given: a longer timer of a client may fire at once. */
  readonly max?: number;
  /** The value has to be a multiple of this. */
  readonly step?: number;
}

/**
 * Schema of a duration such as "2s". It stays text, so that options that were parsed in one process can be parsed again
 * in another; `durationOf` gives the number.
 */
export function durationText({ min = 0, max = LONGEST_MS, step }: DurationBounds = {}) {
  const expectation = 'expected a duration such as "2s"';
  return z
    .string({ error: ({ input }) => `${expectation}, got ${JSON.stringify(input)}` })
    .superRefine((text, context) => {
      const read = readDuration(text);
      if (!read.ok) {
        context.addIssue({ code: "custom", message: read.message, params: read.hint ? { hint: read.hint } : {} });
        return;
      }
      const { value } = read;
      const add = (message: string) => context.addIssue({ code: "custom", message: `${message}, got "${text}"` });
      if (value < min) add(`expected at least ${min / 1000} s`);
      else if (value > max) add(`expected at most ${max === LONGEST_MS ? TIMER_WORDS : `${max / 1000} s`}`);
      else if (step !== undefined && value % step !== 0) add(`expected a multiple of ${step / 1000} s`);
    });
}

/** The length of a duration that `durationText` has checked; throws when it has not. */
export function durationOf(text: string): Milliseconds {
  const read = readDuration(text);
  if (!read.ok) throw new Error(read.message);
  return ms(read.value);
}
