import { join } from "node:path";
import type { AgentStats, ConfigureMessage, FromAgent, HandlerEvent } from "../agent/protocol.js";
import { codeOf, type EnvironmentError } from "../errors.js";
import { whileGoingOn } from "../interruption.js";
import { descendantsOf, signal } from "../os/processes.js";
import type { RunEvent } from "../record/events.js";
import { leasedIn } from "../store/record-files.js";
import { sleep } from "../time.js";
import type { Nanoseconds } from "../units.js";
import { AgentProcess } from "./agent-process.js";
import { EventRecords } from "./event-records.js";
import type { WorkerCommand } from "./worker-command.js";

/** What an agent process does: it sends messages, or handles them. */
export type AgentRole = "producer" | "worker";

/** A producer or worker of the run: the live process, and how often it was replaced. */
export class AgentSlot {
  readonly name: string;
  incarnation = 0;
  process: AgentProcess;
  stats: AgentStats = {};
  /** Whether all messages of its schedule were sent (a worker has none). */
  loadDone: boolean;
  /** What its process tells in JSON events; `null` where it writes its records itself. */
  events: EventRecords | null = null;
  /** Incarnations in a row that ended, other than by a fault, before they had done anything. */
  fruitless = 0;

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

/** A change in the life of an agent's process. */
export type Lifecycle = Pick<Extract<RunEvent, { type: "agent" }>, "state" | "detail" | "by">;

/** What the pool needs of the run. */
export interface PoolHost {
  readonly runId: string;
  readonly recordsDirectory: string;
  readonly logsDirectory: string;
  readonly scratchDirectory: string;
  readonly env: Readonly<Record<string, string>>;
  /** Delay before a crashed process is replaced. */
  readonly restartMs: number | "never";
  readonly workerCommand: WorkerCommand | null;
  register(pid: number): void;
  configure(slot: Pick<AgentSlot, "role" | "index" | "incarnation">, firstIndex: number): ConfigureMessage;
  onMessage(slot: AgentSlot, message: FromAgent): void;
  /** A process whose words can't be understood; ends the run. */
  onWrongWords(error: EnvironmentError): void;
  /** Time since t0. */
  now(): Nanoseconds;
  onLifecycle(slot: AgentSlot, change: Lifecycle): void;
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
  /** Roles that are being ended: a process of theirs is not replaced any more. */
  private readonly closing = { producer: new AbortController(), worker: new AbortController() };

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
    const comes = () => !this.isClosing(slot) && this.host.restartMs !== "never" && slot.fruitless < MOST_FRUITLESS;
    while (comes() && slot.incarnation === incarnation) await sleep(10);
    await Promise.all(this.replacements);
  }

  /** Ends all processes of a role in good order; one that does not end in time is killed and named. */
  async stop(role: AgentRole, deadlineMs: number): Promise<string[]> {
    this.closing[role].abort();
    await Promise.all(this.replacements);
    const slots = this.of(role);
    const ended = await Promise.all(slots.map((slot) => slot.process.stop(deadlineMs)));
    const late = slots.filter((_, index) => !ended[index]);
    for (const slot of late) {
      const { pid } = slot.process;
      // What it has started as well; listed while it can't start more.
      signal(pid, "SIGSTOP");
      for (const child of descendantsOf(pid)) signal(child, "SIGKILL");
      slot.process.signal("SIGKILL");
      await slot.process.exited;
    }
    return late.map((slot) => slot.name);
  }

  private isClosing({ role }: AgentSlot): boolean {
    return this.closing[role].signal.aborted;
  }

  private spawnProcess(slot: AgentSlot): AgentProcess {
    const own = slot.role === "worker" ? this.host.workerCommand : null;
    const process = new AgentProcess({
      name: slot.name,
      command: own?.command,
      cwd: this.host.scratchDirectory,
      env: { ...this.host.env, ...own?.env },
      logFile: join(this.host.logsDirectory, `${slot.name}.log`),
      onSpawn: (pid) => this.host.register(pid),
      onMessage: (message) => this.receive(slot, message),
      onEvent: (event) => this.write(slot, event),
      onWrongWords: (error) => this.host.onWrongWords(error),
      now: () => this.host.now(),
    });
    void process.exited.then((how) => this.onExit(slot, process, how));
    return process;
  }

  private begin(slot: AgentSlot): void {
    if (this.epochNs === null) return;
    slot.process.send({ type: "start", epochNs: String(this.epochNs) });
    this.host.onLifecycle(slot, { state: "started", detail: `pid ${slot.process.mainPid}` });
  }

  private receive(slot: AgentSlot, message: FromAgent): void {
    if (message.type === "stats" || message.type === "bye") slot.stats = message;
    if (message.type === "loadDone") slot.loadDone = true;
    if (message.type === "fatal") this.host.onFatal(slot, message.text, message.code);
    this.host.onMessage(slot, message);
  }

  /** A worker that leaves its records to havoq tells no counters either. */
  private write(slot: AgentSlot, event: HandlerEvent): void {
    const { index, incarnation } = slot;
    slot.events ??= new EventRecords({
      ...{ runId: this.host.runId, index, incarnation },
      recordFile: recordFile(this.host.recordsDirectory, slot, incarnation),
      now: () => this.host.now(),
      onError: (error) => this.host.onFatal(slot, String(error), codeOf(error)),
    });
    slot.events.take(event);
    slot.stats = slot.events.counts;
  }

  private onExit(slot: AgentSlot, process: AgentProcess, how: string): void {
    if (slot.process !== process) return;
    slot.events?.close();
    slot.events = null;
    if (this.epochNs === null) return;
    this.host.onLifecycle(slot, { state: "exited", detail: how, by: process.endedBy });
    if (this.isClosing(slot) || this.host.restartMs === "never") {
      slot.loadDone = true;
      return;
    }
    slot.fruitless = process.endedBy === "havoq" || hasWorked(slot) ? 0 : slot.fruitless + 1;
    if (slot.fruitless >= MOST_FRUITLESS) {
      slot.loadDone = true;
      const detail = `it ended ${MOST_FRUITLESS} times in a row before it had done anything, the last time with ${how}`;
      this.host.onLifecycle(slot, { state: "givenUp", detail });
      return;
    }
    const replacement = this.replace(slot, backOffMs(this.host.restartMs, slot.fruitless))
      // Such as a log that can't be opened on a full disk.
      .catch((error: unknown) => this.host.onFatal(slot, String(error), codeOf(error)))
      .finally(() => this.replacements.delete(replacement));
    this.replacements.add(replacement);
  }

  private async replace(slot: AgentSlot, delayMs: number): Promise<void> {
    await sleep(delayMs, this.closing[slot.role].signal);
    if (this.isClosing(slot)) return;
    const firstIndex = this.firstIndexAfter(slot);
    this.past.push(slot.stats);
    slot.stats = {};
    slot.incarnation += 1;
    slot.process = this.spawnProcess(slot);
    try {
      await slot.process.connect(this.host.configure(slot, firstIndex));
      this.begin(slot);
    } catch {
      // One that never got ready counts as one that ended.
      slot.process.signal("SIGKILL");
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

/** Incarnations that end before they have done anything, after which a process is not started again. */
const MOST_FRUITLESS = 6;
const SHORTEST_BACK_OFF_MS = 50;
const LONGEST_BACK_OFF_MS = 10_000;

const hasWorked = ({ stats: { acked = 0, completed = 0, failed = 0 } }: AgentSlot) => acked + completed + failed > 0;

/** Twice as long for each fruitless incarnation after the first. */
function backOffMs(restartMs: number, fruitless: number): number {
  if (fruitless <= 1) return restartMs;
  const wantedMs = Math.max(restartMs, SHORTEST_BACK_OFF_MS) * 2 ** (fruitless - 1);
  return Math.max(restartMs, Math.min(wantedMs, LONGEST_BACK_OFF_MS));
}

/** The file one incarnation of an agent records to. */
export function recordFile(directory: string, slot: Pick<AgentSlot, "role" | "index">, incarnation: number): string {
  return join(directory, recordFileName(slot, incarnation));
}

const recordFileName = (slot: Pick<AgentSlot, "role" | "index">, incarnation: number) =>
  `${slot.role}-${slot.index}.${incarnation}.hvr`;
