import type { Breakable } from "../hosts/broker.js";
import type { BrokerFault, FaultSpec } from "../scenario/scenario.js";
import type { Inject } from "../spi/fault.js";
import type { FaultContext } from "./context.js";

type Spec = FaultSpec & BrokerFault;

/** Breaks the broker or one node of it: SIGKILL, SIGTERM or SIGSTOP; the heal starts it on the same port and data. */
export const injectBrokerFault: Inject<Spec, FaultContext> = async (spec, context) => {
  const { target, name } = await findTarget(spec, context);
  const what = `${name} (pid ${target.pid})`;
  switch (spec.action) {
    case "kill":
      await target.kill();
      return { description: `SIGKILL of ${what}`, heal: () => target.start() };
    case "stop":
    case "restart":
      await target.stop();
      return { description: `SIGTERM of ${what}`, heal: () => target.start() };
    case "pause":
      await target.pause();
      return { description: `SIGSTOP of ${what}`, heal: () => target.resume() };
  }
};

/** All of the broker, or the node that the fault names by its name or by its role of the moment. */
async function findTarget(
  { node }: Spec,
  { broker, admin }: FaultContext,
): Promise<{ target: Breakable; name: string }> {
  if (!broker) throw new Error("this run has no broker process to break");
  if (node === null) return { target: broker, name: "the broker" };
  const named = broker.nodes.get(node);
  if (named) return { target: named, name: `broker node ${node}` };
  const holder = await admin.nodeInRole?.(node);
  const target = holder === undefined ? undefined : broker.nodes.get(holder);
  if (!target) throw new Error(`the broker has no node that is ${node}`);
  return { target, name: `the ${node}, broker node ${holder}` };
}
