import type { Driver, Traits } from "../spi/driver.js";
import { checkBrokerUrl } from "./broker-url.js";
import type { Finding, Path } from "./problems.js";
import { needsContainerHost } from "./resolve.js";
import type { BrokerFault, FaultSpec, HookName, Scenario } from "./scenario.js";

/** What the scenario asks of its driver that it can't do with these options and settings. */
export function checkCapabilities(scenario: Scenario, driver: Driver, traits: Traits): Finding[] {
  return [
    ...nodeFindings(scenario, driver, traits),
    ...scenario.faults.flatMap((_, index) => faultFindings(scenario, driver, traits, index)),
    ...(traits.can.processes ? [] : inProcessFindings(scenario, driver)),
  ];
}

/** Attributes that the scenario gives to messages, and the system does not honour. */
export function checkAttributes({ load }: Scenario, { name }: Driver, { honours }: Traits): Finding[] {
  const { keys, priorities } = honours ?? {};
  const refused = (what: "keys" | "priorities", how: string | number | true | undefined): Finding => {
    const hint = typeof how === "string" ? how : `leave load.${what} out, or choose a driver that has them`;
    return { path: ["load", what], part: "key", message: `driver ${name} has no ${what} with these options`, hint };
  };
  const findings: Finding[] = [];
  if (load.keys && keys !== true) findings.push(refused("keys", keys));
  if (load.priorities && typeof priorities !== "number") findings.push(refused("priorities", priorities));
  for (const [index, { priority }] of (load.priorities ?? []).entries()) {
    if (typeof priorities !== "number" || priority <= priorities) continue;
    const message = `the highest priority with these options is ${priorities}, got ${priority}`;
    findings.push({ path: ["load", "priorities", index, "priority"], message });
  }
  return findings;
}

/** What the scenario asks of its host that the driver's broker can't be run on. */
export function checkHost({ target }: Scenario, { name, broker }: Driver): Finding[] {
  const path = ["target", "host"];
  if (target.host === "external") {
    if (!broker) return [{ path, message: `driver ${name} has no broker to reach`, hint: "leave target.host out" }];
    if (target.url === undefined)
      return [{ path, message: "host external needs target.url", hint: 'such as url: "redis://127.0.0.1:6379"' }];
    const rules = broker.server.url;
    const url = rules && checkBrokerUrl(target.url, rules);
    return url?.ok === false ? [{ path: ["target", "url"], message: url.message, hint: url.hint }] : [];
  }
  if (target.url !== undefined)
    return [{ path: ["target", "url"], message: `url goes with host: external, got host: ${target.host}` }];
  if (!broker || target.host === "auto") return [];
  const hosts = [...(broker.process?.hosts ?? []), ...(broker.container ? (["container"] as const) : [])];
  if (hosts.some((host) => host === target.host)) return [];
  return [{ path, message: `driver ${name} runs on ${[...hosts, "external"].join(", ")}, not on ${target.host}` }];
}

/** What a broker of one node can't do, and what one of several can't. */
function nodeFindings({ faults, target }: Scenario, { name, broker }: Driver, { can }: Traits): Finding[] {
  const settings = broker?.settings.safeParse(target.broker);
  if (!broker || !settings?.success) return [];
  const nodes = broker.server.cluster?.nodes(settings.data) ?? [];
  if (nodes.length > 1 && target.host === "container") {
    const message = `with these settings the broker has ${nodes.length} nodes, which run as processes only`;
    return [{ path: ["target", "host"], message, hint: "write host: local" }];
  }
  const known = nodes.length > 1 ? [...nodes, ...(can.nodeRoles ?? [])] : [];
  return faults.flatMap((fault, index): Finding[] => {
    if (fault.kind === "network" && nodes.length > 1) {
      const hint = "network faults need a broker of one node";
      return [{ path: ["faults", index], message: `driver ${name}: clients reach several nodes past the proxy`, hint }];
    }
    if (fault.kind !== "broker" || fault.node === null || known.includes(fault.node)) return [];
    const message = `the broker has no node "${fault.node}"`;
    const hint = known.length === 0 ? "with these settings it is one process" : `one of ${known.join(", ")}`;
    return [{ path: ["faults", index, "node"], message, hint }];
  });
}

function faultFindings(
  { faults, target }: Scenario,
  { name, broker }: Driver,
  { can }: Traits,
  index: number,
): Finding[] {
  const fault = faults[index];
  if (!fault) return [];
  const path = ["faults", index];
  if (fault.kind === "broker" && !broker)
    return [{ path, message: `driver ${name} has no broker process to ${fault.action}` }];
  if (fault.kind === "broker" && target.host === "external") return externalFindings(fault, target, path);
  if (needsContainerHost(fault) && target.host !== "container") {
    const message = `only a broker in a container can suffer a ${brokerAction(fault)}`;
    return [{ path, message, hint: "write host: container, or leave it out" }];
  }
  if (fault.kind === "hold" && !can.holds?.includes(fault.what)) {
    return [{ path, message: `driver ${name} has no ${fault.what} that could be held open` }];
  }
  if (fault.kind === "network" && !can.network) {
    return [{ path, message: `driver ${name} has no network path to break` }];
  }
  if (fault.kind === "network" && target.host === "external" && broker?.server.advertises) {
    const hint = "network faults need a broker that havoq starts";
    return [{ path, message: `driver ${name}: an external broker leads its clients past the proxy`, hint }];
  }
  if ((fault.kind === "worker" || fault.kind === "producer") && !can.processes) {
    return [
      {
        path,
        message: `driver ${name} runs producers and workers in one process with the queue; there is none to ${fault.action}`,
      },
    ];
  }
  return [];
}

/** Which hooks a fault needs, the one that heals it last. */
const HOOKS_OF: Readonly<Record<BrokerFault["action"], readonly HookName[] | null>> = {
  kill: ["kill", "start"],
  stop: ["stop", "start"],
  restart: ["stop", "start"],
  pause: ["pause", "resume"],
  limit: null,
  disconnect: null,
};

/** An external broker is broken by the user's own commands. */
function externalFindings(fault: BrokerFault, { external }: Scenario["target"], path: Path): Finding[] {
  const needed = HOOKS_OF[fault.action];
  if (needed === null || fault.disk === "lost") {
    const what = needed === null ? fault.action : "lose the disk of";
    const hint = "network and worker faults work there";
    return [{ path, message: `havoq can't ${what} an external broker`, hint }];
  }
  const lacking = needed.filter((name) => external[name] === undefined);
  if (lacking.length === 0) return [];
  const example = needed.map((name) => `${name}: "..."`).join(", ");
  const message = `havoq can't ${fault.action} an external broker by itself: target.external lacks ${lacking.join(" and ")}`;
  return [{ path, message, hint: `write commands that do it: external: { ${example} }` }];
}

const brokerAction = (fault: FaultSpec) => (fault.kind === "broker" ? fault.action : fault.kind);

function inProcessFindings({ load, workers }: Scenario, { name }: Driver): Finding[] {
  const one = `driver ${name} runs in one process`;
  return [
    ...(load.producers > 1
      ? [{ path: ["load", "producers"], message: `${one}: 1 producer, got ${load.producers}` }]
      : []),
    ...(workers.processes > 1
      ? [{ path: ["workers", "processes"], message: `${one}: 1 worker, got ${workers.processes}` }]
      : []),
    ...(workers.command ? [{ path: ["workers", "command"], message: `${one}: it can't use another worker` }] : []),
  ];
}
