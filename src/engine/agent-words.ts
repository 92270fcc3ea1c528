import type { Readable } from "node:stream";
import {
  type FromAgent,
  fromAgentSchema,
  type HandlerEvent,
  handlerEventSchema,
  isHandlerEvent,
} from "../agent/protocol.js";
import { isWithin, likelyMistake } from "../record/times.js";
import type { Nanoseconds } from "../units.js";

/** Longest line of an agent; a message of the protocol has some hundred bytes. */
export const LONGEST_LINE = 1 << 20;
/** Of a line that is shown. */
const SHOWN = 200;
/** An agent that read its clock and was stopped, and figures that are rounded up. */
const SLACK_NS = 10e9;

const TYPES: ReadonlySet<unknown> = new Set(fromAgentSchema.options.map(({ shape }) => shape.type.value));

/** A line that is of the protocol, and wrong. */
export class WrongWords extends Error {
  override readonly name = "WrongWords";

  constructor(
    why: string,
    line: string,
    /** The likely mistake. */
    readonly hint: string,
  ) {
    super(`${why}; the line: ${shown(line)}`);
  }
}

/** A JSON event, or `null` where the line is none; throws `WrongWords` where it is a wrong one. */
export function parseEvent(line: string): HandlerEvent | null {
  const value = jsonOf(line);
  if (typeof value !== "object" || value === null || "type" in value || !isHandlerEvent(value)) return null;
  const parsed = handlerEventSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const hint = 'an event is {"started": "..."}, {"completed": "..."} or {"failed": "..."} with the payload in base64';
  throw new WrongWords(parsed.error.issues[0]?.message ?? "not an event", line, hint);
}

/**
 * A line of an agent's standard output. What is no JSON object with a type of the protocol is not for havoq, and `null`;
 * throws `WrongWords` when it is, and wrong. Nothing can be later than `nowNs`.
 */
export function parseLine(line: string, nowNs: Nanoseconds): FromAgent | null {
  const value = jsonOf(line);
  if (typeof value !== "object" || value === null || !("type" in value) || !TYPES.has(value.type)) return null;
  const parsed = fromAgentSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const why = `${value.type}: ${issue?.path.join(".")}: ${issue?.message}`;
    throw new WrongWords(why, line, "see docs/agent-protocol.md for the fields of each message");
  }
  checkTimes(parsed.data, line, nowNs);
  return parsed.data;
}

function checkTimes(message: FromAgent, line: string, nowNs: Nanoseconds): void {
  const latestNs = nowNs * 1.1 + SLACK_NS;
  for (const field of ["atNs", "endToEndP99Ns", "eventLoopDelayP99Ns"] as const) {
    const ns: unknown = Object.getOwnPropertyDescriptor(message, field)?.value;
    if (typeof ns !== "number" || isWithin(ns, latestNs)) continue;
    const why = `${message.type}: ${field} is ${ns}, and the run has lasted ${Math.max(0, Math.round(nowNs))} ns`;
    throw new WrongWords(why, line, likelyMistake(ns, latestNs));
  }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** As JSON: what an agent says may hold control characters. */
const shown = (line: string): string =>
  JSON.stringify(line.length > SHOWN ? `${line.slice(0, SHOWN)}... (${line.length} characters)` : line);

/** Passes the lines of a stream on; stops reading, and says so, where one is longer than `LONGEST_LINE` bytes. */
export function readLines(stream: Readable, onLine: (line: string) => void, onTooLong: (begin: string) => void): void {
  let begun: Buffer[] = [];
  let length = 0;
  const take = (piece: Buffer): void => {
    begun.push(piece);
    length += piece.length;
  };
  const end = (): string => {
    const line = Buffer.concat(begun).toString("utf8");
    [begun, length] = [[], 0];
    return line;
  };
  stream.on("data", (chunk: Buffer) => {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0 && length <= LONGEST_LINE; at = chunk.indexOf(10, from)) {
      take(chunk.subarray(from, at));
      from = at + 1;
      if (length <= LONGEST_LINE) onLine(end());
    }
    if (length <= LONGEST_LINE) take(chunk.subarray(from));
    if (length <= LONGEST_LINE || stream.destroyed) return;
    stream.destroy();
    onTooLong(end());
  });
  stream.on("end", () => {
    if (length > 0) onLine(end());
  });
}
