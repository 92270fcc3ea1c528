import { monitorEventLoopDelay } from "node:perf_hooks";
import type { ProgramExit } from "../../drivers/shared/framework/program-process.js";
import type { Clients, Consumer, ConsumerContext, Delivery, Producer } from "../spi/driver.js";
import type { FrameworkClients } from "../spi/framework.js";
import { NS_PER_MS } from "../units.js";
import { type Clock, clockSince, monotonicNs } from "./clock.js";
import { describeError, ErrorTexts } from "./error-texts.js";
import { type PartHost, ProducerPart } from "./producer-part.js";
import type { ConfigureMessage, WorkerConfig } from "./protocol.js";
import { fatal, say } from "./say.js";
import { SupervisorPart } from "./supervisor-part.js";
import { WorkerPart } from "./worker-part.js";

const STATS_INTERVAL_MS = 500;
const LOOP_DELAY_RESOLUTION_MS = 10;

/** What an agent speaks to its broker with. */
export interface System {
  readonly clients: Clients;
  readonly options: unknown;
  /** What to say of an error of connecting. */
  explain(error: unknown): unknown;
}

/** The parts of an agent: connected by `configure`, at work from `start` to `stop`. */
export class Agent {
  private producer: ProducerPart | null = null;
  private worker: WorkerPart | null = null;
  private supervisor: SupervisorPart | null = null;
  private client: Producer | null = null;
  private consumer: Consumer | null = null;
  private clock: Clock | null = null;
  private epochNs = 0n;
  private markStarted: ((worker: WorkerPart) => void) | null = null;
  private readonly workerStarted = new Promise<WorkerPart>((resolve) => {
    this.markStarted = resolve;
  });
  private readonly loopDelay = monitorEventLoopDelay({ resolution: LOOP_DELAY_RESOLUTION_MS });

  constructor(
    private readonly configure: ConfigureMessage,
    private readonly system: System,
  ) {}

  async connect(): Promise<void> {
    await this.open().catch((error: unknown) => {
      throw this.system.explain(error);
    });
    const pid = await this.supervisor?.ready();
    say({ type: "ready", ...(pid !== undefined && { pid }) });
  }

  private async open(): Promise<void> {
    const { runId, producer, worker } = this.configure;
    const { clients, options } = this.system;
    const common = { runId, options, onClientError: this.onClientError };
    if (worker) {
      const { endpoint, workerId, concurrency } = worker;
      await this.openWorker(worker, clients, { ...common, endpoint, workerId, concurrency });
    }
    if (producer) this.client = await clients.producer({ ...common, endpoint: producer.endpoint });
  }

  private async openWorker(config: WorkerConfig, clients: Clients, context: ConsumerContext<unknown>): Promise<void> {
    if (isFrameworks(clients)) {
      this.supervisor = new SupervisorPart(this.configure, config, await clients.program(context), {
        onClientError: (text, atNs) => this.onClientError(new Error(text), atNs),
        onExit: (exit) => this.endLike(exit),
      });
      return;
    }
    // A restarted worker finds messages waiting; they are held here until the clock is known.
    const deliver = async (delivery: Delivery) => (this.worker ?? (await this.workerStarted)).deliver(delivery);
    this.consumer = await clients.consumer(context, deliver);
  }

  /** Whoever looks at this process sees what became of the one that it stands for. */
  private endLike({ code, signal }: ProgramExit): void {
    if (this.started) say({ type: "stats", ...this.stats() });
    process.removeAllListeners("SIGTERM");
    process.removeAllListeners("SIGINT");
    if (signal !== null) process.kill(process.pid, signal);
    else process.exit(code === 0 ? 0 : 1);
  }

  /** Leaves nothing of what it has started. */
  abandon(): void {
    this.supervisor?.kill();
  }

  start(epochNs: bigint): void {
    const clock = clockSince(epochNs);
    this.clock = clock;
    this.epochNs = epochNs;
    this.supervisor?.start(epochNs);
    const errors = new ErrorTexts((code, text) => say({ type: "errorText", code, text }));
    const host: PartHost = { clock, epochNs, errors, fatal };
    const { producer, worker } = this.configure;
    if (worker && this.consumer) {
      this.worker = new WorkerPart({
        ...{ configure: this.configure, config: worker, consumer: this.consumer, host },
        onClientError: this.onClientError,
      });
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

  readonly onClientError = (error: unknown, atMonotonicNs = monotonicNs()) => {
    const atNs = this.started ? Math.max(0, Number(atMonotonicNs - this.epochNs)) : 0;
    say({ type: "clientError", atNs, text: describeError(error) });
  };

  stats() {
    const delayNs = Math.max(0, this.loopDelay.percentile(99) - LOOP_DELAY_RESOLUTION_MS * NS_PER_MS);
    this.loopDelay.reset();
    const { producer, worker, supervisor } = this;
    return { ...producer?.stats, ...worker?.stats, ...supervisor?.stats, eventLoopDelayP99Ns: delayNs };
  }

  slow(byMs: number): void {
    for (const part of [this.worker, this.supervisor]) if (part) part.slowByMs = byMs;
  }

  async stop(): Promise<void> {
    await this.producer?.stop();
    await this.worker?.stop();
    await this.supervisor?.stop();
  }
}

const isFrameworks = (clients: Clients): clients is FrameworkClients => "program" in clients;
