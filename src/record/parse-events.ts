import * as z from "zod";
import { type Nanoseconds, NS_PER_MS } from "../units.js";
import type { BeginEvent, RunEvent } from "./events.js";
import { RecordError } from "./record-error.js";
import { isWithin, likelyMistake } from "./times.js";

const atNs = z.number();
const name = z.string();
const text = z.string();
const index = z.int().nonnegative();
const known = z.record(z.string(), z.unknown());
const phase = z.object({ name, startNs: z.number(), endNs: z.number() });

/** Of each event, what could not be missing without a wrong figure, or a crash of whoever reads it. */
const SHAPES: Readonly<Record<RunEvent["type"], z.ZodType>> = {
  begin: z.object({
    runId: z.string(),
    seed: z.int(),
    startedAt: z.string(),
    scenario: z.looseObject({ load: known, workers: known, phases: known, faults: z.array(known) }),
    target: known,
    environment: known,
    phases: z.array(phase),
  }),
  fault: z.object({ id: z.string(), occurrence: index, family: z.string(), step: z.string(), atNs, text }),
  agent: z.object({ name, incarnation: index, state: z.enum(["started", "exited", "givenUp"]), atNs, detail: text }),
  broker: z.object({ state: z.enum(["exited", "frozen"]), atNs, text }),
  errorText: z.object({ producer: index, incarnation: index, code: z.int().min(0).max(255), text }),
  clientError: z.object({ role: z.enum(["producer", "worker"]), atNs, text }),
  resources: z.object({ atNs, samples: z.array(z.object({ name, cpuPercent: z.number() })) }),
  depth: z.object({ atNs, ready: z.number().nullable(), inFlight: z.number().nullable() }),
  loopDelay: z.object({ name, p99Ns: z.number() }),
  counted: z.object({ name, incarnation: index, acked: z.number().nullable(), started: z.number().nullable() }),
  drained: z.object({ atNs, reason: text, residue: z.object({ inspected: z.boolean(), anonymous: index }) }),
  end: z.object({ atNs, interrupted: z.boolean(), notes: z.array(text) }),
};
const anyEvent = z.looseObject({ type: z.string(), atNs: atNs.optional() });

const HINT = "the file was changed or damaged after the run: only its last line may be cut short";
/** Beyond the load and the drain that are planned: the longest that a system may hold messages back, and more. */
const LONGEST_DRAIN_NS = 3 * 86_400e9;
/** An agent's own time, against that of what havoq wrote down last. */
const SLACK_NS = 20e9;

/** The events in the text of an events.ndjson; a torn last line is left out. Throws `RecordError` that names the line. */
export function parseEvents(file: string): RunEvent[] {
  const lines = file.split("\n");
  lines.pop();
  const parsed = lines.flatMap((line, at) => (line === "" ? [] : [{ event: parseEvent(line, at + 1), line: at + 1 }]));
  const events = parsed.map(({ event }) => event);
  const begin = events.find((event) => event.type === "begin");
  const limitNs = begin ? longestNs(begin) : Number.POSITIVE_INFINITY;
  const seenNs = lastSeenNs(events) * 1.1 + SLACK_NS;
  for (const { event, line } of parsed) {
    if (!("atNs" in event)) continue;
    const latestNs = event.type === "clientError" && begin ? Math.min(limitNs, seenNs) : limitNs;
    if (isWithin(event.atNs, latestNs)) continue;
    const why = `line ${line}: atNs is ${event.atNs}, in a run of at most ${Math.round(latestNs)} ns`;
    throw new RecordError(why, likelyMistake(event.atNs, latestNs));
  }
  return events;
}

/** The time of the last event that havoq itself saw. */
export function lastSeenNs(events: readonly RunEvent[]): Nanoseconds {
  let lastNs = 0;
  for (const event of events)
    if ("atNs" in event && event.type !== "clientError") lastNs = Math.max(lastNs, event.atNs);
  return lastNs;
}

function parseEvent(line: string, number: number): RunEvent {
  const value = jsonOf(line);
  if (value === undefined) throw new RecordError(`line ${number} is no JSON`, HINT);
  const event = anyEvent.safeParse(value);
  const shape = event.success ? shapeOf(event.data.type) : undefined;
  const checked = event.success ? shape?.safeParse(value) : event;
  const issue = checked?.error?.issues[0];
  if (!issue) return value as RunEvent;
  const what = event.success ? `line ${number} ("${event.data.type}")` : `line ${number}`;
  throw new RecordError(`${what}: ${[...issue.path, issue.message].join(": ")}`, HINT);
}

/** What is no event of havoq's has no shape, whatever it is called: "toString" neither. */
const shapeOf = (type: string): z.ZodType | undefined =>
  Object.hasOwn(SHAPES, type) ? SHAPES[type as RunEvent["type"]] : undefined;

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** A bound on the length of a run. */
function longestNs({ phases, scenario }: BeginEvent): Nanoseconds {
  const drain = scenario.phases.drain === "auto" ? 0 : scenario.phases.drain * NS_PER_MS;
  return 5 * (phases.at(-1)?.endNs ?? 0) + drain + LONGEST_DRAIN_NS;
}
