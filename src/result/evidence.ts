/** What a verdict rests on: claims about a run, each with what was observed. */
import type { BeginEvent, RunEvent } from "../record/events.js";
import type { DeliveryCounts, Evidence, RunResult } from "../result-schema.js";
import type { FaultTimes } from "./faults.js";
import { faultError } from "./faults.js";
import { formatCount, formatNs } from "./format.js";

/** A fault that comes later than this after its moment makes timings doubtful. */
export const LATE_NS = 5e8;

/** What the evidence of a run is gathered from. */
export interface Observed {
  readonly begin: BeginEvent;
  readonly events: readonly RunEvent[];
  readonly faults: readonly FaultTimes[];
  readonly delivery: DeliveryCounts;
  /** Handlers that ended, well or not. */
  readonly handled: number;
  readonly health: RunResult["health"];
}

type EventOf<Type extends RunEvent["type"]> = Extract<RunEvent, { type: Type }>;
const ofType = <Type extends RunEvent["type"]>({ events }: Observed, type: Type): EventOf<Type>[] =>
  events.filter((event): event is EventOf<Type> => event.type === type);

/** All claims that this run can make, in the order of `CLAIMS`. */
export function gatherEvidence(observed: Observed): Evidence[] {
  return [
    ...ended(observed),
    measured(observed),
    sent(observed),
    ...faultClaims(observed),
    ...broker(observed),
    ...agents(observed),
    ...counters(observed),
    ...fates(observed),
    ...keptUp(observed),
  ];
}

/** Evidence that is missing, the gravest first. */
export function missing({ evidence }: Pick<RunResult, "evidence">): Evidence[] {
  const open = evidence.filter(({ held }) => !held);
  return [...open.filter(({ carries }) => carries === "everything"), ...open.filter(isOfTimings)];
}

/** Whether what is missing leaves the counts alone. */
export const isOfTimings = ({ carries }: Pick<Evidence, "carries">): boolean => carries === "timings";

const OTHERWISE: Readonly<Record<Evidence["claim"], string>> = {
  "the run came to its end": "the run was cut short",
  "messages were acked and handled": "nothing was measured",
  "the whole load was sent": "a part of the load was not sent",
  "every fault was injected": "a fault was not injected",
  "every fault came on time": "a fault came late",
  "every fault was healed": "a fault was not healed",
  "only faults broke the broker": "something else broke the broker",
  "only faults ended producers and workers": "something else ended a producer or worker",
  "every agent's counters equal its records": "counters and records differ",
  "what became of every message is known": "what became of some messages is unknown",
  "havoq kept up": "havoq was the bottleneck",
};

/** What is the case where a claim does not hold, and why: "a fault was not injected: the hook exited with 1". */
export const otherwise = ({ claim, why }: Evidence): string => `${OTHERWISE[claim]}: ${why}`;

/** What a pass does not say, in brackets after its word: " (havoq was the bottleneck)"; empty when it says everything. */
export function caveat({ verdict, evidence }: Pick<RunResult, "verdict" | "evidence">): string {
  const open = verdict === "pass" ? missing({ evidence }) : [];
  const words = open.map(({ claim }) => OTHERWISE[claim]);
  return words.length === 0 ? "" : ` (${words.join(", ")})`;
}

/** One claim; `against` is what speaks against it, `seen` what was observed when nothing does. */
function claim(
  words: Evidence["claim"],
  against: readonly string[],
  seen: string,
  carries: Evidence["carries"] = "everything",
): Evidence {
  return { claim: words, held: against.length === 0, carries, why: against.length === 0 ? seen : shortList(against) };
}

const LISTED = 5;

/** "a; b; and 3 more". */
function shortList(texts: readonly string[]): string {
  const more = texts.length - LISTED;
  return [...texts.slice(0, LISTED), ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}

function ended(observed: Observed): Evidence[] {
  const end = ofType(observed, "end")[0];
  const against = !end
    ? ["havoq itself was ended before the run was over"]
    : end.interrupted
      ? ["the run was interrupted"]
      : [];
  return [claim("the run came to its end", against, "load, faults and drain were done")];
}

function measured({ delivery: { acked, sent: all }, handled }: Observed): Evidence {
  const nothing =
    acked === 0
      ? [`none of ${formatCount(all)} messages was acked, so nothing was measured`]
      : handled === 0
        ? [`no handler came to its end, though ${formatCount(acked)} messages were acked`]
        : [];
  const seen = `${formatCount(acked)} of ${formatCount(all)} acked, ${formatCount(handled)} times a handler ended`;
  return claim("messages were acked and handled", nothing, seen);
}

function sent(observed: Observed): Evidence {
  const unsent = ofType(observed, "end")[0]?.unsent ?? null;
  return claim("the whole load was sent", unsent === null ? [] : [unsent], "every message that was due");
}

const nameOf = ({ id, occurrence }: FaultTimes) => `${id}#${occurrence}`;

function faultClaims(observed: Observed): Evidence[] {
  const { faults, begin } = observed;
  const planned = begin.scenario.faults.reduce((sum, { repeat }) => sum + repeat.times, 0);
  if (planned === 0) return [];
  const unasked = planned - faults.length;
  const notInjected = [
    ...faults.flatMap((fault) => (fault.confirmedNs === null ? [`${nameOf(fault)} ${faultError(fault)}`] : [])),
    ...faults.flatMap((fault) => (fault.doubt === null ? [] : [`${nameOf(fault)}: ${fault.doubt}`])),
    ...(unasked > 0 ? [`${unasked} of ${planned} never came`] : []),
  ];
  const notHealed = faults.flatMap((fault) =>
    fault.confirmedNs !== null && fault.error !== null ? [`${nameOf(fault)} ${faultError(fault)}`] : [],
  );
  return [
    claim("every fault was injected", notInjected, `${faults.length} of ${planned}`),
    onTime(observed),
    claim("every fault was healed", notHealed, "as far as there was something to heal"),
  ];
}

/** A fault that came so late that it met another phase tells of another load; one that is a little late, of other times. */
function onTime({ faults, begin: { phases } }: Observed): Evidence {
  const moments = faults.flatMap((fault) => [
    { what: nameOf(fault), plannedNs: fault.plannedNs, atNs: fault.requestedNs },
    { what: `the heal of ${nameOf(fault)}`, plannedNs: fault.plannedHealNs, atNs: fault.healRequestedNs },
  ]);
  const late = moments.flatMap(({ what, plannedNs, atNs }) => {
    const byNs = plannedNs === null || atNs === null ? 0 : atNs - plannedNs;
    return plannedNs === null || atNs === null || byNs <= LATE_NS ? [] : [{ what, plannedNs, atNs, byNs }];
  });
  const phaseAt = (ns: number) => phases.find(({ endNs }) => ns < endNs)?.name ?? "after the load";
  const elsewhere = late.some(({ plannedNs, atNs }) => phaseAt(plannedNs) !== phaseAt(atNs));
  const against = late.map(({ what, plannedNs, atNs, byNs }) => {
    const [wanted, real] = [phaseAt(plannedNs), phaseAt(atNs)];
    const where = wanted === real ? "" : ` (planned: ${wanted}, real: ${real})`;
    return `${what} came ${formatNs(byNs)} late${where}: havoq or the machine stood still`;
  });
  const seen = `none more than ${formatNs(LATE_NS)} late`;
  return claim("every fault came on time", against, seen, elsewhere ? "everything" : "timings");
}

/** Where havoq runs the broker, it knows when somebody else broke it. */
function broker(observed: Observed): Evidence[] {
  const { host } = observed.begin.target;
  if (host === "external" || host === "in-process") return [];
  const against = ofType(observed, "broker").map(
    ({ text, atNs }) => `at ${formatNs(Math.max(0, atNs))} ${firstLine(text)}`,
  );
  return [claim("only faults broke the broker", against, "its processes were watched")];
}

const firstLine = (text: string): string => (text.split("\n")[0] ?? "").replace(/; its last words:$/, "");

function agents(observed: Observed): Evidence[] {
  const events = ofType(observed, "agent");
  const at = (ns: number) => formatNs(Math.max(0, ns));
  const against = events.flatMap(({ name, state, by, atNs, detail }) => {
    if (state === "givenUp") return [`${name} was given up at ${at(atNs)}: ${detail}`];
    if (state !== "exited" || by !== "outside") return [];
    return [`${name} ${detail} at ${at(atNs)}, and neither havoq nor a fault did it (out of memory?)`];
  });
  const crashes = events.filter(({ state, by }) => state === "exited" && by === "itself");
  const started = events.filter(({ state }) => state === "started").length;
  const own = crashes.length === 0 ? "" : `; ${crashes.length} ended by themselves and were replaced`;
  return [claim("only faults ended producers and workers", against, `${started} processes${own}`)];
}

/** That they are equal is checked before there is a result (`miscounts`). */
function counters(observed: Observed): Evidence[] {
  const counted = ofType(observed, "counted").length;
  const started = ofType(observed, "agent").filter(({ state }) => state === "started").length;
  if (counted === 0) return [];
  const silent = Math.max(0, started - counted);
  const rest = silent === 0 ? "" : `; ${silent} ended before they could tell theirs`;
  return [claim("every agent's counters equal its records", [], `${counted} agents${rest}`)];
}

/** A system that can't be asked has no fate that could be known, and the result says so elsewhere. */
function fates(observed: Observed): Evidence[] {
  const { begin, delivery } = observed;
  if (begin.target.residueInspected.length === 0) return [];
  const drained = ofType(observed, "drained")[0];
  const error = drained?.error ?? null;
  const uninspected = drained?.residue.inspected !== true;
  const against = [
    ...(error !== null
      ? [`what is left in the system could not be inspected: ${error}`]
      : uninspected
        ? ["what is left in the system was not inspected"]
        : []),
    ...(delivery.unseen > 0 ? [`what became of ${formatCount(delivery.unseen)} acked messages can't be told`] : []),
  ];
  return [
    claim("what became of every message is known", against, "what was left in the system was read after the drain"),
  ];
}

function keptUp({ health }: Observed): Evidence[] {
  const limited = health.verdict === "generator-limited";
  const against = limited ? health.reasons : [];
  return [claim("havoq kept up", against, "messages left when they were due", "timings")];
}
