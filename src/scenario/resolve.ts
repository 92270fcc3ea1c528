import type { Limits } from "../spi/broker.js";
import { ms } from "../units.js";
import type { FaultInput } from "./fault-schema.js";
import type { ScenarioInput } from "./input-schema.js";
import { resolveLoad } from "./resolve-load.js";
import type {
  BrokerFault,
  Expectation,
  FaultSpec,
  HoldFault,
  NetworkFault,
  ProcessFault,
  Scenario,
} from "./scenario.js";

/** The resolved form of a fault whose keys go together; `undefined` when it does nothing. */
export function resolveFault(fault: FaultInput, id: string): FaultSpec | undefined {
  const what = networkFault(fault) ?? brokerFault(fault) ?? processFault(fault) ?? holdFault(fault);
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

const BROKER_ACTIONS = ["kill", "stop", "restart", "pause", "limit", "disconnect"] as const;

function brokerFault(fault: FaultInput): BrokerFault | undefined {
  const action = BROKER_ACTIONS.find((verb) => (verb === "kill" ? fault.kill === "broker" : fault[verb] !== undefined));
  if (action === undefined) return undefined;
  return { kind: "broker", action, node: fault.node ?? null, disk: fault.disk, limits: limitsOf(fault.limit) };
}

const limitsOf = (limits: FaultInput["limit"]): Limits => ({
  cpu: limits?.cpu ?? null,
  memory: limits?.memory ?? null,
});

function processFault(fault: FaultInput): ProcessFault | undefined {
  const { kill, hang, slow, block, which, scope } = fault;
  const by = fault.by ?? ms(0);
  if (kill !== undefined && kill !== "broker") return { kind: kill, action: "kill", which, scope, by };
  if (hang !== undefined) return { kind: hang, action: "hang", which, scope, by };
  if (slow !== undefined) return { kind: slow, action: "slow", which, scope, by };
  return block === undefined ? undefined : { kind: block, action: "block", which, scope, by };
}

function holdFault({ hold }: FaultInput): HoldFault | undefined {
  return hold === undefined ? undefined : { kind: "hold", what: hold };
}

/** What only a container can do decides `auto`. */
function resolveTarget(target: ScenarioInput["target"], faults: readonly FaultSpec[]): Scenario["target"] {
  const { host, url, image } = target;
  const limits = limitsOf(target.limits);
  const needsContainer = image !== undefined || target.limits !== undefined || faults.some(needsContainerHost);
  return {
    ...target,
    host: host === "auto" && needsContainer ? "container" : host,
    url,
    image,
    limits,
    external: target.external ?? {},
  };
}

/** Whether a fault is one that only a container can suffer. */
export function needsContainerHost(fault: FaultSpec): boolean {
  return fault.kind === "broker" && (fault.action === "limit" || fault.action === "disconnect");
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
