import { type ChildProcess, spawn } from "node:child_process";
import { descendantsOf, signal } from "../../../src/os/processes.js";
import type { Program } from "../../../src/spi/framework.js";
import { sleep, within } from "../../../src/time.js";
import type { Told, WorkFolder } from "./work-folder.js";

/** How a framework's main process ended. */
export interface ProgramExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const LOOK_MS = 20;
const READY_DEADLINE_MS = 25_000;

/** A framework's worker: its main process, and those that it makes. */
export class ProgramProcess {
  readonly exited: Promise<ProgramExit>;
  /** How it ended; `null` while it runs. */
  exit: ProgramExit | null = null;
  private readonly child: ChildProcess;
  private failure: Error | null = null;

  constructor(
    private readonly program: Program,
    private readonly folder: WorkFolder,
    private readonly hear: (told: Told) => void,
  ) {
    const [file = "", ...args] = program.command;
    this.child = spawn(file, args, {
      cwd: folder.path,
      env: { ...process.env, ...program.env, HAVOQ_WORKER: folder.path },
      // Standard output may be that of the agent protocol.
      stdio: ["ignore", process.stderr.fd, process.stderr.fd],
    });
    this.exited = new Promise((resolve) => {
      const end = (exit: ProgramExit) => {
        this.exit ??= exit;
        resolve(this.exit);
      };
      this.child.once("exit", (code, name) => end({ code, signal: name }));
      this.child.once("error", (error) => {
        this.failure = error;
        if (this.child.pid === undefined) end({ code: null, signal: null });
      });
    });
    void this.listen();
  }

  /** Process id of the main process. */
  get pid(): number {
    return this.child.pid ?? -1;
  }

  /** Resolves when it takes messages; throws when it does not get there. */
  async ready(): Promise<void> {
    const until = performance.now() + READY_DEADLINE_MS;
    while (!this.isReady) {
      if (this.exit !== null) throw new Error(`${this.name} ended before it was ready: ${this.ending}`);
      if (performance.now() > until) throw new Error(`${this.name} was not ready within ${READY_DEADLINE_MS / 1000} s`);
      await sleep(LOOK_MS);
    }
  }

  /** Asks it to end; it is killed when it takes longer than the deadline. Answers whether it ended by itself. */
  async stop(deadlineMs: number): Promise<boolean> {
    signal(this.pid, this.program.stopSignal);
    const ended = await within(deadlineMs, this.exited);
    if (!ended) this.kill();
    await this.exited;
    this.listenOnce();
    return ended;
  }

  /** SIGKILL to all of its processes. */
  kill(): void {
    if (this.exit !== null) return;
    for (const pid of [this.pid, ...descendantsOf(this.pid)]) signal(pid, "SIGKILL");
  }

  private isReady = false;

  private get name(): string {
    return this.program.command.join(" ");
  }

  private get ending(): string {
    const { code, signal: name } = this.exit ?? {};
    return this.failure?.message ?? (name ? `ended by ${name}` : `exit code ${code}`);
  }

  private async listen(): Promise<void> {
    while (this.exit === null) {
      this.listenOnce();
      await sleep(LOOK_MS);
    }
  }

  private listenOnce(): void {
    for (const told of this.folder.news()) {
      if (told.type === "ready") this.isReady = true;
      this.hear(told);
    }
  }
}
