import { z } from "zod";
import { readDuration } from "../../src/scenario/units-text.js";
import { type Milliseconds, ms } from "../../src/units.js";

/** Bounds of a duration, in milliseconds. */
export interface DurationBounds {
  readonly min?: number;
  readonly max?: number;
  /** The value has to be a multiple of this. */
  readonly step?: number;
}

/**
 * Schema of a duration such as "2s". It stays text, so that options that were parsed in one process can be parsed again
 * in another; `durationOf` gives the number.
 */
export function durationText({ min = 0, max = Number.POSITIVE_INFINITY, step }: DurationBounds = {}) {
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
      else if (value > max) add(`expected at most ${max / 1000} s`);
      else if (step !== undefined && value % step !== 0) add(`expected a multiple of ${step / 1000} s`);
    });
}

/** The length of a duration that `durationText` has checked; throws when it has not. */
export function durationOf(text: string): Milliseconds {
  const read = readDuration(text);
  if (!read.ok) throw new Error(read.message);
  return ms(read.value);
}
