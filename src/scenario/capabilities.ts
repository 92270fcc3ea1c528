import { definitionOf } from "../faults/index.js";
import type { Finding } from "../input/problems.js";
import type { Driver, Traits } from "../spi/driver.js";
import { checkBrokerUrl } from "./broker-url.js";
import type { Scenario } from "./scenario.js";

/** What the scenario asks of its driver that it can't do with these options and settings. */
export function checkCapabilities(scenario: Scenario, driver: Driver, traits: Traits): Finding[] {
  return [
    ...nodeFindings(scenario, driver, traits),
    ...faultFindings(scenario, driver, traits),
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

function faultFindings({ faults, target }: Scenario, driver: Driver, { can }: Traits): Finding[] {
  const place = { driver, can, host: target.host, hooks: target.external };
  return faults.flatMap((fault, index): Finding[] => {
    const finding = definitionOf(fault).refused(fault, place);
    return finding ? [{ ...finding, path: ["faults", index, ...(finding.path ?? [])] }] : [];
  });
}

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
