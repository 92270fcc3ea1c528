/** Which targets a comparison has: those of the command line, of the file, or the one of a plain scenario. */

import { isMap } from "../input/parsed.js";
import type { Locate, Problem } from "../input/problems.js";
import { didYouMean } from "../input/suggest.js";
import type { Catalogue, CatalogueEntry } from "./catalogue.js";
import { expandEnvironment } from "./environment.js";

/** A target to run: its name, and its values with their places. */
export type NamedTarget = CatalogueEntry & { readonly name: string };

/** Where targets may come from. */
export interface TargetSources {
  /** `targets` of the file as checked; `undefined` where there are none. */
  readonly written: readonly (string | { readonly name: string })[] | undefined;
  /** `target` of the file as written. */
  readonly single: unknown;
  /** Names of the command line, in place of the file's. */
  readonly named: readonly string[] | undefined;
  readonly catalogue: Catalogue;
  readonly locate: Locate;
}

const COMMAND_LINE = { file: "--targets", line: 0, column: 0 };

/** The targets, as far as they can be found; what is wrong with the others is added to `problems`. */
export function chosenTargets(sources: TargetSources, problems: Problem[]): NamedTarget[] {
  const { written, single, named, catalogue, locate } = sources;
  const own = ownTargets(written ?? [], locate);
  const list = named
    ? named.flatMap((name) => own.get(name) ?? lookUp(name, catalogue, COMMAND_LINE, problems))
    : written === undefined && single !== undefined
      ? [{ name: driverOf(single), data: single, locate }]
      : (written ?? []).flatMap((target, at) =>
          typeof target === "string"
            ? lookUp(target, catalogue, locate(["targets", at]), problems)
            : (own.get(target.name) ?? []),
        );
  problems.push(...repeated(list, named ? COMMAND_LINE : locate(["targets"])));
  return list;
}

function ownTargets(
  written: readonly (string | { readonly name: string })[],
  locate: Locate,
): Map<string, NamedTarget> {
  return new Map(
    written.flatMap((target, at): [string, NamedTarget][] => {
      if (typeof target === "string") return [];
      const { name, ...data } = target;
      const placed: Locate = (path, part) => locate(["targets", at, ...path.slice(1)], part);
      return [[name, { name, data, locate: placed }]];
    }),
  );
}

const driverOf = (target: unknown): string =>
  isMap(target) && typeof target["driver"] === "string" ? target["driver"] : "target";

function lookUp(name: string, catalogue: Catalogue, place: ReturnType<Locate>, problems: Problem[]): NamedTarget[] {
  const entry = catalogue.get(name);
  if (entry) {
    const { data, problems: unset } = expandEnvironment(entry.data, entry.locate, ["target"]);
    problems.push(...unset);
    return [{ name, data, locate: entry.locate }];
  }
  const hint = didYouMean(name, [...catalogue.keys()], "targets");
  problems.push({ ...place, path: "targets", message: `no target is called "${name}"`, hint });
  return [];
}

function repeated(list: readonly NamedTarget[], place: ReturnType<Locate>): Problem[] {
  const names = list.map(({ name }) => name);
  const twice = [...new Set(names.filter((name, at) => names.indexOf(name) !== at))];
  return twice.map((name) => {
    const hint = "each needs a name of its own: { name: a, driver: ... }";
    return { ...place, path: "targets", message: `two targets are called "${name}"`, hint };
  });
}

/** A reference that is none of the targets. */
export function referenceProblems(
  wanted: string | undefined,
  list: readonly NamedTarget[],
  place: ReturnType<Locate>,
): Problem[] {
  const names = list.map(({ name }) => name);
  if (wanted === undefined || names.length === 0 || names.includes(wanted)) return [];
  const hint = didYouMean(wanted, names, "targets");
  return [{ ...place, path: "reference", message: `"${wanted}" is none of the targets`, hint }];
}
