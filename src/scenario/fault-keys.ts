import type { FaultDefinition } from "../faults/definition.js";
import { needsFor } from "../faults/definition.js";
import { definitionFor, faultDefinitions, VERBS, type Verb } from "../faults/index.js";
import { show } from "../input/parsed.js";
import type { Finding } from "../input/problems.js";
import { FAULT_KEYS } from "./fault-schema.js";

const COMMON_KEYS: readonly string[] = ["id", "at", "repeat", ...VERBS];

/** Why a key means nothing for a verb, where a person may well expect that it does. */
function hintFor(key: string, verb: Verb, target: unknown): string | undefined {
  if (key === "for" && verb === "restart") return "for a downtime write `stop: broker` with `for`";
  if (key === "for" && verb === "kill" && target === "worker")
    return "a killed worker is started again after `workers.restart`";
  if (key === "scope") return "it goes with `kill: worker`";
  if (key === "node") return "it goes with `kill: broker`, and names one node of a broker of several";
  if (key === "disk") return "it goes with `kill: broker` and `stop: broker`";
  const owner = faultDefinitions.find(({ own = {} }) => Object.hasOwn(own, key));
  return owner && `it goes with \`${owner.verb}: ${owner.targets[0]}\``;
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
  const definition = writtenDefinition(fault, verb);
  // What goes with an unknown target can't be told; the target itself is a problem of its own.
  if (!definition) return [];
  const target = definition.value ? definition.targets[0] : fault[verb];
  const own: readonly string[] = [...definition.shared, ...Object.keys(definition.own ?? {})];
  const strays = Object.keys(fault).filter(
    (key) => FAULT_KEYS.includes(key) && !COMMON_KEYS.includes(key) && !own.includes(key),
  );
  const findings = strays.map((key): Finding => {
    const message = `means nothing for ${verb}: ${show(target).replaceAll('"', "")}`;
    return { path: [key], part: "key", message, hint: hintFor(key, verb, target) };
  });
  const missing = [
    ...(definition.lasts && !Object.hasOwn(fault, "for") ? [needsFor(verb)] : []),
    ...(definition.check?.(fault) ?? []),
  ];
  return [...findings, ...missing.map((finding) => ({ path: [], ...finding }))];
}

/** The definition that a verb and its target name; the target is the only one where the value says how. */
export function writtenDefinition(fault: Readonly<Record<string, unknown>>, verb: Verb): FaultDefinition | undefined {
  const saysHow = faultDefinitions.find((each) => each.verb === verb && each.value !== undefined);
  return saysHow ?? definitionFor(verb, fault[verb]);
}
