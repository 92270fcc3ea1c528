import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { descendantsOf, freezeTree, signal, startTicksOf, thawTree } from "../os/processes.js";
import type { LaunchSpec } from "../spi/broker.js";
import { sleep, within } from "../time.js";

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why there never was a process, such as ENOENT. */
  readonly error?: Error;
}

/** Where a child runs and writes. */
export interface ChildRequest {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
}

/**
 * One broker: a process in a process group of its own, so that a Ctrl-C on the terminal does not reach it, and whatever
 * processes it has made. Crashes and freezes hit all of them, as a server is more than its first process.
 */
export class Child {
  /** How it ended; `null` while it runs. */
  exit: Exit | null = null;
  readonly exited: Promise<Exit>;
  private readonly process: ChildProcess;
  private readonly stopSignal: NodeJS.Signals;

  constructor(spec: LaunchSpec, { cwd, env, logFile }: ChildRequest) {
    this.stopSignal = spec.stopSignal ?? "SIGTERM";
    const log = openSync(logFile, "a");
    try {
      this.process = spawn(spec.file, spec.args, {
        cwd,
        env: { ...process.env, ...spec.env, ...env },
        stdio: ["ignore", log, log],
        detached: true,
        ...spec.user,
      });
    } finally {
      closeSync(log);
    }
    this.exited = new Promise((resolve) => {
      const end = (exit: Exit) => {
        this.exit ??= exit;
        resolve(this.exit);
      };
      this.process.once("exit", (code, name) => end({ code, signal: name }));
      this.process.once("error", (error) => {
        // An error of a process that runs is one of signalling it, which callers see by its not ending.
        if (this.process.pid === undefined) end({ code: null, signal: null, error });
      });
    });
  }

  /** Process id while it runs, else `null`. */
  get pid(): number | null {
    return this.exit === null ? (this.process.pid ?? null) : null;
  }

  /** The stop signal to the first process; answers whether it was gone within the deadline. */
  async terminate(deadlineMs: number): Promise<boolean> {
    if (this.pid !== null) signal(this.pid, this.stopSignal);
    return within(deadlineMs, this.exited);
  }

  /** SIGKILL to all of its processes; answers whether they were gone within the deadline. */
  async kill(deadlineMs: number): Promise<boolean> {
    // Stopped first: a server that forks for each connection would make another process between listing and killing.
    if (this.pid !== null) signal(this.pid, "SIGSTOP");
    const tree = this.signalAll("SIGKILL");
    const until = performance.now() + deadlineMs;
    if (!(await within(deadlineMs, this.exited))) return false;
    while (tree.some((pid) => startTicksOf(pid) !== null)) {
      if (performance.now() > until) return false;
      await sleep(1);
    }
    return true;
  }

  /** SIGSTOP; resolves when the kernel reports all processes as stopped, throws when it does not. */
  async pause(): Promise<void> {
    if (this.pid !== null) await freezeTree(this.pid);
  }

  /** SIGCONT to all of its processes. */
  async resume(): Promise<void> {
    if (this.pid !== null) await thawTree(this.pid);
  }

  /** Ends what the process started and left in its group. */
  sweepGroup(): void {
    if (this.process.pid !== undefined) signal(-this.process.pid, "SIGKILL");
  }

  private signalAll(name: NodeJS.Signals): number[] {
    if (this.pid === null) return [];
    const tree = [this.pid, ...descendantsOf(this.pid)];
    for (const pid of tree) signal(pid, name);
    return tree;
  }
}
