import { join } from "node:path";
import type { AgentStats, ConfigureMessage, FromAgent } from "../agent/protocol.js";
import { signal } from "../os/processes.js";
import { sleep } from "../time.js";
import type { Nanoseconds } from "../units.js";
import { AgentProcess } from "./agent-process.js";
import { codeOf, type EnvironmentError } from "./errors.js";
import { whileGoingOn } from "./interruption.js";
import { leasedIn } from "./record-files.js";

export type AgentRole = "producer" | "worker";

/** A producer or worker of the run: the live process, and how often it was replaced. */
export class AgentSlot {
  readonly name: string;
  incarnation = 0;
  process: AgentProcess;
  stats: AgentStats = {};
  /** Whether all messages of its schedule were sent (a worker has none). */
  loadDone: boolean;

  constructor(
    readonly role: AgentRole,
    readonly index: number,
    spawn: (slot: AgentSlot) => AgentProcess,
  ) {
    this.name = `${role}-${index}`;
    this.loadDone = role === "worker";
    this.process = spawn(this);
  }
}

/** What the pool needs of the run. */
export interface PoolHost {
  readonly recordsDirectory: string;
  readonly logsDirectory: string;
  readonly scratchDirectory: string;
  readonly env: Readonly<Record<string, string>>;
  /** Delay before a crashed process is replaced. */
  readonly restartMs: number | "never";
  readonly workerCommand: readonly string[] | undefined;
  register(pid: number): void;
  configure(slot: Pick<AgentSlot, "role" | "index" | "incarnation">, firstIndex: number): ConfigureMessage;
  onMessage(slot: AgentSlot, message: FromAgent): void;
  onLifecycle(slot: AgentSlot, state: "started" | "exited", detail: string): void;
  /** A process whose words can't be understood; ends the run. */
  onWrongWords(error: EnvironmentError): void;
  /** Time since t0. */
  now(): Nanoseconds;
  /** A process that can't go on, such as one whose disk is full; ends the run. */
  onFatal(slot: AgentSlot, text: string, code: string | undefined): void;
}

/** The producers and workers of a run; a crashed one is replaced by a new incarnation. */
export class AgentPool {
  readonly slots: AgentSlot[] = [];
  /** What crashed incarnations had last told. */
  readonly past: AgentStats[] = [];
  private readonly replacements = new Set<Promise<void>>();
  private epochNs: bigint | null = null;
  private closing = false;
  private readonly closed = new AbortController();

  constructor(private readonly host: PoolHost) {}

  /** Starts the processes of a role and waits until all are connected. */
  async launch(role: AgentRole, count: number, signal: AbortSignal): Promise<void> {
    const spawn = (slot: AgentSlot) => this.spawnProcess(slot);
    const fresh = Array.from({ length: count }, (_, index) => new AgentSlot(role, index, spawn));
    this.slots.push(...fresh);
    const connected = Promise.all(fresh.map((slot) => slot.process.connect(this.host.configure(slot, 0))));
    await whileGoingOn(connected, signal);
  }

  /** Lets the load begin at `epochNs`. */
  start(epochNs: bigint): void {
    this.epochNs = epochNs;
    for (const slot of this.slots) this.begin(slot);
  }

  of(role: AgentRole): AgentSlot[] {
    return this.slots.filter((slot) => slot.role === role);
  }

  /** Resolves when the slot's next incarnation is at work, or at once when it is not to be replaced. */
  async replaced(slot: AgentSlot, incarnation: number): Promise<void> {
    while (!this.closing && this.host.restartMs !== "never" && slot.incarnation === incarnation) await sleep(10);
    await Promise.all(this.replacements);
  }

  /** Ends all processes of a role in good order; one that does not end in time is killed and named. */
  async stop(role: AgentRole, deadlineMs: number): Promise<string[]> {
    this.closing = true;
    this.closed.abort();
    await Promise.all(this.replacements);
    const slots = this.of(role);
    const ended = await Promise.all(slots.map((slot) => slot.process.stop(deadlineMs)));
    const late = slots.filter((_, index) => !ended[index]);
    for (const slot of late) {
      signal(slot.process.pid, "SIGCONT");
      slot.process.signal("SIGKILL");
      await slot.process.exited;
    }
    return late.map((slot) => slot.name);
  }

  private spawnProcess(slot: AgentSlot): AgentProcess {
    const process = new AgentProcess({
      name: slot.name,
      command: slot.role === "worker" ? this.host.workerCommand : undefined,
      cwd: this.host.scratchDirectory,
      env: this.host.env,
      logFile: join(this.host.logsDirectory, `${slot.name}.log`),
      onSpawn: (pid) => this.host.register(pid),
      onMessage: (message) => this.receive(slot, message),
      onWrongWords: (error) => this.host.onWrongWords(error),
      now: () => this.host.now(),
    });
    void process.exited.then((how) => this.onExit(slot, process, how));
    return process;
  }

  private begin(slot: AgentSlot): void {
    if (this.epochNs === null) return;
    slot.process.send({ type: "start", epochNs: String(this.epochNs) });
    this.host.onLifecycle(slot, "started", `pid ${slot.process.pid}`);
  }

  private receive(slot: AgentSlot, message: FromAgent): void {
    if (message.type === "stats" || message.type === "bye") slot.stats = message;
    if (message.type === "loadDone") slot.loadDone = true;
    if (message.type === "fatal") this.host.onFatal(slot, message.text, message.code);
    this.host.onMessage(slot, message);
  }

  private onExit(slot: AgentSlot, process: AgentProcess, how: string): void {
    if (slot.process !== process || this.epochNs === null) return;
    this.host.onLifecycle(slot, "exited", how);
    if (this.closing || this.host.restartMs === "never") {
      slot.loadDone = true;
      return;
    }
    const replacement = this.replace(slot, this.host.restartMs)
      // Such as a log that can't be opened on a full disk.
      .catch((error: unknown) => this.host.onFatal(slot, String(error), codeOf(error)))
      .finally(() => this.replacements.delete(replacement));
    this.replacements.add(replacement);
  }

  private async replace(slot: AgentSlot, delayMs: number): Promise<void> {
    await sleep(delayMs, this.closed.signal);
    if (this.closing) return;
    const firstIndex = this.firstIndexAfter(slot);
    this.past.push(slot.stats);
    slot.stats = {};
    slot.incarnation += 1;
    slot.process = this.spawnProcess(slot);
    try {
      await slot.process.connect(this.host.configure(slot, firstIndex));
      this.begin(slot);
    } catch (error) {
      if (!this.closing) this.host.onLifecycle(slot, "exited", String(error));
    }
  }

  /** Where in its schedule a producer's next incarnation goes on: after everything its predecessors leased. */
  private firstIndexAfter(slot: AgentSlot): number {
    if (slot.role !== "producer") return 0;
    let leased = 0;
    for (let incarnation = 0; incarnation <= slot.incarnation; incarnation++) {
      leased += leasedIn(this.host.recordsDirectory, recordFileName(slot, incarnation));
    }
    return leased;
  }
}

/** The file one incarnation of an agent records to. */
export function recordFile(directory: string, slot: Pick<AgentSlot, "role" | "index">, incarnation: number): string {
  return join(directory, recordFileName(slot, incarnation));
}

const recordFileName = (slot: Pick<AgentSlot, "role" | "index">, incarnation: number) =>
  `${slot.role}-${slot.index}.${incarnation}.hvr`;
