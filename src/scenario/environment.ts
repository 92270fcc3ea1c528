/** Environment variables in the texts of a scenario: `${NAME}`, `${NAME:-default}`, and `$${` for a plain `${`. */
import type * as z from "zod";
import { type Finding, type Locate, located, type Path, type Problem } from "../input/problems.js";
import { knownSecrets } from "../secrets/known.js";
import { learnSecrets, mapTexts, plainPath, type Reference, secretKindAt } from "../secrets/places.js";

/** Plain values with the variables' values in place, and what is wrong with the references. */
interface Expanded {
  readonly data: unknown;
  readonly problems: readonly Problem[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const REFERENCE = /\$\$\{|\$\{(?:([A-Za-z_]\w*)(?::-([^}]*))?\})?/g;

/**
 * Puts the values of variables in place, and lets nobody write them down where secrets stand. A text that is one reference
 * and nothing else is read as a number or a truth value where it looks like one, except where only a text has a meaning.
 * `above` is where the data stands.
 */
export function expandEnvironment(
  data: unknown,
  locate: Locate,
  above: Path = [],
  environment: Environment = process.env,
): Expanded {
  const findings: Finding[] = [];
  const references: Reference[] = [];
  const expanded = mapTexts(data, above, (text, path) => {
    if (!text.includes("${")) return text;
    const { value, template, values, wrong } = expandText(text, environment);
    findings.push(...wrong.map((each) => ({ path, ...each })));
    if (values.size > 0) references.push({ path, template, values });
    return values.size === 1 && template === `\${${[...values.keys()][0]}}` && !isText(path) ? scalarOf(value) : value;
  });
  learnSecrets(expanded, references, above);
  return { data: expanded, problems: located(findings, locate) };
}

function expandText(text: string, environment: Environment) {
  const values = new Map<string, string>();
  const wrong: Omit<Finding, "path">[] = [];
  const resolve = (whole: string, name: string | undefined, fallback: string | undefined): string => {
    if (whole === "$${") return "${";
    if (name === undefined) {
      const message = `expected \${NAME} or \${NAME:-default} where "\${" stands`;
      wrong.push({ message, hint: "write $${ for a ${ that is no environment variable" });
      return whole;
    }
    const set = environment[name];
    const value = fallback !== undefined && (set === undefined || set === "") ? fallback : set;
    if (value === undefined) {
      const hint = `set it (${name}=... havoq ...), or give a default: \${${name}:-value}`;
      wrong.push({ message: `the environment variable ${name} is not set`, hint });
    }
    values.set(name, value ?? "");
    return value ?? "";
  };
  const value = text.replaceAll(REFERENCE, resolve);
  const template = text.replaceAll(REFERENCE, (whole: string, name: string | undefined) =>
    name === undefined ? (whole === "$${" ? "${" : whole) : `\${${name}}`,
  );
  return { value, template, values, wrong };
}

/** Keys of the scenario under which a number is a text all the same. */
const TEXTS = ["name", "question", "driver", "host", "image", "id", "file", "reference"];

const isText = (path: Path): boolean =>
  secretKindAt(path) !== null ||
  (path[0] === "targets" && path.length === 2) ||
  TEXTS.includes(String(plainPath(path).at(-1)));

/** A text as a number or a truth value, where it looks like one. */
export function scalarOf(text: string): unknown {
  if (/^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text)) return Number(text);
  return text === "true" || text === "false" ? text === "true" : text;
}

/** The result of a schema for options in which numbers may have come from environment variables, as texts. */
export function readOptions<Schema extends z.ZodType>(
  schema: Schema,
  options: Readonly<Record<string, unknown>>,
): z.ZodSafeParseResult<z.output<Schema>> {
  const asWritten = schema.safeParse(options);
  if (asWritten.success) return asWritten;
  const wrong = asWritten.error.issues.map(({ path }) => path.map(String));
  const typed = mapTexts(options, [], (text, path) => {
    const refused = wrong.some((each) => each.every((segment, at) => segment === String(path[at])));
    return refused && /^\$\{\w+\}$/.test(knownSecrets.shown(text) ?? "") ? scalarOf(text) : text;
  });
  const read = schema.safeParse(typed);
  return read.success || read.error.issues.length < asWritten.error.issues.length ? read : asWritten;
}
