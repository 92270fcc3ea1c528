import { descendantsOf, freezeTree, signal, thawTree } from "../os/processes.js";
import type { FaultSpec, ProcessFault } from "../scenario/scenario.js";
import type { Inject, Injection } from "../spi/fault.js";
import type { AgentTarget, FaultContext } from "./context.js";

type Spec = FaultSpec & ProcessFault;

/** A blocked event loop answers this long after its time at the latest. */
const FREED_WITHIN_MS = 10_000;

/** Breaks producer or worker processes: crash, hang, slow handlers, blocked event loop. */
export const injectProcessFault: Inject<Spec, FaultContext> = async (spec, context) => {
  const targets = chooseTargets(spec, context);
  const names = targets.map((slot) => slot.name).join(", ");
  switch (spec.action) {
    case "kill":
      return kill(spec, targets, context);
    case "hang":
      return hang(targets, names);
    case "slow":
      return slow(spec, targets, names);
    case "block":
      return block(spec, targets, names);
  }
};

async function hang(targets: readonly AgentTarget[], names: string): Promise<Injection> {
  const hung = targets.map(({ process }) => process);
  const trees = await Promise.all(hung.map(({ pid }) => freezeTree(pid)));
  const count = trees.flat().length;
  return {
    description: `SIGSTOP of ${names}${count > targets.length ? ` (${count} processes)` : ""}`,
    heal: async () => {
      await Promise.all(hung.filter(({ exit }) => exit === null).map(({ pid }) => thawTree(pid)));
    },
  };
}

async function slow({ by }: Spec, targets: readonly AgentTarget[], names: string): Promise<Injection> {
  // A process that replaces one of these is not slow.
  const slowed = targets.map(({ process }) => process);
  await Promise.all(slowed.map((process) => process.obey({ type: "slow", byMs: by })));
  return {
    description: `handlers of ${names} slowed by ${by} ms`,
    heal: async () => {
      const alive = slowed.filter(({ exit }) => exit === null);
      await Promise.all(alive.map((process) => process.obey({ type: "slow", byMs: 0 })));
    },
  };
}

/** The event loop frees itself, and says so. */
async function block(spec: Spec, targets: readonly AgentTarget[], names: string): Promise<Injection> {
  await Promise.all(targets.map(({ process }) => process.obey({ type: "block", forMs: spec.for })));
  const freed = targets.map(({ process }) => process.answered("block", spec.for + FREED_WITHIN_MS));
  // Awaited at the heal; until then a failure is nobody's.
  for (const one of freed) one.catch(() => {});
  return {
    description: `event loop of ${names} blocked for ${spec.for} ms`,
    heal: async () => void (await Promise.all(freed)),
  };
}

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
