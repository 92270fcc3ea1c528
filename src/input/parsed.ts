/** What reading one value of a scenario gave: the value, or what is wrong with it and how to put it right. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string; readonly hint: string | undefined };

/** A value that could be read. */
export const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value });

/** A value that could not be read. */
export const refused = (message: string, hint?: string): Parsed<never> => ({ ok: false, message, hint });

const LONGEST_SHOWN = 60;

/** Shows a value of the scenario in an error: scalars as JSON, collections by what they are. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  if (typeof value !== "string") return String(value);
  // It may hold a password.
  if (value.includes("://")) return "a url";
  return JSON.stringify(value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}…` : value);
}

/** The message for a value that is not what was expected, or not there at all. */
export function expected(what: string, input: unknown): string {
  return input === undefined ? `missing; expected ${what}` : `expected ${what}, got ${show(input)}`;
}

/** Whether a value of the document is a map. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
