import { join } from "node:path";
import { type Clock, clockSince, monotonicNs } from "../agent/clock.js";
import type { AgentStats, FromAgent } from "../agent/protocol.js";
import { EnvironmentError } from "../errors.js";
import { injectFault } from "../faults/index.js";
import type { Broker } from "../hosts/broker.js";
import { longestHandlingTime } from "../load/handling.js";
import type { PhaseWindow } from "../load/phases.js";
import { loadEndNs } from "../load/phases.js";
import { countsWrites } from "../os/block-io.js";
import type { FaultEvent } from "../record/events.js";
import type { Scenario } from "../scenario/scenario.js";
import { isFramework } from "../spi/framework.js";
import { deriveSeed, seededRandom } from "../stats/random.js";
import type { EventLog } from "../store/event-log.js";
import { sleep } from "../time.js";
import { NS_PER_MS, NS_PER_S } from "../units.js";
import { AgentPool, type AgentSlot } from "./agent-pool.js";
import { BrokerWatch } from "./broker-watch.js";
import { type AgentPaths, configureAgent } from "./configure.js";
import { drain } from "./drain.js";
import { inspectResidue } from "./residue.js";
import { Sampler, type Watched } from "./sampler.js";
import type { Stage } from "./stage.js";
import { runTimeline } from "./timeline.js";
import { workerCommandOf } from "./worker-command.js";

/** Time between the last agent's readiness and t0. */
const LEAD_NS = 300_000_000n;
/** A client may have to find its broker's new leader before it can leave; nothing is measured any more. */
const STOP_DEADLINE_MS = 20_000;
/** Whoever interrupts a run wants it to end. */
const INTERRUPTED_STOP_DEADLINE_MS = 5000;

/** What a session is given: the scenario, where it plays, and where its facts go. */
export interface SessionRequest {
  readonly scenario: Scenario;
  readonly stage: Stage;
  readonly paths: AgentPaths;
  readonly phases: readonly PhaseWindow[];
  /** Size of a segment of a record file; `null` for files in one piece. */
  readonly segmentBytes: number | null;
  readonly log: EventLog;
  /** Ends the load early and in good order: Ctrl-C, or a fatal error. */
  readonly abort: AbortController;
}

/** The load of one run, from the start of its agents to the inspection of what is left. */
export class Session {
  readonly agents: AgentPool;
  readonly notes: string[] = [];
  /** Faults injected and not yet healed. */
  readonly activeFaults = new Set<string>();
  /** Why messages that were due were never sent; `null` when all were. */
  unsent: string | null = null;
  /** Broker faults from their request to their heal. */
  private readonly brokerFaults = new Set<string>();
  private brokerWatch: BrokerWatch | null = null;
  sampler: Sampler | null = null;
  private clock: Clock = () => 0;
  private epochNs = 0n;

  constructor(private readonly request: SessionRequest) {
    const { scenario, stage, paths } = request;
    this.agents = new AgentPool({
      runId: stage.runId,
      recordsDirectory: paths.recordsDirectory,
      logsDirectory: paths.logsDirectory,
      scratchDirectory: stage.scratch.subdirectory("agents"),
      env: stage.scratch.env,
      restartMs: scenario.workers.restart,
      workerCommand: workerCommandOf(scenario),
      register: stage.scratch.register,
      configure: (slot, firstIndex) => configureAgent(request, slot, firstIndex),
      onMessage: (slot, message) => this.receive(slot, message),
      onLifecycle: ({ name, incarnation }, change) => {
        request.log.append({ type: "agent", name, incarnation, atNs: this.now(), ...change });
        if (change.state === "givenUp") this.notes.push(`${name} was given up: ${change.detail}`);
      },
      onWrongWords: (error) => request.abort.abort(error),
      now: () => this.now(),
      onFatal: (slot, text, code) => this.fail(slot, text, code),
    });
  }

  /** Time since t0. */
  now(): number {
    return Math.round(this.clock());
  }

  /** A moment of CLOCK_MONOTONIC as time since t0. */
  sinceStart(atNs: bigint): number {
    return Number(atNs - this.epochNs);
  }

  /** Messages acked and handlers completed so far, crashed processes included as far as they had told. */
  get totals(): { acked: number; completed: number } {
    const live = this.agents.slots.map(({ stats }) => stats);
    const sum = (pick: (stats: AgentStats) => number | undefined) =>
      [...live, ...this.agents.past].reduce((total, stats) => total + (pick(stats) ?? 0), 0);
    return { acked: sum((stats) => stats.acked), completed: sum((stats) => stats.completed) };
  }

  /** Connects all agents; workers first, so that a fan-out system has its subscribers before the first message. */
  async connect(): Promise<void> {
    const { scenario, stage, abort } = this.request;
    const { signal } = abort;
    if (stage.traits.can.processes) await this.agents.launch("worker", scenario.workers.processes, signal);
    await this.agents.launch("producer", scenario.load.producers, signal);
  }

  /** Runs load and faults; resolves when everything due was sent and every fault is healed. */
  async load(): Promise<void> {
    const { scenario, stage, phases, log, abort } = this.request;
    const blockIo = countsWrites(stage.scratch.directory);
    const epochNs = monotonicNs() + LEAD_NS;
    this.epochNs = epochNs;
    this.clock = clockSince(epochNs);
    this.agents.start(epochNs);
    await sleep(Number(LEAD_NS) / NS_PER_MS);
    this.sampler = new Sampler(
      () => this.now(),
      () => this.watched(),
      stage.admin,
      log,
      blockIo,
    );
    this.watchBroker();
    const { broker, admin, proxy } = stage;
    const random = seededRandom(deriveSeed(scenario.seed, 0xfa17));
    const timeline = runTimeline(scenario.faults, {
      phases,
      inject: (fault, injectionId) =>
        injectFault(fault, { broker, admin, proxy, agents: this.agents, random, injectionId }),
      signal: abort.signal,
      now: () => this.now(),
      log: (event) => {
        log.append(event);
        this.noteFault(event);
      },
    });
    await this.loadSent();
    await timeline;
    this.activeFaults.clear();
  }

  /** Waits for the system to empty, ends the agents, and writes down what is left. */
  async settle(): Promise<void> {
    const { scenario, stage, phases, log, abort, paths } = this.request;
    const sampler = this.sampler;
    if (!sampler) return;
    const horizonMs = stage.traits.redeliveryHorizon;
    const handlingMs = longestHandling(scenario);
    const confirmMs = abort.signal.aborted ? 0 : scenario.load.confirmTimeout;
    // A process that is both producer and workers goes on until its queue is empty.
    const { processes } = stage.traits.can;
    if (processes) await this.endRole("producer", confirmMs);
    const reason = await drain({
      drain: scenario.phases.drain,
      loadMs: loadEndNs(phases) / NS_PER_MS,
      horizonMs,
      handlingMs,
      agents: this.agents,
      sampler,
      signal: abort.signal,
    });
    if (!processes) await this.endRole("producer", confirmMs + handlingMs);
    await this.endRole("worker", handlingMs);
    const residueFile = join(paths.recordsDirectory, "residue.hvr");
    const residue = await inspectResidue(stage, residueFile, this.now(), abort.signal.aborted);
    if (residue.error !== null) this.notes.push(`what is left in the system could not be inspected: ${residue.error}`);
    log.append({ type: "drained", atNs: this.now(), reason, residue: residue.knowledge, error: residue.error });
  }

  /** Ends every process of the session at once, if any is left; for a session that failed. */
  async end(): Promise<void> {
    this.sampler?.stop();
    this.brokerWatch?.[Symbol.dispose]();
    await Promise.all([this.agents.stop("producer", 0), this.agents.stop("worker", 0)]);
  }

  /** Ends the processes of a role, which may first have to wait for what is under way. */
  private async endRole(role: "producer" | "worker", underWayMs: number): Promise<void> {
    const { aborted } = this.request.abort.signal;
    const deadlineMs = underWayMs + (aborted ? INTERRUPTED_STOP_DEADLINE_MS : STOP_DEADLINE_MS);
    for (const name of await this.agents.stop(role, deadlineMs)) {
      this.notes.push(`${name} did not end within ${deadlineMs / 1000} s and was killed`);
    }
  }

  /** A load that can't be sent in four times its length and a minute is given up, and the result says so. */
  private async loadSent(): Promise<void> {
    const { phases, abort } = this.request;
    const limitNs = loadEndNs(phases) * 4 + 60e9;
    const producers = this.agents.of("producer");
    while (!producers.every((slot) => slot.loadDone)) {
      if (abort.signal.aborted) return;
      if (this.now() > limitNs) {
        this.unsent = `the producers were stopped ${Math.round(limitNs / NS_PER_S)} s after the start with messages due and unsent`;
        this.notes.push(this.unsent);
        return;
      }
      await sleep(50, abort.signal);
    }
  }

  private noteFault({ id, family, step, text }: FaultEvent): void {
    if (step === "requested" && family === "broker") this.brokerFaults.add(id);
    if (step === "confirmed") this.activeFaults.add(id);
    if (step === "failed") this.notes.push(`fault ${id}: ${text}`);
    if (step !== "healed" && step !== "failed") return;
    this.activeFaults.delete(id);
    this.brokerFaults.delete(id);
  }

  private watchBroker(): void {
    const { stage, log } = this.request;
    this.brokerWatch = new BrokerWatch({
      pids: () => brokerProcesses(stage.broker).flatMap(({ pid }) => pid ?? []),
      isFaulty: () => this.brokerFaults.size > 0,
      onFrozen: (pid) => {
        const text = `process ${pid} of the broker stood still (SIGSTOP)`;
        log.append({ type: "broker", state: "frozen", atNs: this.now(), text });
      },
    });
  }

  private watched(): Watched[] {
    const { broker, proxy } = this.request.stage;
    return [
      ...brokerProcesses(broker),
      ...(proxy ? [{ name: "proxy", role: "proxy" as const, pid: proxy.pid }] : []),
      ...this.agents.slots.map(({ name, role, process }) => ({
        name,
        role,
        pid: process.exit === null ? process.mainPid : null,
        tree: isFramework(this.request.stage.driver),
      })),
      { name: "havoq", role: "havoq" as const, pid: process.pid },
    ];
  }

  private receive(slot: AgentSlot, message: FromAgent): void {
    const { log } = this.request;
    const { name, role, index, incarnation } = slot;
    if (message.type === "errorText") {
      log.append({ type: "errorText", producer: index, incarnation, code: message.code, text: message.text });
    } else if (message.type === "clientError") {
      log.append({ type: "clientError", role, atNs: message.atNs, text: message.text });
    } else if (message.type === "stats" && message.eventLoopDelayP99Ns !== undefined) {
      log.append({ type: "loopDelay", name, p99Ns: message.eventLoopDelayP99Ns });
    } else if (message.type === "bye") {
      log.append({
        type: "counted",
        name,
        incarnation,
        acked: message.acked ?? null,
        started: message.started ?? null,
      });
    }
  }

  private fail(slot: AgentSlot, text: string, code: string | undefined): void {
    const { abort, paths } = this.request;
    const full = code === "ENOSPC";
    const message = full ? `no space left to record in ${paths.recordsDirectory}` : `${slot.name} ended: ${text}`;
    const hint = full
      ? "free space or choose another folder with --out"
      : `see ${join(paths.logsDirectory, `${slot.name}.log`)}`;
    abort.abort(new EnvironmentError(message, hint));
  }
}

/** The broker as one, or each of its nodes. */
function brokerProcesses(broker: Broker | null): Watched[] {
  if (!broker) return [];
  if (broker.nodes.size <= 1) return [{ name: "broker", role: "broker", pid: broker.pid }];
  return [...broker.nodes].map(([name, { pid }]) => ({ name: `broker ${name}`, role: "broker", pid }));
}

/** A bound on how long a handler that has begun may still take, slowed down or not. */
function longestHandling({ workers, faults }: Scenario): number {
  const slowed = faults.flatMap((fault) => (fault.kind === "worker" && fault.action === "slow" ? [fault.by] : []));
  return longestHandlingTime(workers.handle) + Math.max(0, ...slowed);
}
