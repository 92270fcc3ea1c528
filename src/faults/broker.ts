import { formatBytes } from "../format.js";
import { limits } from "../input/leaves.js";
import { isMap } from "../input/parsed.js";
import type { Limits } from "../spi/broker.js";
import type { Injection } from "../spi/fault.js";
import type { Breakable, FaultContext } from "./context.js";
import { defineFault, type FaultFinding, type HookName, type Place, type SharedKeys } from "./definition.js";
import type { BrokerFault, Lasting } from "./spec.js";

type Spec = Lasting<BrokerFault>;

/** Part of the broker, or all of it, and what a person calls it. */
interface Victim {
  readonly target: Breakable;
  readonly what: string;
}

/** What is special about one way to break a broker. */
interface Way<Verb extends BrokerFault["action"]> {
  readonly verb: Verb;
  readonly summary: string;
  readonly shared: readonly (keyof SharedKeys)[];
  readonly lasts: boolean;
  /** The user's commands that do it to an external broker, the one that heals it last; `null` where none can. */
  readonly hooks: readonly HookName[] | null;
  inject(victim: Victim, spec: Spec): Promise<Injection>;
}

/** What the ways to break a broker have in common: what they need, and that they hit all of it or one node. */
function brokerFault<Verb extends BrokerFault["action"]>({ hooks, inject, ...way }: Way<Verb>) {
  return defineFault({
    ...way,
    targets: ["broker"],
    own: {},
    containerOnly: hooks === null,
    resolve: (_, { node, disk }): BrokerFault => ({
      kind: "broker",
      action: way.verb,
      node: node ?? null,
      disk,
      limits: { cpu: null, memory: null },
    }),
    refused: (fault, place) => refused(fault, place, hooks),
    inject: async (spec, context) => inject(await victimOf(spec, context), spec),
  });
}

/** SIGKILL. */
export const killBroker = brokerFault({
  verb: "kill",
  summary: "SIGKILL. A broker is started again after `for`, a worker after `workers.restart`.",
  shared: ["for", "node", "disk"],
  lasts: false,
  hooks: ["kill", "start"],
  async inject(victim, spec) {
    await victim.target.kill();
    return down("SIGKILL", "kill", victim, spec);
  },
});

/** SIGTERM, and a downtime. */
export const stopBroker = brokerFault({
  verb: "stop",
  summary: "SIGTERM, and started again after `for`.",
  shared: ["for", "node", "disk"],
  lasts: false,
  hooks: ["stop", "start"],
  inject: terminate,
});

/** SIGTERM, and up again. */
export const restartBroker = brokerFault({
  verb: "restart",
  summary: "SIGTERM, and started again at once.",
  shared: ["node", "disk"],
  lasts: false,
  hooks: ["stop", "start"],
  inject: terminate,
});

/** SIGSTOP. */
export const pauseBroker = brokerFault({
  verb: "pause",
  summary: "SIGSTOP until the heal: everything stands still, nothing is lost.",
  shared: ["for", "node"],
  lasts: true,
  hooks: ["pause", "resume"],
  async inject(victim) {
    await victim.target.pause();
    return { description: said("SIGSTOP", "pause", victim), heal: () => victim.target.resume() };
  },
});

/** Less CPU or memory. */
export const limitBroker = defineFault({
  ...brokerFault({
    verb: "limit",
    summary: "Less CPU (cores) or memory for the broker until the heal, such as { cpu: 0.2 }; in a container only.",
    shared: ["for", "node"],
    lasts: true,
    hooks: null,
    async inject({ target, what }, spec) {
      await able(target.limit?.bind(target), "limit")(spec.limits);
      return { description: `${limitsText(spec.limits)} for ${what}`, heal: async () => target.limit?.(null) };
    },
  }),
  value: limits(),
  check: ({ limit }) =>
    isMap(limit) && Object.keys(limit).length === 0
      ? [
          {
            path: ["limit"],
            message: "missing; expected a limit of cpu or memory",
            hint: "such as `limit: { cpu: 0.2 }`",
          },
        ]
      : [],
  resolve: ({ cpu, memory }, { node, disk }): BrokerFault => ({
    kind: "broker",
    action: "limit",
    node: node ?? null,
    disk,
    limits: { cpu: cpu ?? null, memory: memory ?? null },
  }),
});

/** Off its network. */
export const disconnectBroker = brokerFault({
  verb: "disconnect",
  summary: "Takes the broker off its network until the heal; in a container only.",
  shared: ["for", "node"],
  lasts: true,
  hooks: null,
  async inject({ target, what }) {
    await able(target.disconnect?.bind(target), "disconnect")();
    return { description: `${what} off the network`, heal: async () => target.reconnect?.() };
  },
});

async function terminate(victim: Victim, spec: Spec): Promise<Injection> {
  await victim.target.stop();
  return down("SIGTERM", "stop", victim, spec);
}

async function down(signal: string, hook: HookName, victim: Victim, { disk }: Spec): Promise<Injection> {
  const { target } = victim;
  if (disk === "lost") await target.loseDisk();
  const alive = (await target.answers?.()) ?? false;
  const description = said(signal, hook, victim);
  return {
    description: disk === "lost" ? `${description}, its disk lost` : description,
    heal: () => target.start(),
    ...(alive && { doubt: "the broker still answers" }),
  };
}

const said = (signal: string, hook: HookName, { target, what }: Victim): string =>
  target.answers ? `ran target.external.${hook}` : `${signal} of ${what}`;

function able<Act>(act: Act | undefined, name: string): Act {
  if (act === undefined) throw new Error(`this host can't ${name} a broker`);
  return act;
}

function limitsText({ cpu, memory }: Limits): string {
  const parts = [
    ...(cpu === null ? [] : [`${cpu} cores`]),
    ...(memory === null ? [] : [`${formatBytes(memory)} of memory`]),
  ];
  return `limit of ${parts.join(" and ")}`;
}

/** All of the broker, or the node that the fault names by its name or by its role of the moment. */
async function victimOf({ node }: Spec, { broker, admin }: FaultContext): Promise<Victim> {
  const found = (target: Breakable, name: string) => ({
    target,
    what: target.pid === null ? name : `${name} (pid ${target.pid})`,
  });
  if (!broker) throw new Error("this run has no broker process to break");
  const [only, second] = [...broker.nodes.values()];
  if (node === null) return found(only && !second ? only : broker, "the broker");
  const named = broker.nodes.get(node);
  if (named) return found(named, `broker node ${node}`);
  const holder = await admin.abilities?.nodeInRole?.(node);
  const target = holder === undefined ? undefined : broker.nodes.get(holder);
  if (!target) throw new Error(`the broker has no node that is ${node}`);
  return found(target, `the ${node}, broker node ${holder}`);
}

function refused(fault: BrokerFault, { driver, host, hooks }: Place, needed: readonly HookName[] | null) {
  const { action } = fault;
  if (!driver.broker) return { message: `driver ${driver.name} has no broker process to ${action}` };
  if (host === "external") return refusedOutside(fault, hooks, needed);
  if (needed !== null || host === "container") return null;
  const message = `only a broker in a container can suffer a ${action}`;
  return { message, hint: "write host: container, or leave it out" };
}

/** An external broker is broken by the user's own commands. */
function refusedOutside(
  { action, disk }: BrokerFault,
  hooks: Place["hooks"],
  needed: readonly HookName[] | null,
): FaultFinding | null {
  if (needed === null || disk === "lost") {
    const what = needed === null ? action : "lose the disk of";
    return { message: `havoq can't ${what} an external broker`, hint: "network and worker faults work there" };
  }
  const lacking = needed.filter((name) => hooks[name] === undefined);
  if (lacking.length === 0) return null;
  const example = needed.map((name) => `${name}: "..."`).join(", ");
  return {
    message: `havoq can't ${action} an external broker by itself: target.external lacks ${lacking.join(" and ")}`,
    hint: `write commands that do it: external: { ${example} }`,
  };
}
