import * as z from "zod";
import { expected, type Parsed, parsed, refused } from "./parsed.js";

/** What an editor is told about a value: a part of its JSON Schema. */
type LeafJson = Readonly<Record<string, unknown>>;

/**
 * A zod schema of one value: read by a function that gives its own message and hint (in the issue's `params.hint`),
 * shown to editors as the given JSON Schema.
 */
export function leaf<T>(read: (input: unknown) => Parsed<T>, json: LeafJson) {
  return z
    .unknown()
    .meta({ ...json })
    .transform((input, context): T => {
      const result = read(input);
      if (result.ok) return result.value;
      context.addIssue({ code: "custom", message: result.message, params: { hint: result.hint } });
      return z.NEVER;
    });
}

/** JSON Schema of a string of one pattern, with examples. */
export const textOf = (pattern: string, ...examples: string[]): LeafJson => ({
  type: "string",
  pattern: `^\\s*${pattern}\\s*$`,
  examples,
});

/** A whole number of at least `min`, and at most `max`. */
export function wholeNumber(what: string, min: number, max: number = Number.MAX_SAFE_INTEGER) {
  const read = (input: unknown): Parsed<number> => {
    if (!Number.isSafeInteger(input) || Number(input) < min)
      return refused(expected(`${what} of at least ${min}`, input));
    return Number(input) <= max ? parsed(Number(input)) : refused(expected(`${what} of at most ${max}`, input));
  };
  const maximum = max === Number.MAX_SAFE_INTEGER ? {} : { maximum: max };
  return leaf(read, { type: "integer", minimum: min, ...maximum });
}
