import { FAULT_TARGETS, faultInput, LASTING_VERBS, VERBS, type Verb } from "./fault-schema.js";
import { isMap, show } from "./parsed.js";
import type { Finding } from "./problems.js";

const COMMON_KEYS: readonly string[] = ["id", "at", "repeat", ...VERBS];
const EFFECTS = ["latency", "bandwidth", "partition", "reset", "cut", "slowClose"] as const;
const LASTING_EFFECTS = ["latency", "bandwidth", "partition", "slowClose"] as const;

/** Keys beside the common ones that mean something for a verb and its target. */
function keysFor(verb: Verb, target: unknown): readonly string[] {
  if (verb === "network") return ["for", "direction", "jitter", ...EFFECTS];
  if (verb === "hold") return ["for"];
  if (verb === "restart") return ["node", "disk"];
  if (target === "broker") return verb === "kill" || verb === "stop" ? ["for", "node", "disk"] : ["for", "node"];
  if (verb === "kill") return target === "worker" ? ["which", "scope"] : ["which"];
  return verb === "slow" ? ["which", "for", "by"] : ["which", "for"];
}

/** Why a key means nothing for a verb, where a person may well expect that it does. */
function hintFor(key: string, verb: Verb, target: unknown): string | undefined {
  if (key === "for" && verb === "restart") return "for a downtime write `stop: broker` with `for`";
  if (key === "for" && verb === "kill" && target === "worker")
    return "a killed worker is started again after `workers.restart`";
  if (key === "scope") return "it goes with `kill: worker`";
  if (key === "node") return "it goes with `kill: broker`, and names one node of a broker of several";
  if (key === "disk") return "it goes with `kill: broker` and `stop: broker`";
  if (key === "by") return "it goes with `slow: worker`";
  return undefined;
}

/** Checks which keys of a fault go together; whether their values can be read is not looked at. */
export function checkFaultKeys(fault: Readonly<Record<string, unknown>>): Finding[] {
  const verbs = VERBS.filter((verb) => Object.hasOwn(fault, verb));
  const [verb, second] = verbs;
  if (verb === undefined)
    return [{ path: [], message: "missing; expected what to do", hint: `one of the keys ${VERBS.join(", ")}` }];
  if (second !== undefined) {
    const hint = "a fault does one thing; write two faults";
    return [{ path: [second], part: "key", message: `can't be in one fault with ${verb}`, hint }];
  }
  // A limit says how much in place of whom: it is the broker's.
  const target = verb === "limit" ? "broker" : fault[verb];
  const known: readonly string[] = Object.keys(faultInput.shape);
  // What goes with an unknown target can't be told; the target itself is a problem of its own.
  if (!FAULT_TARGETS[verb].some((candidate) => candidate === target)) return [];
  const own = keysFor(verb, target);
  const strays = Object.keys(fault).filter(
    (key) => known.includes(key) && !COMMON_KEYS.includes(key) && !own.includes(key),
  );
  const findings = strays.map((key): Finding => {
    const message = `means nothing for ${verb}: ${show(target).replaceAll('"', "")}`;
    return { path: [key], part: "key", message, hint: hintFor(key, verb, target) };
  });
  return [...findings, ...missingKeys(fault, verb)];
}

function missingKeys(fault: Readonly<Record<string, unknown>>, verb: Verb): Finding[] {
  const has = (key: string) => Object.hasOwn(fault, key) && fault[key] !== false;
  const findings: Finding[] = [];
  if (verb === "network" && !EFFECTS.some(has)) {
    const message = "missing; expected an effect on the network";
    findings.push({ path: [], message, hint: `one of the keys ${EFFECTS.join(", ")}` });
  }
  if (has("jitter") && !has("latency")) {
    const hint = "jitter varies a latency: write both";
    findings.push({ path: ["latency"], message: 'missing; expected a duration such as "5ms"', hint });
  }
  const lasting = verb === "network" ? LASTING_EFFECTS.find(has) : LASTING_VERBS.find((each) => each === verb);
  if (lasting !== undefined && !has("for")) {
    const hint = `${lasting} lasts until the heal: write how long, such as \`for: 5s\``;
    findings.push({ path: ["for"], message: 'missing; expected a duration such as "5s"', hint });
  }
  if (verb === "limit" && isMap(fault["limit"]) && Object.keys(fault["limit"]).length === 0) {
    const message = "missing; expected a limit of cpu or memory";
    findings.push({ path: ["limit"], message, hint: "such as `limit: { cpu: 0.2 }`" });
  }
  if (verb === "slow" && !has("by")) {
    const hint = "write what is added to each handling time, such as `by: 50ms`";
    findings.push({ path: ["by"], message: 'missing; expected a duration such as "5ms"', hint });
  }
  return findings;
}
