/** An agent process: a producer or a worker (or, in-process driver, both), controlled over stdin and stdout. */

import { monitorEventLoopDelay } from "node:perf_hooks";
import { createInterface } from "node:readline";
import { loadDriver } from "../../drivers/index.js";
import { AGENT_FAULTS } from "../faults/context.js";
import type { Consumer, Delivery, Driver, Producer } from "../spi/driver.js";
import { NS_PER_MS } from "../units.js";
import { type Clock, clockSince, monotonicNs } from "./clock.js";
import { describeError, ErrorTexts } from "./error-texts.js";
import { type PartHost, ProducerPart } from "./producer-part.js";
import { type ConfigureMessage, type FromAgent, PROTOCOL_VERSION, type ToAgent } from "./protocol.js";
import { RefusedError, refusedBy } from "./refused-error.js";
import { WorkerPart } from "./worker-part.js";

const STATS_INTERVAL_MS = 500;
const LOOP_DELAY_RESOLUTION_MS = 10;

function say(message: FromAgent): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function fatal(error: unknown): never {
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  const hint = error instanceof RefusedError ? error.hint : undefined;
  say({ type: "fatal", text: describeError(error), ...(code && { code }), ...(hint && { hint }) });
  process.exit(3);
}

/**
 * What nobody caught comes from a client library, and would end a process of the user's own as well: so it ends this one,
 * which is then replaced as after any crash.
 */
function crash(error: unknown): void {
  if (!agent?.started) fatal(error);
  console.error(error);
  agent.onClientError(new Error(`the process was ended by an error that nobody caught: ${describeError(error)}`));
  say({ type: "stats", ...agent.stats() });
  process.exit(1);
}

/** The parts of an agent: connected by `configure`, at work from `start` to `stop`. */
class Agent {
  private producer: ProducerPart | null = null;
  private worker: WorkerPart | null = null;
  private client: Producer | null = null;
  private consumer: Consumer | null = null;
  private clock: Clock | null = null;
  private markStarted: ((worker: WorkerPart) => void) | null = null;
  private readonly workerStarted = new Promise<WorkerPart>((resolve) => {
    this.markStarted = resolve;
  });
  private readonly loopDelay = monitorEventLoopDelay({ resolution: LOOP_DELAY_RESOLUTION_MS });

  constructor(private readonly configure: ConfigureMessage) {}

  async connect(): Promise<void> {
    const driver = await loadDriver(this.configure.driver);
    await this.open(driver).catch((error: unknown) => {
      throw refusedBy(driver, error);
    });
    say({ type: "ready" });
  }

  private async open(driver: Driver): Promise<void> {
    const { runId, producer, worker } = this.configure;
    const options = driver.options.parse(this.configure.options);
    const clients = await driver.clients(options);
    const common = { runId, options, onClientError: this.onClientError };
    if (worker) {
      const { endpoint, workerId, concurrency } = worker;
      // A restarted worker finds messages waiting; they are held here until the clock is known.
      const deliver = async (delivery: Delivery) => (this.worker ?? (await this.workerStarted)).deliver(delivery);
      this.consumer = await clients.consumer({ ...common, endpoint, workerId, concurrency }, deliver);
    }
    if (producer) this.client = await clients.producer({ ...common, endpoint: producer.endpoint });
  }

  start(epochNs: bigint): void {
    const clock = clockSince(epochNs);
    this.clock = clock;
    const errors = new ErrorTexts((code, text) => say({ type: "errorText", code, text }));
    const host: PartHost = { clock, epochNs, errors, fatal };
    const { producer, worker } = this.configure;
    if (worker && this.consumer) {
      this.worker = new WorkerPart(this.configure, worker, this.consumer, host, this.onClientError);
      this.markStarted?.(this.worker);
    }
    if (producer && this.client) {
      this.producer = new ProducerPart(this.configure, producer, this.client, host);
      void this.producer.done.then(() => say({ type: "loadDone" }));
    }
    this.loopDelay.enable();
    setInterval(() => say({ type: "stats", ...this.stats() }), STATS_INTERVAL_MS);
  }

  get started(): boolean {
    return this.clock !== null;
  }

  readonly onClientError = (error: unknown) =>
    say({ type: "clientError", atNs: Math.max(0, Math.round(this.clock?.() ?? 0)), text: describeError(error) });

  stats() {
    const delayNs = Math.max(0, this.loopDelay.percentile(99) - LOOP_DELAY_RESOLUTION_MS * NS_PER_MS);
    this.loopDelay.reset();
    return { ...this.producer?.stats, ...this.worker?.stats, eventLoopDelayP99Ns: delayNs };
  }

  slow(byMs: number): void {
    if (this.worker) this.worker.slowByMs = byMs;
  }

  async stop(): Promise<void> {
    await this.producer?.stop();
    await this.worker?.stop();
  }
}

/** Keeps the event loop from turning, as a handler that computes would. */
function blockEventLoop(forMs: number): void {
  const until = monotonicNs() + BigInt(Math.round(forMs * NS_PER_MS));
  while (monotonicNs() < until);
}

let agent: Agent | null = null;

async function obey(message: ToAgent): Promise<void> {
  switch (message.type) {
    case "configure":
      agent = new Agent(message);
      return agent.connect();
    case "start":
      return agent?.start(BigInt(message.epochNs));
    case "slow":
      agent?.slow(message.byMs);
      return say({ type: "obeyed", fault: "slow" });
    case "block":
      // A pipe takes it at once: havoq hears of it before the event loop stands still.
      say({ type: "obeyed", fault: "block" });
      blockEventLoop(message.forMs);
      return say({ type: "obeyed", fault: "block" });
    case "stop":
      await agent?.stop();
      say({ type: "bye", ...agent?.stats() });
      process.stdout.write("", () => process.exit(0));
  }
}

// Messages are obeyed one after the other; `stop` must not overtake a `start` that still connects.
let queue = Promise.resolve();
const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  queue = queue.then(() => obey(JSON.parse(line) as ToAgent)).catch(fatal);
});
// The pipe ends with havoq, however havoq ended: an agent never outlives it.
lines.on("close", () => process.exit(0));
process.on("uncaughtException", crash);
process.on("unhandledRejection", crash);
process.on("SIGINT", () => {});
say({ type: "hello", protocol: PROTOCOL_VERSION, obeys: [...AGENT_FAULTS] });
