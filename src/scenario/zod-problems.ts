import * as z from "zod";
import { expected, isMap } from "../input/parsed.js";
import { type Finding, type Locate, located, type Path, type Problem } from "../input/problems.js";
import { didYouMean } from "../input/suggest.js";

type Issue = z.core.$ZodIssue;
type Schema = z.core.$ZodType;

/** What zod checked, so that its issues can be told in the words of a scenario. */
interface Checked {
  /** Gives "did you mean" hints for unknown keys. */
  readonly schema?: Schema;
  /** The value that was checked, shown in messages. */
  readonly value?: unknown;
}

/**
 * Tells the issues of a zod error as problems of the scenario. `prefix` is where the checked value stands, such as
 * `["target", "options"]`. A custom issue may carry its hint in `params.hint`.
 */
export function problemsFromZod(
  error: z.core.$ZodError,
  prefix: Path,
  locate: Locate,
  checked: Checked = {},
): Problem[] {
  const findings = findingsFromZod(error, checked).map((finding) => ({
    ...finding,
    path: [...prefix, ...finding.path],
  }));
  return located(findings, locate);
}

/** Tells the issues of a zod error as findings, with paths from the checked value. */
function findingsFromZod(error: z.core.$ZodError, { schema, value }: Checked): Finding[] {
  return error.issues.flatMap((issue) => fromIssue(issue, schema, value));
}

// Any other message is the schema author's own.
const ZODS_OWN_MESSAGE = /^(Invalid|Too (small|big)|Unrecognized)/;

function fromIssue(issue: Issue, schema: Schema | undefined, root: unknown): Finding[] {
  const path = issue.path.map((segment) => (typeof segment === "symbol" ? String(segment) : segment));
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => {
      const known = schema === undefined ? [] : keysAt(schema, path);
      return { path: [...path, key], part: "key", message: "unknown key", hint: hintForKey(key, known) };
    });
  const value = path.reduce<unknown>(child, root);
  if (issue.code === "invalid_union") return fromUnion(issue, path, schema, value);
  if (!ZODS_OWN_MESSAGE.test(issue.message)) return [{ path, message: issue.message, hint: hintOf(issue) }];
  return [{ path, ...standardMessage(issue, value) }];
}

/** Of YAML 1.1; not in 1.2, which is what a scenario is. */
const MERGE_KEY = "<<";

const hintForKey = (key: string, known: readonly string[]): string | undefined =>
  key === MERGE_KEY ? "YAML 1.2 merges no maps: write its keys out" : didYouMean(key, known, "keys");

function standardMessage(issue: Issue, value: unknown): { message: string; hint?: string | undefined } {
  switch (issue.code) {
    case "invalid_type": {
      const what = NOUNS[issue.expected] ?? issue.expected;
      const quote = issue.expected === "string" && (typeof value === "number" || typeof value === "boolean");
      if (value === null) return { message: expected(what, value), hint: "give it a value, or remove the key" };
      return { message: expected(what, value), hint: quote ? `write it in quotes: "${value}"` : undefined };
    }
    case "invalid_value": {
      const options = issue.values.map(String);
      const list = options.map((option) => `"${option}"`).join(" or ");
      const hint = typeof value === "string" && options.length > 1 ? didYouMean(value, options, "values") : undefined;
      return { message: expected(list, value), hint: hint?.startsWith("did") ? hint : undefined };
    }
    case "too_small":
      return { message: expected(`at least ${amount(issue.minimum, issue.origin)}`, value) };
    case "too_big":
      return { message: expected(`at most ${amount(issue.maximum, issue.origin)}`, value) };
    default:
      return { message: issue.message, hint: hintOf(issue) };
  }
}

const NOUNS: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "a map",
  record: "a map",
  array: "a list",
};
const COUNTED: Readonly<Record<string, string>> = { string: "character", array: "element" };

function amount(number: number | bigint, origin: string): string {
  const counted = COUNTED[origin];
  if (counted === undefined) return String(number);
  return `${number} ${counted}${Number(number) === 1 ? "" : "s"}`;
}

/** Tells the issues of the one alternative that has the value's form; if none has, what each of them expects. */
function fromUnion(
  issue: Issue & { code: "invalid_union" },
  path: Path,
  schema: Schema | undefined,
  value: unknown,
): Finding[] {
  if (issue.discriminator !== undefined) return [{ path, ...ofKind(issue, value) }];
  const written = isMap(value) || Array.isArray(value) ? [] : issue.errors.flat().filter(isLeafIssue);
  const [leafIssue] = written;
  // A value that is neither a map nor a list was meant as the form that is read from a text.
  if (leafIssue !== undefined && written.length === 1)
    return fromIssue(leafIssue, undefined, value).map((finding) => ({ ...finding, path }));
  const formed = issue.errors.filter((issues) =>
    issues.every((inner) => inner.path.length > 0 || inner.code === "unrecognized_keys"),
  );
  const inner = schema === undefined ? undefined : schemaAt(schema, path);
  const [only] = formed;
  const findings = (issues: readonly Issue[]) => issues.flatMap((each) => fromIssue(each, inner, value));
  const nested = only !== undefined && formed.length === 1 ? findings(only) : issue.errors.flatMap(findings);
  if (formed.length === 1 || nested.length === 0)
    return nested.map((finding) => ({ ...finding, path: [...path, ...finding.path] }));
  const wanted = nested.map(({ message }) => /expected (.*), got /.exec(message)?.[1]).filter(Boolean);
  const hint = nested.find((finding) => finding.hint !== undefined)?.hint;
  return [{ path, message: expected([...new Set(wanted)].join(" or ") || "another value", value), hint }];
}

const isLeafIssue = (issue: Issue) => issue.code === "custom" && issue.path.length === 0;

/** The key that tells the kinds of a map apart has another value, or is missing. */
function ofKind(issue: Issue & { code: "invalid_union" }, value: unknown): Pick<Finding, "message" | "hint"> {
  const options = "options" in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
  const list = options.map((option) => `"${option}"`).join(" or ");
  const hint = typeof value === "string" ? didYouMean(value, options, "values") : undefined;
  return { message: expected(list, value), hint: hint?.startsWith("did") ? hint : undefined };
}

function hintOf(issue: Issue): string | undefined {
  const hint: unknown = issue.code === "custom" ? issue.params?.["hint"] : undefined;
  return typeof hint === "string" ? hint : undefined;
}

function child(value: unknown, segment: string | number): unknown {
  if (Array.isArray(value)) return value[Number(segment)];
  return isMap(value) && Object.hasOwn(value, segment) ? value[segment] : undefined;
}

function keysAt(schema: Schema, path: Path): string[] {
  const inner = unwrapped(schemaAt(schema, path));
  if (inner instanceof z.ZodUnion) return inner.options.flatMap((option) => keysAt(option, []));
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

function schemaAt(schema: Schema, path: Path): Schema | undefined {
  return path.reduce<Schema | undefined>((outer, segment) => {
    const inner = unwrapped(outer);
    if (inner instanceof z.ZodUnion) {
      const options = inner.options.map((option) => schemaAt(option, [segment]));
      return options.find((option) => option !== undefined);
    }
    if (inner instanceof z.ZodArray) return typeof segment === "number" ? inner.element : undefined;
    if (inner instanceof z.ZodRecord) return inner.valueType;
    return inner instanceof z.ZodObject ? inner.shape[segment] : undefined;
  }, schema);
}

/** The schema below defaults, options and transforms, which have no keys of their own. */
function unwrapped(schema: Schema | undefined): Schema | undefined {
  let inner = schema;
  for (;;) {
    if (inner instanceof z.ZodPipe) inner = inner.in;
    else if (
      inner instanceof z.ZodOptional ||
      inner instanceof z.ZodNullable ||
      inner instanceof z.ZodDefault ||
      inner instanceof z.ZodPrefault ||
      inner instanceof z.ZodReadonly
    )
      inner = inner.unwrap();
    else return inner;
  }
}
