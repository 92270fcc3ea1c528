import { descendantsOf, signal } from "../os/processes.js";
import type { FaultSpec, ProcessFault } from "../scenario/scenario.js";
import type { Inject, Injection } from "../spi/fault.js";
import type { AgentTarget, FaultContext } from "./context.js";

type Spec = FaultSpec & ProcessFault;

/** Breaks producer or worker processes: crash, hang, slow handlers, blocked event loop. */
export const injectProcessFault: Inject<Spec, FaultContext> = async (spec, context) => {
  const targets = chooseTargets(spec, context);
  const names = targets.map((slot) => slot.name).join(", ");
  switch (spec.action) {
    case "kill":
      return kill(spec, targets, context);
    case "hang":
      for (const slot of targets) slot.process.signal("SIGSTOP");
      return {
        description: `SIGSTOP of ${names}`,
        heal: async () => targets.forEach((slot) => void slot.process.signal("SIGCONT")),
      };
    case "slow":
      for (const slot of targets) slot.process.send({ type: "slow", byMs: spec.by });
      return {
        description: `handlers of ${names} slowed by ${spec.by} ms`,
        heal: async () => targets.forEach((slot) => void slot.process.send({ type: "slow", byMs: 0 })),
      };
    case "block":
      for (const slot of targets) slot.process.send({ type: "block", forMs: spec.for });
      // The event loop frees itself; the heal only marks the time.
      return { description: `event loop of ${names} blocked for ${spec.for} ms`, heal: async () => {} };
  }
};

async function kill(spec: Spec, targets: readonly AgentTarget[], { agents }: FaultContext): Promise<Injection> {
  const victims = targets.map((slot) => ({ slot, incarnation: slot.incarnation, pids: pidsInScope(spec, slot) }));
  for (const { slot } of victims) slot.process.doomed = true;
  for (const { pids } of victims) for (const pid of pids) signal(pid, "SIGKILL");
  if (spec.scope !== "child") await Promise.all(targets.map((slot) => slot.process.exited));
  const all = victims.flatMap(({ pids }) => pids);
  const scope = spec.scope === "process" ? "" : ` (${spec.scope}: ${all.length} processes)`;
  return {
    description: `SIGKILL of ${targets.map((slot) => slot.name).join(", ")}${scope}`,
    heal: async () => {
      if (spec.scope === "child") {
        // Its parent may live on, and is not havoq's to end any more.
        for (const { slot } of victims) slot.process.doomed = false;
        return;
      }
      await Promise.all(victims.map(({ slot, incarnation }) => agents.replaced(slot, incarnation)));
    },
  };
}

/** Children before their parent, so that none is missed when the parent's end makes it an orphan. */
function pidsInScope(spec: Spec, slot: AgentTarget): number[] {
  const { pid } = slot.process;
  if (spec.scope === "process") return [pid];
  const children = descendantsOf(pid).reverse();
  return spec.scope === "child" ? children : [...children, pid];
}

function chooseTargets(spec: Spec, { agents, random }: FaultContext): AgentTarget[] {
  const live = agents.of(spec.kind).filter((slot) => slot.process.exit === null);
  if (live.length === 0) throw new Error(`no ${spec.kind} runs that could be hit`);
  if (spec.which === "all") return live;
  const index = spec.which === "random" ? Math.floor(random() * live.length) : spec.which;
  const chosen = spec.which === "random" ? live[index] : live.find((slot) => slot.index === index);
  if (!chosen) throw new Error(`${spec.kind} ${spec.which} does not run`);
  return [chosen];
}
