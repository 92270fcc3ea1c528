import { createInterface } from "node:readline";
import { AGENT_FAULTS } from "../faults/context.js";
import { NS_PER_MS } from "../units.js";
import { Agent, type System } from "./agent.js";
import { monotonicNs } from "./clock.js";
import { describeError } from "./error-texts.js";
import { type ConfigureMessage, PROTOCOL_VERSION, type ToAgent } from "./protocol.js";
import { fatal, say } from "./say.js";

/** Finds what an agent speaks to its broker with, once it is told what it is to do. */
export type OpenSystem = (configure: ConfigureMessage) => Promise<System>;

/** Obeys havoq over stdin and stdout until it is told to stop; the process ends then. */
export function runAgent(openSystem: OpenSystem): void {
  const loop = new Loop(openSystem);
  // Messages are obeyed one after the other; `stop` must not overtake a `start` that still connects.
  let queue = Promise.resolve();
  const then = (act: () => Promise<void> | void) => {
    queue = queue.then(act).catch(fatal);
  };
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => then(() => loop.obey(JSON.parse(line) as ToAgent)));
  // The pipe ends with havoq, however havoq ended: an agent never outlives it.
  lines.on("close", () => {
    loop.agent?.abandon();
    process.exit(0);
  });
  // As a deployment asks: what runs is ended first. The exit tells whoever sent it that it was heard.
  process.once("SIGTERM", () => then(() => loop.goodbye(() => process.kill(process.pid, "SIGTERM"))));
  process.on("uncaughtException", (error) => crash(loop.agent, error));
  process.on("unhandledRejection", (error) => crash(loop.agent, error));
  process.on("SIGINT", () => {});
  say({ type: "hello", protocol: PROTOCOL_VERSION, obeys: [...AGENT_FAULTS] });
}

class Loop {
  agent: Agent | null = null;

  constructor(private readonly openSystem: OpenSystem) {}

  async obey(message: ToAgent): Promise<void> {
    switch (message.type) {
      case "configure":
        this.agent = new Agent(message, await this.openSystem(message));
        return this.agent.connect();
      case "start":
        return this.agent?.start(BigInt(message.epochNs));
      case "slow":
        this.agent?.slow(message.byMs);
        return say({ type: "obeyed", fault: "slow" });
      case "block":
        // A pipe takes it at once: havoq hears of it before the event loop stands still.
        say({ type: "obeyed", fault: "block" });
        blockEventLoop(message.forMs);
        return say({ type: "obeyed", fault: "block" });
      case "stop":
        return this.goodbye(() => process.exit(0));
    }
  }

  /** Ends in good order. */
  async goodbye(exit: () => void): Promise<void> {
    await this.agent?.stop();
    say({ type: "bye", ...this.agent?.stats() });
    process.stdout.write("", exit);
  }
}

/** Keeps the event loop from turning, as a handler that computes would. */
function blockEventLoop(forMs: number): void {
  const until = monotonicNs() + BigInt(Math.round(forMs * NS_PER_MS));
  while (monotonicNs() < until);
}

/**
 * What nobody caught comes from a client library, and would end a process of the user's own as well: so it ends this one,
 * which is then replaced as after any crash.
 */
function crash(agent: Agent | null, error: unknown): void {
  if (!agent?.started) fatal(error);
  console.error(error);
  agent.onClientError(new Error(`the process was ended by an error that nobody caught: ${describeError(error)}`));
  say({ type: "stats", ...agent.stats() });
  process.exit(1);
}
