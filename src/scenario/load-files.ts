/** The files that a load names, read when the scenario is. */
import { dirname, resolve } from "node:path";
import { type Parsed, show } from "../input/parsed.js";
import { type Locate, located, type Path, type Problem } from "../input/problems.js";
import { type Nanoseconds, NS_PER_MS, NS_PER_S } from "../units.js";
import { LARGEST_PAYLOAD } from "./load-schema.js";
import { checkRegular, readRegular, textOf } from "./read-file.js";
import type { PayloadPart, RateShape, Scenario } from "./scenario.js";

/** A scenario with the content of its files, and what is wrong with them. */
interface WithFiles {
  readonly scenario: Scenario;
  readonly problems: readonly Problem[];
}

/** Longest trace: it is held in memory by each process. */
const MOST_TIMES = 1_000_000;
/** Of a trace: so many times with many digits, and comments. */
const MOST_TRACE_BYTES = 32 * 1024 ** 2;
/** Further mistakes of a file are most likely all the same one. */
const MOST_PROBLEMS = 5;

/** Reads the files that a scenario's load names; relative paths are meant from the folder of `scenarioFile`. */
export function readLoadFiles(scenario: Scenario, scenarioFile: string, locate: Locate): WithFiles {
  const { rate, payload } = scenario.load;
  const problems: Problem[] = [];
  const take: Take = (file, at, read) => {
    const path = resolve(dirname(scenarioFile), file);
    const result = read(path);
    if (result.ok) return { shown: shownPath(file, scenarioFile), path, value: result.value };
    const looked = `looked for ${path}; a relative path is meant from the scenario's folder`;
    const message = `${show(file)}: ${result.message}`;
    problems.push(...located([{ path: at, message, hint: result.hint ?? looked }], locate));
    return undefined;
  };
  const load = {
    ...scenario.load,
    ...(typeof rate === "object" && rate.kind === "trace" ? { rate: withTimes(rate, take, problems) } : {}),
    ...(typeof payload !== "number" ? { payload: withPaths(payload, take) } : {}),
  };
  return { scenario: { ...scenario, load }, problems };
}

/** Does something with a file that stands at a place of the scenario; what is wrong with it becomes a problem there. */
type Take = <T>(
  file: string,
  at: Path,
  read: (path: string) => Parsed<T>,
) => { readonly shown: string; readonly path: string; readonly value: T } | undefined;

function withTimes(rate: Extract<RateShape, { kind: "trace" }>, take: Take, problems: Problem[]): RateShape {
  const file = take(rate.file, ["load", "rate", "file"], (path) => {
    const content = readRegular(path, MOST_TRACE_BYTES);
    return content.ok ? textOf(content.value) : content;
  });
  if (file === undefined) return rate;
  const trace = readTrace(file.value, file.shown, rate.unit);
  problems.push(...trace.problems);
  return { ...rate, timesNs: trace.timesNs };
}

/** A producer reads the file itself, from wherever it is started. */
function withPaths(payload: readonly PayloadPart[], take: Take): readonly PayloadPart[] {
  return payload.map((part, index) => {
    if (!("file" in part)) return part;
    // A single sort has no index of its own in the file; its place is then found as that of `payload`.
    const at = ["load", "payload", ...(payload.length > 1 ? [index] : []), "file"];
    const file = take(part.file, at, (path) => checkRegular(path, LARGEST_PAYLOAD));
    return file === undefined ? part : { ...part, file: file.path };
  });
}

/** A path as a person would type it from where the scenario's was typed. */
function shownPath(file: string, scenarioFile: string): string {
  const folder = dirname(scenarioFile);
  return folder === "." || file.startsWith("/") ? file : `${folder}/${file}`;
}

const NUMBER = /^\d+(?:\.\d+)?$/;

/** The times of a trace from its first one on, and the lines that are wrong. */
function readTrace(text: string, file: string, unit: "s" | "ms") {
  const problems: Problem[] = [];
  const timesNs: Nanoseconds[] = [];
  const unitNs = unit === "s" ? NS_PER_S : NS_PER_MS;
  let [first, last] = [0, 0];
  const refuse = (line: number, column: number, message: string, hint?: string) =>
    problems.push({ file, line, column, path: "", message, ...(hint === undefined ? {} : { hint }) });
  for (const { line, column, word } of wordsOf(text)) {
    const time = Number(word);
    if (!NUMBER.test(word)) {
      refuse(line, column, `expected a time in ${unit}, got ${show(word)}`, "one number a line; # begins a comment");
    } else if (timesNs.length > 0 && time < last) {
      refuse(line, column, `${word} is earlier than the time before it`, "sort the file: sort -n");
    } else if (timesNs.length === MOST_TIMES) {
      refuse(line, column, `more than ${MOST_TIMES.toLocaleString("en-US")} times`, "cut it here");
      break;
    } else {
      if (timesNs.length === 0) first = time;
      last = time;
      timesNs.push(Math.round((time - first) * unitNs));
    }
    if (problems.length === MOST_PROBLEMS) break;
  }
  if (timesNs.length === 0 && problems.length === 0) refuse(1, 1, "there is no time in it");
  return { timesNs, problems };
}

/** The lines of a trace that are neither empty nor a comment; one at a time, for there may be millions. */
function* wordsOf(text: string): Generator<{ line: number; column: number; word: string }> {
  for (let [line, from] = [1, 0]; from <= text.length; line++) {
    const newline = text.indexOf("\n", from);
    const end = newline === -1 ? text.length : newline;
    const raw = text.slice(from, end);
    const word = raw.trim();
    if (word !== "" && !word.startsWith("#")) yield { line, column: raw.length - raw.trimStart().length + 1, word };
    from = end + 1;
  }
}
