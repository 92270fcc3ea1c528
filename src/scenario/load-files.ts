/** The files that a load names, read when the scenario is. */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Nanoseconds, NS_PER_MS, NS_PER_S } from "../units.js";
import { show } from "./parsed.js";
import { type Locate, located, type Path, type Problem } from "./problems.js";
import type { PayloadPart, RateShape, Scenario } from "./scenario.js";

/** A scenario with the content of its files, and what is wrong with them. */
interface WithFiles {
  readonly scenario: Scenario;
  readonly problems: readonly Problem[];
}

/** Longest trace: it is held in memory by each process. */
const MOST_TIMES = 1_000_000;
/** Further mistakes of a file are most likely all the same one. */
const MOST_PROBLEMS = 5;

/** Reads the files that a scenario's load names; relative paths are meant from the folder of `scenarioFile`. */
export function readLoadFiles(scenario: Scenario, scenarioFile: string, locate: Locate): WithFiles {
  const { rate, payload } = scenario.load;
  const problems: Problem[] = [];
  const read = (file: string, at: Path) => {
    const named = readNamed(file, at, scenarioFile, locate);
    if (!named.ok) problems.push(named.problem);
    return named.ok ? named : undefined;
  };
  const load = {
    ...scenario.load,
    ...(typeof rate === "object" && rate.kind === "trace" ? { rate: withTimes(rate, read, problems) } : {}),
    ...(typeof payload !== "number" ? { payload: withPaths(payload, read) } : {}),
  };
  return { scenario: { ...scenario, load }, problems };
}

type Read = (file: string, at: Path) => { readonly shown: string; readonly path: string; content: Buffer } | undefined;

function withTimes(rate: Extract<RateShape, { kind: "trace" }>, read: Read, problems: Problem[]): RateShape {
  const file = read(rate.file, ["load", "rate", "file"]);
  if (file === undefined) return rate;
  const trace = readTrace(file.content.toString("utf8"), file.shown, rate.unit);
  problems.push(...trace.problems);
  return { ...rate, timesNs: trace.timesNs };
}

/** A producer reads the file itself, from wherever it is started. */
function withPaths(payload: readonly PayloadPart[], read: Read): readonly PayloadPart[] {
  return payload.map((part, index) => {
    if (!("file" in part)) return part;
    // A single sort has no index of its own in the file; its place is then found as that of `payload`.
    const file = read(part.file, ["load", "payload", ...(payload.length > 1 ? [index] : []), "file"]);
    return file === undefined ? part : { ...part, file: file.path };
  });
}

type Named =
  | { readonly ok: true; readonly shown: string; readonly path: string; readonly content: Buffer }
  | { readonly ok: false; readonly problem: Problem };

function readNamed(file: string, at: Path, scenarioFile: string, locate: Locate): Named {
  const path = resolve(dirname(scenarioFile), file);
  try {
    return { ok: true, shown: shownPath(file, scenarioFile), path, content: readFileSync(path) };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    const message = `${show(file)} can't be read: ${code === "ENOENT" ? "no such file" : code}`;
    const hint = `looked for ${path}; a relative path is meant from the scenario's folder`;
    const [problem] = located([{ path: at, message, hint }], locate);
    return { ok: false, problem: problem ?? { file, line: 1, column: 1, path: "", message } };
  }
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
  for (const [index, raw] of text.split("\n").entries()) {
    const word = raw.trim();
    if (word === "" || word.startsWith("#")) continue;
    if (problems.length === MOST_PROBLEMS) break;
    const column = raw.length - raw.trimStart().length + 1;
    const time = Number(word);
    if (!NUMBER.test(word)) {
      refuse(
        index + 1,
        column,
        `expected a time in ${unit}, got ${show(word)}`,
        "one number a line; # begins a comment",
      );
    } else if (timesNs.length > 0 && time < last) {
      refuse(index + 1, column, `${word} is earlier than the time before it`, "sort the file: sort -n");
    } else {
      if (timesNs.length === 0) first = time;
      last = time;
      timesNs.push(Math.round((time - first) * unitNs));
    }
  }
  if (timesNs.length > MOST_TIMES) refuse(1, 1, `more than ${MOST_TIMES.toLocaleString("en-US")} times`, "cut it");
  else if (timesNs.length === 0 && problems.length === 0) refuse(1, 1, "there is no time in it");
  return { timesNs, problems };
}
