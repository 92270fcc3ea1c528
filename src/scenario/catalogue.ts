import { isMap } from "../input/parsed.js";
import type { Locate, Problem } from "../input/problems.js";
import { learnSecrets } from "../secrets/places.js";
import { catalogueInput } from "./comparison-schema.js";
import { readSource } from "./source.js";
import { problemsFromZod } from "./zod-problems.js";

/** A target by name, as written, and the place of each of its values. */
export interface CatalogueEntry {
  readonly data: unknown;
  /** Paths are those of a scenario: `target.options`. */
  readonly locate: Locate;
}

/** Named targets; those of a later file take the place of earlier ones. */
export type Catalogue = ReadonlyMap<string, CatalogueEntry>;

/** Reads a file of named targets. */
export function readCatalogue(text: string, file: string): { entries: Catalogue; problems: readonly Problem[] } {
  const source = readSource(text, file);
  if (!source.ok) return { entries: new Map(), problems: source.problems };
  const { data, locate } = source;
  learnSecrets(data);
  // What refers to environment variables is checked once these are known: by whoever uses the target.
  const checked = catalogueInput.safeParse(withoutReferences(data));
  if (!checked.success) {
    const problems = problemsFromZod(checked.error, [], locate, { schema: catalogueInput, value: data });
    return { entries: new Map(), problems };
  }
  const targets = isMap(data) && isMap(data["targets"]) ? data["targets"] : {};
  const entries = Object.entries(targets).map(([name, target]): [string, CatalogueEntry] => [
    name,
    { data: target, locate: (path, part) => locate(["targets", name, ...path.slice(1)], part) },
  ]);
  return { entries: new Map(entries), problems: [] };
}

function withoutReferences(data: unknown): unknown {
  if (!isMap(data) || !isMap(data["targets"])) return data;
  const targets = Object.entries(data["targets"]).filter(([, target]) => !JSON.stringify(target).includes("${"));
  return { ...data, targets: Object.fromEntries(targets) };
}
