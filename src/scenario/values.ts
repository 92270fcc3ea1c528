/** Values of a scenario that have a grammar of their own: handling times, failing shares, moments, ids. */

import { expected, type Parsed, parsed, refused, show } from "../input/parsed.js";
import { nearest } from "../input/suggest.js";
import { DURATION_PATTERN, readDuration } from "../input/units-text.js";
import { type Milliseconds, ms } from "../units.js";
import { type HandlingTime, LOAD_PHASES, type LoadPhase, type Moment } from "./scenario.js";

/** Pattern of a fault's id; not anchored. */
export const ID_PATTERN = "[A-Za-z][A-Za-z0-9_-]*";

/** Pattern of a handling time; not anchored. */
export const HANDLING_PATTERN =
  `(?:${DURATION_PATTERN}|exponential\\(\\s*${DURATION_PATTERN}\\s*\\)` +
  `|(?:uniform|normal)\\(\\s*${DURATION_PATTERN}\\s*,\\s*${DURATION_PATTERN}\\s*\\))`;

const HANDLING = 'a duration such as "5ms", or uniform(1ms, 10ms), exponential(5ms) or normal(5ms, 1ms)';

/** Reads how long a handler takes: "5ms", "uniform(1ms, 10ms)", "exponential(5ms)" or "normal(5ms, 1ms)". */
export function readHandlingTime(input: unknown): Parsed<HandlingTime> {
  const call = typeof input === "string" ? /^([a-z]+)\(([^()]*)\)$/.exec(input.trim()) : null;
  if (call === null) {
    const constant = readDuration(input);
    if (constant.ok) return parsed({ kind: "constant", value: constant.value });
    const torn = typeof input === "string" && /^[a-z]+\([^)]*$/.test(input);
    const hint = torn ? `within { } a text with a comma needs quotes: "uniform(1ms, 10ms)"` : constant.hint;
    return refused(expected(HANDLING, input), hint);
  }
  const [, kind, list = ""] = call;
  const times: Milliseconds[] = [];
  for (const text of list.split(",")) {
    const time = readDuration(text.trim());
    if (!time.ok) return refused(`in ${kind}(...): ${time.message}`, time.hint);
    times.push(time.value);
  }
  const [first, second, ...more] = times;
  if (first !== undefined && more.length === 0) {
    if (kind === "exponential" && second === undefined) return parsed({ kind, mean: first });
    if (kind === "normal" && second !== undefined) return parsed({ kind, mean: first, deviation: second });
    if (kind === "uniform" && second !== undefined) {
      if (first <= second) return parsed({ kind, min: first, max: second });
      return refused(expected("uniform(min, max) with min below max", input));
    }
  }
  return refused(expected(HANDLING, input));
}

/** Pattern of a moment of the timeline; not anchored. */
export const MOMENT_PATTERN = `(?:${LOAD_PHASES.join("|")}|${ID_PATTERN}\\.(?:start|end))(?:\\s*\\+\\s*${DURATION_PATTERN})?`;

const MOMENT = 'a moment such as "chaos+2s" or "crash.end+1s"';
const MOMENT_PARTS = new RegExp(`^(${ID_PATTERN})(?:\\.(\\w+))?(?:\\s*\\+\\s*(.*))?$`);

/** Reads a moment of the timeline: "chaos", "chaos+2s", "crash.start+2s" or "crash.end". */
export function readMoment(input: unknown): Parsed<Moment> {
  const parts = typeof input === "string" ? MOMENT_PARTS.exec(input.trim()) : null;
  const [, anchor, edge, after] = parts ?? [];
  if (anchor === undefined) return refused(expected(MOMENT, input));
  let offset = ms(0);
  if (after !== undefined) {
    const read = readDuration(after);
    if (!read.ok) return refused(`after the "+": ${read.message}`, read.hint);
    offset = read.value;
  }
  const phase = LOAD_PHASES.find((name) => name === anchor);
  if (phase !== undefined && edge === undefined) return parsed({ from: "phase", phase, offset });
  if (phase === undefined && (edge === "start" || edge === "end"))
    return parsed({ from: "fault", fault: anchor, edge, offset });
  return refused(expected(MOMENT, input), momentHint(anchor, edge, phase));
}

/** Pattern of a moment after the start of a phase; not anchored. */
export const PHASE_MOMENT_PATTERN = `(?:${LOAD_PHASES.join("|")})(?:\\s*\\+\\s*${DURATION_PATTERN})?`;

/** Reads a moment after the start of a phase: the load follows time alone, so no fault can move it. */
export function readPhaseMoment(input: unknown): Parsed<Extract<Moment, { from: "phase" }>> {
  const moment = readMoment(input);
  const [what, hint] = ['a phase and a time such as "chaos+2s"', "the load follows time alone: no fault can move it"];
  if (!moment.ok) return { ...moment, message: moment.message.replace(MOMENT, what) };
  const { value } = moment;
  return value.from === "phase" ? parsed(value) : refused(expected(what, input), hint);
}

function momentHint(anchor: string, edge: string | undefined, phase: LoadPhase | undefined): string {
  if (phase !== undefined) return `write "${phase}" for the start of the phase`;
  if (edge !== undefined) return `of a fault there is "${anchor}.start" and "${anchor}.end"`;
  const near = nearest(anchor, LOAD_PHASES);
  if (near !== undefined) return `did you mean "${near}"?`;
  if (anchor === "drain") return "faults need load, and the drain follows the load";
  return `phases: ${LOAD_PHASES.join(", ")}; for a fault write "${anchor}.start" or "${anchor}.end"`;
}

/** Reads the id of a fault; phases are named in the same places, so theirs are taken. */
export function readId(input: unknown): Parsed<string> {
  if (LOAD_PHASES.some((phase) => phase === input)) return refused(`${show(input)} is the name of a phase`);
  if (typeof input === "string" && new RegExp(`^${ID_PATTERN}$`).test(input)) return parsed(input);
  return refused(expected('an id such as "crash"', input), "a letter, then letters, digits, hyphens and underscores");
}

/** Reads which processes a fault hits: "random", "all" or an index from 0. */
export function readWhich(input: unknown): Parsed<"random" | "all" | number> {
  if (input === "random" || input === "all") return parsed(input);
  if (typeof input === "number" && Number.isInteger(input) && input >= 0) return parsed(input);
  return refused(expected('"random", "all" or the index of a process from 0', input));
}
