import { definitionOf, VERBS } from "../faults/index.js";
import { ms } from "../units.js";
import { writtenDefinition } from "./fault-keys.js";
import type { FaultInput } from "./fault-schema.js";
import type { ScenarioInput } from "./input-schema.js";
import { resolveLoad } from "./resolve-load.js";
import type { Expectation, FaultSpec, Scenario } from "./scenario.js";

/** The resolved form of a fault whose keys go together; `undefined` when it does nothing. */
export function resolveFault(fault: FaultInput, id: string): FaultSpec | undefined {
  const verb = VERBS.find((each) => fault[each] !== undefined);
  const definition = verb && writtenDefinition(fault, verb);
  if (!definition) return undefined;
  const repeat = fault.repeat ?? { times: 1, every: ms(0) };
  const action = definition.resolve(fault[definition.verb] as string, fault);
  return { ...action, id, at: fault.at, for: fault.for ?? ms(0), repeat };
}

/** What only a container can do decides `auto`. */
function resolveTarget(target: ScenarioInput["target"], faults: readonly FaultSpec[]): Scenario["target"] {
  const { host, url, image } = target;
  const limits = { cpu: target.limits?.cpu ?? null, memory: target.limits?.memory ?? null };
  const needsContainer =
    image !== undefined || target.limits !== undefined || faults.some((fault) => definitionOf(fault).containerOnly);
  return {
    ...target,
    host: host === "auto" && needsContainer ? "container" : host,
    url,
    image,
    limits,
    external: target.external ?? {},
  };
}

/** The resolved form of a scenario in which everything goes together. */
export function resolveScenario(
  input: ScenarioInput,
  faults: readonly FaultSpec[],
  expect: readonly Expectation[],
): Scenario {
  const { name, question, target, load, workers, phases, seed, runs } = input;
  const fail = typeof workers.fail === "number" ? { transient: workers.fail, poison: 0 } : workers.fail;
  return {
    name,
    question,
    target: resolveTarget(target, faults),
    load: resolveLoad(load, phases),
    workers: { ...workers, fail, command: workers.command },
    phases,
    faults,
    expect,
    seed,
    runs,
  };
}
