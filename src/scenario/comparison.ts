/** A scenario with `targets` and `vary` to one scenario for each of their combinations. */

import { isMap } from "../input/parsed.js";
import type { Locate, Problem } from "../input/problems.js";
import { forRecord } from "../secrets/places.js";
import type { Catalogue } from "./catalogue.js";
import { comparisonKeys } from "./comparison-schema.js";
import { chosenTargets, type NamedTarget, referenceProblems } from "./comparison-targets.js";
import { expandEnvironment } from "./environment.js";
import { applyOverlays } from "./overlay.js";
import { parseValues } from "./parse.js";
import type { Scenario } from "./scenario.js";
import { readSource } from "./source.js";
import { problemsFromZod } from "./zod-problems.js";

/** One scenario of a comparison. */
export interface Cell {
  readonly name: string;
  readonly target: string;
  /** Path of the scenario -> its value, as written. */
  readonly variation: Readonly<Record<string, string>>;
  readonly scenario: Scenario;
  readonly locate: Locate;
}

/** What the command line adds to a file. */
export interface ComparisonRequest {
  readonly overlays: readonly string[];
  /** In place of the file's own targets. */
  readonly targets: readonly string[] | undefined;
  readonly reference: string | undefined;
  readonly catalogue: Catalogue;
}

/** The scenarios to run, or everything that is wrong. */
export type ComparisonResult =
  | { readonly ok: true; readonly reference: string | null; readonly cells: readonly Cell[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Rounds of a comparison whose file does not say how many. */
const DEFAULT_ROUNDS = 3;

type Values = Readonly<Record<string, unknown>>;
/** Each is run several times. */
const MOST_CELLS = 256;

type Vary = Readonly<Record<string, readonly unknown[]>>;
/** One choice of all that is varied: path -> index of its value. */
type Choice = readonly (readonly [path: string, index: number])[];

/** Reads a comparison from YAML; never throws for a mistake in it. A scenario with one target is one too. */
export function parseComparison(text: string, file: string, request: ComparisonRequest): ComparisonResult {
  const source = readSource(text, file);
  if (!source.ok) return source;
  const { data: asWritten, locate, problems } = applyOverlays(source.data, request.overlays, source.locate);
  const { data, problems: unset } = expandEnvironment(asWritten, locate);
  problems.push(...unset);
  const { targets, vary, reference, ...given }: Values = isMap(data) ? data : {};
  const base = { runs: DEFAULT_ROUNDS, ...given };
  const written = keyOf("targets", targets, locate, problems);
  const varied: Vary = keyOf("vary", vary, locate, problems) ?? {};
  const own = keyOf("reference", reference, locate, problems);
  const { targets: named, catalogue } = request;
  const list = chosenTargets({ written, single: given["target"], named, catalogue, locate }, problems);
  if (list.length === 0 && problems.length === 0) {
    const hint = "name some with --targets, as havoq compare --list shows them";
    problems.push({ ...locate([]), path: "targets", message: "missing; expected targets to compare", hint });
  }
  // A file's own reference may not be among the targets that the command line chose.
  const wanted = request.reference ?? (named && !named.includes(own ?? "") ? undefined : own);
  const place = request.reference === undefined ? locate(["reference"]) : { file: "--reference", line: 0, column: 0 };
  problems.push(...referenceProblems(wanted, list, place));
  const combinations = Object.values(varied).reduce((product, { length }) => product * length, list.length);
  if (combinations > MOST_CELLS) {
    const message = `makes ${combinations.toLocaleString("en-US")} combinations with the targets`;
    const tooMany = {
      ...locate(["vary"], "key"),
      path: "vary",
      message,
      hint: `at most ${MOST_CELLS}: vary less at a time`,
    };
    return { ok: false, problems: [...problems, tooMany] };
  }
  const results = list.flatMap((target) =>
    choicesOf(varied).map((choice) => parseCell(base, target, varied, choice, locate)),
  );
  problems.push(...sharedProblems(results, Object.keys(varied)));
  if (problems.length > 0) return { ok: false, problems };
  const cells = results.flatMap((result) => ("cell" in result ? [result.cell] : []));
  return { ok: true, reference: wanted ?? null, cells };
}

type Keys = typeof comparisonKeys.shape;

/** One of the keys that make a comparison; what is wrong with it does not hide what is wrong with the others. */
function keyOf<Key extends keyof Keys>(
  key: Key,
  value: unknown,
  locate: Locate,
  problems: Problem[],
): Keys[Key]["_output"] {
  const checked = comparisonKeys.shape[key].safeParse(value);
  if (checked.success) return checked.data as Keys[Key]["_output"];
  problems.push(...problemsFromZod(checked.error, [key], locate, { schema: comparisonKeys.shape[key], value }));
  return undefined;
}

/** Every combination of the values of all paths. */
function choicesOf(vary: Vary): Choice[] {
  return Object.entries(vary).reduce<Choice[]>(
    (choices, [path, values]) =>
      choices.flatMap((choice) => values.map((_, index): Choice => [...choice, [path, index]])),
    [[]],
  );
}

type CellResult = { readonly name: string } & (
  | { readonly cell: Cell; readonly problems: readonly [] }
  | { readonly problems: readonly Problem[] }
);

function parseCell(base: Values, target: NamedTarget, vary: Vary, choice: Choice, locate: Locate): CellResult {
  const chosen = ([path, index]: Choice[number]) => vary[path]?.[index];
  const variation = Object.fromEntries(choice.map((each) => [each[0], shownChoice(each, chosen(each), vary)]));
  const short = Object.entries(variation).map(([path, value]) => `${path.split(".").at(-1)}=${value}`);
  const name = [target.name, ...short].join(" ");
  const placed: Locate = (path, part) => (path[0] === "target" ? target.locate(path, part) : locate(path, part));
  const whole: Locate = (path, part) => {
    const text = path.join(".");
    const own = choice.find(([each]) => text === each || text.startsWith(`${each}.`));
    return own ? locate(["vary", ...own]) : placed(path, part);
  };
  let data: unknown = { ...base, target: target.data };
  const problems: Problem[] = [];
  for (const each of choice) {
    const overlaid = applyOverlays(data, [`${each[0]}=${JSON.stringify(chosen(each))}`], placed);
    data = overlaid.data;
    problems.push(...overlaid.problems.map((problem) => ({ ...problem, ...locate(["vary", ...each]), path: each[0] })));
  }
  const parsed = parseValues(data, whole, problems);
  if (!parsed.ok) return { name, problems: parsed.problems };
  return {
    name,
    cell: { name, target: target.name, variation, scenario: parsed.scenario, locate: whole },
    problems: [],
  };
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** A varied value without the secrets in it; numbered where that leaves nothing to tell it from another one by. */
function shownChoice([path, index]: Choice[number], value: unknown, vary: Vary): string {
  const shown = (each: unknown) => textOf(forRecord(each, path.split(".")));
  const alike = (vary[path] ?? []).filter((each) => shown(each) === shown(value)).length;
  return alike > 1 && shown(value) !== textOf(value) ? `${shown(value)} (${index + 1})` : shown(value);
}

/**
 * Problems of several scenarios of one file, each told once: with the names of those that have it where the file alone
 * does not say whose it is.
 */
export function sharedProblems(
  all: readonly { readonly name: string; readonly problems: readonly Problem[] }[],
  varied: readonly string[],
): Problem[] {
  const groups = new Map<string, { problem: Problem; names: string[] }>();
  for (const { name, problems } of all) {
    for (const problem of problems) {
      const key = JSON.stringify(problem);
      const known = groups.get(key) ?? { problem, names: [] };
      known.names.push(name);
      groups.set(key, known);
    }
  }
  return [...groups.values()].map(({ problem, names }) => {
    const clear = names.length === all.length || varied.some((path) => problem.path.startsWith(path));
    return clear ? problem : { ...problem, message: `${problem.message} (for ${several(names)})` };
  });
}

const MOST_NAMED = 5;

const several = (names: readonly string[]): string =>
  names.length <= MOST_NAMED
    ? names.join(", ")
    : `${names.slice(0, MOST_NAMED).join(", ")} and ${names.length - MOST_NAMED} others`;
