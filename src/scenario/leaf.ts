import { z } from "zod";
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

/** A whole number of at least `min`. */
export function wholeNumber(min: number, what: string) {
  return leaf(
    (input): Parsed<number> =>
      Number.isSafeInteger(input) && Number(input) >= min
        ? parsed(Number(input))
        : refused(expected(`${what} of at least ${min}`, input)),
    { type: "integer", minimum: min },
  );
}
