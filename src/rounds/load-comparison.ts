import { existsSync } from "node:fs";
import { chooseScenarioHost } from "../engine/choose-host.js";
import { EnvironmentError } from "../errors.js";
import { HostUnavailableError } from "../hosts/choose.js";
import type { Problem } from "../input/problems.js";
import { packageFile } from "../package.js";
import { type Catalogue, readCatalogue } from "../scenario/catalogue.js";
import { parseComparison, sharedProblems } from "../scenario/comparison.js";
import { readLoadFiles } from "../scenario/load-files.js";
import { checkDriver, type Prepared, readScenarioFile, ScenarioError, type ScenarioSource } from "./load-scenario.js";

/** One side of a comparison, ready to run. */
export interface PreparedSubject extends Prepared {
  readonly name: string;
  readonly target: string;
  readonly variation: Readonly<Record<string, string>>;
}

/** A comparison that can be run. */
export interface PreparedComparison {
  readonly name: string;
  readonly question: string | null;
  readonly reference: string | null;
  readonly subjects: readonly PreparedSubject[];
}

/** What the command line says about it. */
export interface ComparisonOptions {
  readonly overlays: readonly string[];
  readonly targets: readonly string[] | undefined;
  readonly reference: string | undefined;
  readonly catalogue: Catalogue;
}

/** Looked for in the folder that havoq is called in. */
const OWN_CATALOGUE = "havoq-targets.yaml";

/**
 * The named targets of havoq, those for one pattern (if there is such a file), those of the user's own file, and those of a
 * file named on the command line; later ones take the place of earlier ones.
 */
export function loadCatalogue(named: string | undefined, ofPattern?: string): Catalogue {
  const optional = [...(ofPattern === undefined ? [] : [ofPattern]), OWN_CATALOGUE].filter(existsSync);
  const files = [builtIn("targets.yaml"), ...optional, ...(named === undefined ? [] : [named])];
  const read = files.map((file) => {
    const content = readScenarioFile(file);
    return "problems" in content
      ? { entries: new Map(), problems: content.problems }
      : readCatalogue(content.text, content.name);
  });
  const problems = read.flatMap((one) => one.problems);
  if (problems.length > 0) throw new ScenarioError(problems);
  return new Map(read.flatMap(({ entries }) => [...entries]));
}

/** A file or folder of havoq's own scenarios. */
export const builtIn = (name: string): string => packageFile(`scenarios/${name}`);

/** Reads and checks a comparison; throws one `ScenarioError` with all that is wrong with any of its combinations. */
export async function loadComparison(source: ScenarioSource, options: ComparisonOptions): Promise<PreparedComparison> {
  const read = readScenarioFile(source);
  if ("problems" in read) throw new ScenarioError(read.problems);
  return prepareComparison(read.text, read.name, options);
}

/** Checks every target of a catalogue against its driver; throws one `ScenarioError` with all that is wrong. */
export async function checkCatalogue(file: string, catalogue: Catalogue): Promise<void> {
  const least = `name: catalogue\nload: { rate: 1/s }\n`;
  await prepareComparison(least, file, {
    overlays: [],
    targets: [...catalogue.keys()],
    reference: undefined,
    catalogue,
  });
}

/** Checks the text of a comparison; throws one `ScenarioError` with all that is wrong with any of its combinations. */
export async function prepareComparison(
  text: string,
  file: string,
  options: ComparisonOptions,
): Promise<PreparedComparison> {
  const { cells, ...comparison } = await checkedCells(text, file, options);
  const problems = sharedProblems(cells, []);
  if (problems.length > 0) throw new ScenarioError(problems);
  return { ...comparison, subjects: cells.flatMap(({ subject }) => subject ?? []) };
}

/** One side of a comparison: ready to run, or what its driver has against it. */
export interface CheckedCell {
  readonly name: string;
  readonly target: string;
  readonly subject: PreparedSubject | null;
  readonly problems: readonly Problem[];
}

/** Reads a comparison and checks each side against its driver; throws a `ScenarioError` when it can't be read. */
export async function checkedCells(
  text: string,
  file: string,
  options: ComparisonOptions,
): Promise<Omit<PreparedComparison, "subjects"> & { readonly cells: readonly CheckedCell[] }> {
  const parsed = parseComparison(text, file, options);
  if (!parsed.ok) throw new ScenarioError(parsed.problems);
  const read = parsed.cells.map((cell) => ({ ...cell, ...readLoadFiles(cell.scenario, file, cell.locate) }));
  const missing = sharedProblems(read, []);
  if (missing.length > 0) throw new ScenarioError(missing);
  const cells = await Promise.all(
    read.map(async ({ name, target, variation, scenario, locate }): Promise<CheckedCell> => {
      const checked = await checkDriver(file, scenario, locate);
      if ("problems" in checked) return { name, target, subject: null, problems: checked.problems };
      return { name, target, subject: { ...checked, name, target, variation }, problems: [] };
    }),
  );
  const { name = "", question } = parsed.cells[0]?.scenario ?? {};
  return { name, question: question ?? null, reference: parsed.reference, cells };
}

/** A target that this machine can't run. */
interface MissingHost {
  readonly target: string;
  readonly message: string;
  readonly hint: string;
}

/** The targets that this machine can't run, and how to change that. */
export async function missingHosts(
  subjects: readonly PreparedSubject[],
  say: (text: string) => void,
): Promise<MissingHost[]> {
  const missing: MissingHost[] = [];
  for (const [target, subject] of new Map(subjects.map((each) => [each.target, each]))) {
    try {
      // An image that has to be fetched takes its time.
      await chooseScenarioHost(subject, say);
    } catch (error) {
      if (!(error instanceof HostUnavailableError)) throw error;
      missing.push({ target, message: error.message, hint: error.hint });
    }
  }
  return missing;
}

/** Throws one `EnvironmentError` that names every target that this machine can't run. */
export async function requireHosts(subjects: readonly PreparedSubject[], say: (text: string) => void): Promise<void> {
  const missing = await missingHosts(subjects, say);
  if (missing.length === 0) return;
  const lines = missing.map(({ target, message, hint }) => `\n  ${target}: ${message} (${hint})`);
  const all = [...new Set(subjects.map(({ target }) => target))];
  const rest = all.filter((name) => !missing.some(({ target }) => target === name));
  const without =
    rest.length < 2 ? "havoq doctor shows what this machine has" : `without them: --targets ${rest.join(",")}`;
  throw new EnvironmentError(`this machine can't run every target; nothing was started${lines.join("")}`, without);
}
