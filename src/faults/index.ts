import type { Injection } from "../spi/fault.js";
import { disconnectBroker, killBroker, limitBroker, pauseBroker, restartBroker, stopBroker } from "./broker.js";
import type { FaultContext } from "./context.js";
import type { FaultDefinition } from "./definition.js";
import { hold } from "./hold.js";
import { network } from "./network.js";
import { block, hang, killProducer, killWorker, slow, stopWorker } from "./process.js";
import type { FaultAction, Lasting } from "./spec.js";

/** Every kind of fault. */
export const FAULTS = [
  killBroker,
  killWorker,
  killProducer,
  stopBroker,
  stopWorker,
  restartBroker,
  pauseBroker,
  limitBroker,
  disconnectBroker,
  hang,
  slow,
  block,
  hold,
  network,
] as const;

/** The list without the types of each: what is passed to a definition came from it. */
export const faultDefinitions = FAULTS as unknown as readonly FaultDefinition[];

/** A fault's verb. */
export type Verb = (typeof FAULTS)[number]["verb"];
/** All verbs, as keys of a fault. */
export const VERBS: readonly Verb[] = [...new Set(FAULTS.map(({ verb }) => verb))];

/** What a verb can be done to. */
export const targetsOf = (verb: Verb): readonly string[] =>
  faultDefinitions.filter((each) => each.verb === verb).flatMap(({ targets }) => targets);

/** The definition of what a verb does to a target; `undefined` where there is none. */
export const definitionFor = (verb: Verb, target: unknown): FaultDefinition | undefined =>
  faultDefinitions.find((each) => each.verb === verb && each.targets.some((one) => one === target));

/** The definition that a fault was made by. */
export function definitionOf(fault: FaultAction): FaultDefinition {
  const verb = "action" in fault ? fault.action : fault.kind;
  const found =
    "action" in fault ? definitionFor(verb, fault.kind) : faultDefinitions.find((each) => each.verb === verb);
  if (!found) throw new Error(`no fault is defined that does ${verb} to ${fault.kind}`);
  return found;
}

/** Injects a fault of any kind. */
export const injectFault = (fault: Lasting, context: FaultContext): Promise<Injection> =>
  definitionOf(fault).inject(fault, context);
