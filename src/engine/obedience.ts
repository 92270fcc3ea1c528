import { join } from "node:path";
import { EnvironmentError } from "../errors.js";
import { AGENT_FAULTS } from "../faults/context.js";
import { whileGoingOn } from "../interruption.js";
import type { Scenario } from "../scenario/scenario.js";
import { AgentProcess } from "./agent-process.js";
import type { Scratch } from "./scratch.js";
import { workerCommandOf } from "./worker-command.js";

const isAgentFault = (action: string): boolean => AGENT_FAULTS.some((each) => each === action);

/** What a worker of the user's own is tried with. */
interface Request {
  readonly scenario: Scenario;
  readonly scratch: Scratch;
  readonly signal: AbortSignal;
}

/**
 * Starts a worker of the user's own for a moment, where a fault is one that it has to do to itself, and asks what it
 * obeys; throws `EnvironmentError` when that is not enough.
 */
export async function assertObedient({ scenario, scratch, signal }: Request): Promise<void> {
  const own = workerCommandOf(scenario);
  const asked = scenario.faults.flatMap((fault) =>
    fault.kind === "worker" && isAgentFault(fault.action) ? [{ id: fault.id, action: fault.action }] : [],
  );
  if (own === null || asked.length === 0) return;
  const agent = new AgentProcess({
    name: "worker",
    command: own.command,
    cwd: scratch.subdirectory("greeting"),
    env: { ...scratch.env, ...own.env },
    logFile: join(scratch.directory, "greeting.log"),
    onSpawn: (pid) => scratch.register(pid),
    onMessage: () => {},
    onEvent: () => {},
    onWrongWords: () => {},
    now: () => 0,
  });
  try {
    const obeys = await whileGoingOn(agent.greeting(), signal);
    const refused = asked.filter(({ action }) => !obeys.includes(action)).map(({ id, action }) => `${id} (${action})`);
    if (refused.length === 0) return;
    const hint = "an agent names the faults that it obeys in its hello: see docs/agent-protocol.md";
    throw new EnvironmentError(`the worker (${own.command.join(" ")}) does not obey ${refused.join(", ")}`, hint);
  } finally {
    agent.doomed = true;
    agent.signal("SIGKILL");
    await agent.exited;
  }
}
