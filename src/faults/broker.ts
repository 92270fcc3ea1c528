import type { Breakable } from "../hosts/broker.js";
import { formatBytes } from "../result/format.js";
import type { BrokerFault, FaultSpec } from "../scenario/scenario.js";
import type { Limits } from "../spi/broker.js";
import type { Inject, Injection } from "../spi/fault.js";
import type { FaultContext } from "./context.js";

type Spec = FaultSpec & BrokerFault;

/** Breaks the broker or one node of it; the heal starts it on the same port and data, or lets it go on. */
export const injectBrokerFault: Inject<Spec, FaultContext> = async (spec, context) => {
  const { target, name } = await findTarget(spec, context);
  const what = target.pid === null ? name : `${name} (pid ${target.pid})`;
  const said = (signal: string, hook: string) =>
    target.answers ? `ran target.external.${hook}` : `${signal} of ${what}`;
  switch (spec.action) {
    case "kill":
      await target.kill();
      return down(said("SIGKILL", "kill"), spec, target);
    case "stop":
    case "restart":
      await target.stop();
      return down(said("SIGTERM", "stop"), spec, target);
    case "pause":
      await target.pause();
      return { description: said("SIGSTOP", "pause"), heal: () => target.resume() };
    case "limit":
      await able(target.limit?.bind(target), "limit")(spec.limits);
      return { description: `${limitsText(spec.limits)} for ${what}`, heal: async () => target.limit?.(null) };
    case "disconnect":
      await able(target.disconnect?.bind(target), "disconnect")();
      return { description: `${what} off the network`, heal: async () => target.reconnect?.() };
  }
};

async function down(description: string, { disk }: Spec, target: Breakable): Promise<Injection> {
  if (disk === "lost") await target.loseDisk();
  const alive = (await target.answers?.()) ?? false;
  return {
    description: disk === "lost" ? `${description}, its disk lost` : description,
    heal: () => target.start(),
    ...(alive && { doubt: "the broker still answers" }),
  };
}

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
async function findTarget(
  { node }: Spec,
  { broker, admin }: FaultContext,
): Promise<{ target: Breakable; name: string }> {
  if (!broker) throw new Error("this run has no broker process to break");
  const [only, second] = [...broker.nodes.values()];
  if (node === null) return { target: only && !second ? only : broker, name: "the broker" };
  const named = broker.nodes.get(node);
  if (named) return { target: named, name: `broker node ${node}` };
  const holder = await admin.abilities?.nodeInRole?.(node);
  const target = holder === undefined ? undefined : broker.nodes.get(holder);
  if (!target) throw new Error(`the broker has no node that is ${node}`);
  return { target, name: `the ${node}, broker node ${holder}` };
}
