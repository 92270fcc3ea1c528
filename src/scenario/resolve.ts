import { ms } from "../units.js";
import type { FaultInput } from "./fault-schema.js";
import type { ScenarioInput } from "./input-schema.js";
import { resolveLoad } from "./resolve-load.js";
import type { BrokerFault, Expectation, FaultSpec, NetworkFault, ProcessFault, Scenario } from "./scenario.js";

/** The resolved form of a fault whose keys go together; `undefined` when it does nothing. */
export function resolveFault(fault: FaultInput, id: string): FaultSpec | undefined {
  const what = networkFault(fault) ?? brokerFault(fault) ?? processFault(fault);
  if (what === undefined) return undefined;
  const repeat = fault.repeat ?? { times: 1, every: ms(0) };
  return { ...what, id, at: fault.at, for: fault.for ?? ms(0), repeat };
}

function networkFault(fault: FaultInput): NetworkFault | undefined {
  if (fault.network === undefined) return undefined;
  return {
    kind: "network",
    side: fault.network,
    direction: fault.direction,
    latency: fault.latency ?? ms(0),
    jitter: fault.jitter ?? ms(0),
    bandwidth: fault.bandwidth ?? null,
    partition: fault.partition ?? false,
    reset: fault.reset ?? false,
    cut: fault.cut ?? null,
    slowClose: fault.slowClose ?? null,
  };
}

function brokerFault({ kill, stop, restart, pause, node: named }: FaultInput): BrokerFault | undefined {
  const node = named ?? null;
  if (kill === "broker") return { kind: "broker", action: "kill", node };
  if (stop !== undefined) return { kind: "broker", action: "stop", node };
  if (restart !== undefined) return { kind: "broker", action: "restart", node };
  return pause === undefined ? undefined : { kind: "broker", action: "pause", node };
}

function processFault(fault: FaultInput): ProcessFault | undefined {
  const { kill, hang, slow, block, which, scope } = fault;
  const by = fault.by ?? ms(0);
  if (kill !== undefined && kill !== "broker") return { kind: kill, action: "kill", which, scope, by };
  if (hang !== undefined) return { kind: hang, action: "hang", which, scope, by };
  if (slow !== undefined) return { kind: slow, action: "slow", which, scope, by };
  return block === undefined ? undefined : { kind: block, action: "block", which, scope, by };
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
    target: { ...target, url: target.url },
    load: resolveLoad(load, phases),
    workers: { ...workers, fail, command: workers.command },
    phases,
    faults,
    expect,
    seed,
    runs,
  };
}
