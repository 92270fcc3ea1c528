import { duration } from "../input/leaves.js";
import { descendantsOf, freezeTree, signal, thawTree } from "../os/processes.js";
import type { Injection } from "../spi/fault.js";
import { isFramework } from "../spi/framework.js";
import { within } from "../time.js";
import { ms } from "../units.js";
import { killBroker, stopBroker } from "./broker.js";
import type { AgentTarget, FaultContext } from "./context.js";
import { defineFault, type FaultFinding, type Place, type SharedKeys } from "./definition.js";
import type { Lasting, ProcessFault } from "./spec.js";

type Spec = Lasting<ProcessFault>;

/** A blocked event loop answers this long after its time at the latest. */
const FREED_WITHIN_MS = 10_000;

/** What is special about one way to break producers or workers. */
interface Way<Verb extends ProcessFault["action"], Target extends ProcessFault["kind"]> {
  readonly verb: Verb;
  readonly targets: readonly Target[];
  readonly summary: string;
  readonly shared: readonly (keyof SharedKeys)[];
  readonly lasts: boolean;
  inject(targets: readonly AgentTarget[], spec: Spec, context: FaultContext): Promise<Injection>;
}

/** What the ways to break processes have in common: what they need, and how the processes are chosen. */
function processFault<const Verb extends ProcessFault["action"], const Target extends ProcessFault["kind"]>({
  inject,
  ...way
}: Way<Verb, Target>) {
  return defineFault({
    ...way,
    own: {},
    resolve: (kind, { which, scope }): ProcessFault => ({ kind, action: way.verb, which, scope, by: ms(0) }),
    refused,
    inject: async (spec: Spec, context) => inject(chooseTargets(spec, context), spec, context),
  });
}

/** SIGKILL of workers, of their children, or of both. */
export const killWorker = processFault({
  verb: "kill",
  targets: ["worker"],
  summary: killBroker.summary,
  shared: ["which", "scope"],
  lasts: false,
  inject: kill,
});

/** SIGKILL of producers. */
export const killProducer = processFault({
  verb: "kill",
  targets: ["producer"],
  summary: killBroker.summary,
  shared: ["which"],
  lasts: false,
  inject: kill,
});

/** Between SIGTERM and SIGKILL; that of Kubernetes. */
const DEFAULT_GRACE = ms(30_000);

/** SIGTERM as a deployment sends it: time to end what runs, and then SIGKILL. */
export const stopWorker = defineFault({
  ...processFault({
    verb: "stop",
    targets: ["worker"],
    summary: stopBroker.summary,
    shared: ["which"],
    lasts: false,
    inject: stop,
  }),
  own: { grace: duration().optional().describe("Time that `stop: worker` leaves before it kills; 30s.") },
  resolve: (kind, { which, scope, grace }): ProcessFault => ({
    ...{ kind, action: "stop", which, scope, by: ms(0) },
    grace: grace ?? DEFAULT_GRACE,
  }),
});

/** SIGSTOP of a process and all that it started. */
export const hang = processFault({
  verb: "hang",
  targets: ["worker", "producer"],
  summary: "SIGSTOP until the heal: the process is there and does nothing.",
  shared: ["which", "for"],
  lasts: true,
  async inject(targets) {
    const hung = targets.map(({ process }) => process);
    const trees = await Promise.all(hung.map(({ mainPid }) => freezeTree(mainPid)));
    const count = trees.flat().length;
    return {
      description: `SIGSTOP of ${namesOf(targets)}${count > targets.length ? ` (${count} processes)` : ""}`,
      heal: async () => {
        await Promise.all(hung.filter(({ exit }) => exit === null).map(({ mainPid }) => thawTree(mainPid)));
      },
    };
  },
});

/** Longer handling times, by the agent itself. */
export const slow = defineFault({
  ...processFault({
    verb: "slow",
    targets: ["worker"],
    summary: "Adds `by` to each handling time until the heal.",
    shared: ["which", "for"],
    lasts: true,
    async inject(targets, { by }) {
      // A process that replaces one of these is not slow.
      const slowed = targets.map(({ process }) => process);
      await Promise.all(slowed.map((process) => process.obey({ type: "slow", byMs: by })));
      return {
        description: `handlers of ${namesOf(targets)} slowed by ${by} ms`,
        heal: async () => {
          const alive = slowed.filter(({ exit }) => exit === null);
          await Promise.all(alive.map((process) => process.obey({ type: "slow", byMs: 0 })));
        },
      };
    },
  }),
  own: { by: duration().optional().describe("What `slow: worker` adds to each handling time.") },
  required: ["by"],
  check: (written) =>
    Object.hasOwn(written, "by")
      ? []
      : [
          {
            path: ["by"],
            message: 'missing; expected a duration such as "5ms"',
            hint: "write what is added to each handling time, such as `by: 50ms`",
          },
        ],
  resolve: (kind, { which, scope, by }): ProcessFault => ({ kind, action: "slow", which, scope, by: by ?? ms(0) }),
});

/** A busy event loop, by the agent itself; it frees itself, and says so. */
export const block = defineFault({
  ...processFault({
    verb: "block",
    targets: ["worker"],
    summary: "Keeps the event loop busy until the heal, so that no heartbeat is sent.",
    shared: ["which", "for"],
    lasts: true,
    async inject(targets, spec) {
      await Promise.all(targets.map(({ process }) => process.obey({ type: "block", forMs: spec.for })));
      const freed = targets.map(({ process }) => process.answered("block", spec.for + FREED_WITHIN_MS));
      // Awaited at the heal; until then a failure is nobody's.
      for (const one of freed) one.catch(() => {});
      return {
        description: `event loop of ${namesOf(targets)} blocked for ${spec.for} ms`,
        heal: async () => void (await Promise.all(freed)),
      };
    },
  }),
  refused: (fault: ProcessFault, place) => {
    if (!isFramework(place.driver)) return refused(fault, place);
    const message = `the worker is ${place.driver.runtime.name}'s own: nothing can be made to block in it`;
    return { message, hint: "write hang, which stops all of its processes" };
  },
});

async function kill(targets: readonly AgentTarget[], spec: Spec, { agents }: FaultContext): Promise<Injection> {
  const victims = targets.map((slot) => ({ slot, incarnation: slot.incarnation, pids: pidsInScope(spec, slot) }));
  for (const { slot } of victims) slot.process.doomed = true;
  for (const { pids } of victims) for (const pid of pids) signal(pid, "SIGKILL");
  if (spec.scope !== "child") await Promise.all(targets.map((slot) => slot.process.exited));
  const all = victims.flatMap(({ pids }) => pids);
  const scope = spec.scope === "process" ? "" : ` (${spec.scope}: ${all.length} processes)`;
  return {
    description: `SIGKILL of ${namesOf(targets)}${scope}`,
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

async function stop(targets: readonly AgentTarget[], spec: Spec, { agents }: FaultContext): Promise<Injection> {
  const graceMs = spec.grace ?? DEFAULT_GRACE;
  const begin = performance.now();
  const asked = targets.map((slot) => ({ slot, incarnation: slot.incarnation }));
  const late = await Promise.all(
    asked.map(async ({ slot: { name, process } }) => {
      process.doomed = true;
      signal(process.mainPid, "SIGTERM");
      if (await within(graceMs, process.exited)) return [];
      for (const pid of [process.mainPid, ...descendantsOf(process.mainPid)]) signal(pid, "SIGKILL");
      await process.exited;
      return [name];
    }),
  );
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  const killed = late.flat();
  const how =
    killed.length === 0
      ? `ended after ${seconds} s`
      : `SIGKILL of ${killed.join(", ")} after its grace of ${graceMs / 1000} s`;
  return {
    description: `SIGTERM of ${namesOf(targets)}: ${how}`,
    heal: async () => {
      await Promise.all(asked.map(({ slot, incarnation }) => agents.replaced(slot, incarnation)));
    },
  };
}

const namesOf = (targets: readonly AgentTarget[]): string => targets.map(({ name }) => name).join(", ");

/** Children before their parent, so that none is missed when the parent's end makes it an orphan. */
function pidsInScope(spec: Spec, slot: AgentTarget): number[] {
  const { mainPid } = slot.process;
  if (spec.scope === "process") return [mainPid];
  const children = descendantsOf(mainPid).reverse();
  return spec.scope === "child" ? children : [...children, mainPid];
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

function refused({ action }: ProcessFault, { driver, can }: Place): FaultFinding | null {
  if (can.processes) return null;
  const where = `driver ${driver.name} runs producers and workers in one process with the queue`;
  return { message: `${where}; there is none to ${action}` };
}
