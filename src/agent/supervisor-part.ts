import { join } from "node:path";
import { type ProgramExit, ProgramProcess } from "../../drivers/shared/framework/program-process.js";
import { type Told, WorkFolder } from "../../drivers/shared/framework/work-folder.js";
import { longestHandlingTime } from "../load/handling.js";
import type { Program } from "../spi/framework.js";
import { monotonicNs } from "./clock.js";
import type { AgentStats, ConfigureMessage, WorkerConfig } from "./protocol.js";
import { RecordCounts } from "./record-counts.js";

/** Beyond the longest handling time. */
const STOP_MARGIN_MS = 15_000;

/** What a supervisor tells its agent. */
export interface SupervisorHost {
  /** An error that belongs to no single message; the time is CLOCK_MONOTONIC. */
  onClientError(text: string, atMonotonicNs: bigint): void;
  /** The framework's main process has ended, and nobody has asked for it here. */
  onExit(exit: ProgramExit): void;
}

/** The consuming half of an agent whose worker is a framework's own: starts it, counts its records, ends it. */
export class SupervisorPart {
  private readonly folder: WorkFolder;
  private readonly counts: RecordCounts;
  private readonly process: ProgramProcess;
  private stopping = false;
  private slowMs = 0;

  constructor(
    configure: ConfigureMessage,
    private readonly config: WorkerConfig,
    private readonly program: Program,
    private readonly host: SupervisorHost,
  ) {
    const { runId, seed, index, incarnation } = configure;
    const work = { runId, seed, index, incarnation, options: program.options, worker: config };
    this.folder = new WorkFolder(join(process.cwd(), `worker-${index}.${incarnation}`), work);
    this.counts = new RecordCounts(config.recordFile);
    this.process = new ProgramProcess(program, this.folder, (told: Told) => {
      if (told.type === "clientError") host.onClientError(told.text, BigInt(told.atMonotonicNs));
    });
    void this.process.exited.then((exit) => {
      if (!this.stopping) host.onExit(exit);
    });
  }

  /** Resolves when the worker takes messages; answers with its main process. */
  async ready(): Promise<number> {
    await this.process.ready();
    return this.process.pid;
  }

  start(epochNs: bigint): void {
    this.folder.start(epochNs);
  }

  set slowByMs(byMs: number) {
    this.slowMs = Math.max(this.slowMs, byMs);
    this.folder.slow(byMs);
  }

  get stats(): AgentStats {
    return this.counts.look();
  }

  /** Ends the worker in good order, or else not. */
  async stop(): Promise<void> {
    this.stopping = true;
    const deadlineMs = longestHandlingTime(this.config.handle) + this.slowMs + STOP_MARGIN_MS;
    if (await this.process.stop(deadlineMs)) return;
    const text = `the worker did not end within ${deadlineMs / 1000} s of ${this.program.stopSignal} and was killed`;
    this.host.onClientError(text, monotonicNs());
  }

  /** Ends all of its processes at once. */
  kill(): void {
    this.stopping = true;
    this.process.kill();
  }
}
