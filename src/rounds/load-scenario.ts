import { dirname, resolve } from "node:path";
import { ForeignDriverError } from "../../drivers/foreign.js";
import { driverNames, findDriver } from "../../drivers/index.js";
import { resolvePaths } from "../../drivers/shared/file-path.js";
import { formatProblems, type Locate, located, type Problem } from "../input/problems.js";
import { didYouMean } from "../input/suggest.js";
import { checkAttributes, checkCapabilities, checkHost } from "../scenario/capabilities.js";
import { readOptions } from "../scenario/environment.js";
import { readLoadFiles } from "../scenario/load-files.js";
import { parseScenario } from "../scenario/parse.js";
import { readWhole, shownName, textOf } from "../scenario/read-file.js";
import type { Scenario } from "../scenario/scenario.js";
import { problemsFromZod } from "../scenario/zod-problems.js";
import type { Driver } from "../spi/driver.js";

/** A scenario that can be run: checked against its driver too. */
export interface Prepared {
  readonly file: string;
  readonly scenario: Scenario;
  readonly driver: Driver;
  readonly options: unknown;
  readonly settings: unknown;
  /** Finds the place of a value in the file. */
  readonly locate: Locate;
}

/** Scenarios that can't be run, with everything that is wrong with them. Exit code 2. */
export class ScenarioError extends Error {
  override readonly name = "ScenarioError";

  constructor(readonly problems: readonly Problem[]) {
    super(formatProblems(problems));
  }
}

/** Reads and checks all scenarios; throws one `ScenarioError` with the problems of all of them. */
export async function loadScenarios(
  sources: readonly ScenarioSource[],
  overlays: readonly string[],
): Promise<Prepared[]> {
  const loaded = await Promise.all(sources.map((source) => loadScenario(source, overlays)));
  const problems = loaded.flatMap((one) => ("problems" in one ? one.problems : []));
  if (problems.length > 0) throw new ScenarioError(problems);
  return loaded.flatMap((one) => ("problems" in one ? [] : [one]));
}

/** Reads and checks one scenario; throws a `ScenarioError` with all that is wrong with it. */
export async function requireScenario(source: ScenarioSource, overlays: readonly string[]): Promise<Prepared> {
  const loaded = await loadScenario(source, overlays);
  if ("problems" in loaded) throw new ScenarioError(loaded.problems);
  return loaded;
}

/** The text of a scenario file, or why there is none. */
export type ScenarioText =
  | { readonly name: string; readonly text: string }
  | { readonly name: string; readonly problems: readonly Problem[] };

/** The path of a scenario file, or what would be in it. */
export type ScenarioSource = string | ScenarioText;

/** A scenario is a text of some lines; what is far longer is something else. */
const MOST_BYTES = 128 * 1024;
/** What came through a pipe, which can be read once only, and may be asked for again: both sides of a gate. */
const piped = new Map<string, ScenarioText>();

/** The text of a file, or of standard input for `-`, under the name that messages call it by; or why there is none. */
export function readScenarioFile(file: ScenarioSource): ScenarioText {
  if (typeof file !== "string") return file;
  const name = shownName(file);
  const before = piped.get(name);
  if (before) return before;
  const read = readWhole(file, MOST_BYTES);
  const text = read.ok ? textOf(read.value.content) : read;
  const result = text.ok
    ? { name, text: text.value }
    : { name, problems: [{ file: name, line: 1, column: 1, path: "", message: text.message, hint: text.hint }] };
  if (read.ok && !read.value.again) piped.set(name, result);
  return result;
}

/** Reads and checks one scenario, and it against its driver; returns all that is wrong with it. */
async function loadScenario(
  source: ScenarioSource,
  overlays: readonly string[],
): Promise<Prepared | { problems: Problem[] }> {
  const read = readScenarioFile(source);
  if ("problems" in read) return { problems: [...read.problems] };
  const { text, name: file } = read;
  const parsed = parseScenario(text, file, overlays);
  if (!parsed.ok) return { problems: parsed.problems };
  const { scenario, problems } = readLoadFiles(parsed.scenario, file, parsed.locate);
  const checked = await checkDriver(file, scenario, parsed.locate);
  return "problems" in checked || problems.length > 0
    ? { problems: [...problems, ...("problems" in checked ? checked.problems : [])] }
    : checked;
}

/** Checks a scenario against its driver: capabilities, options, settings. */
export async function checkDriver(
  file: string,
  scenario: Scenario,
  locate: Locate,
): Promise<Prepared | { problems: Problem[] }> {
  const { target } = scenario;
  const folder = dirname(resolve(file));
  const driver = await driverOf(target.driver, folder);
  if ("message" in driver) return { problems: located([{ path: ["target", "driver"], ...driver }], locate) };
  const options = readOptions(driver.options, resolvePaths(driver.options, target.options, folder));
  const settings = driver.broker ? readOptions(driver.broker.settings, target.broker) : undefined;
  const problems = [...located(checkHost(scenario, driver), locate)];
  if (!options.success) {
    const given = { schema: driver.options, value: target.options };
    problems.push(...problemsFromZod(options.error, ["target", "options"], locate, given));
  }
  if (driver.broker && settings?.success === false) {
    const given = { schema: driver.broker.settings, value: target.broker };
    problems.push(...problemsFromZod(settings.error, ["target", "broker"], locate, given));
  }
  // Where options or settings are wrong, those by default tell what else is.
  const known = options.success ? options : driver.options.safeParse({});
  const set = settings?.success === false ? driver.broker?.settings.safeParse({}) : settings;
  if (known.success && set?.success !== false) {
    const traits = driver.traits({ options: known.data, settings: set?.data, host: target.host });
    problems.push(...located(checkCapabilities(scenario, driver, traits), locate));
    if (options.success) problems.push(...located(checkAttributes(scenario, driver, traits), locate));
    const conflicts = problems.length === 0 ? (traits.conflicts ?? []) : [];
    problems.push(...conflicts.flatMap((message) => located([{ path: ["target"], message }], locate)));
  }
  if (problems.length > 0) return { problems };
  return { file, scenario, driver, options: known.data, settings: settings?.data, locate };
}

/** The driver of a name, of a path or package as seen from a folder, or what is wrong with it. */
export async function driverOf(
  name: string,
  folder: string,
): Promise<Driver | { message: string; hint: string | undefined }> {
  try {
    const driver = await findDriver(name, folder);
    if (driver) return driver;
    const hint = didYouMean(name, driverNames, "drivers");
    return { message: `unknown driver "${name}"`, hint };
  } catch (error) {
    if (error instanceof ForeignDriverError) return { message: error.message, hint: error.hint };
    throw error;
  }
}
