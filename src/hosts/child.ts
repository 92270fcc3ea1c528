import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { signal } from "../os/processes.js";
import type { LaunchSpec } from "../spi/broker.js";

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

const PAUSE_DEADLINE_MS = 2000;

/** One process in a process group of its own, so that a Ctrl-C on the terminal does not reach it. */
export class Child {
  /** How it ended; `null` while it runs. */
  exit: Exit | null = null;
  readonly exited: Promise<Exit>;
  private readonly process: ChildProcess;

  constructor(spec: LaunchSpec, { cwd, env, logFile }: ChildRequest) {
    const log = openSync(logFile, "a");
    try {
      this.process = spawn(spec.file, spec.args, {
        cwd,
        env: { ...process.env, ...spec.env, ...env },
        stdio: ["ignore", log, log],
        detached: true,
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

  /** Sends a signal, if there still is a process to take it. */
  signal(name: NodeJS.Signals): void {
    if (this.pid !== null) signal(this.pid, name);
  }

  /** Sends a signal and answers whether the process was gone within the deadline. */
  async end(name: NodeJS.Signals, deadlineMs: number): Promise<boolean> {
    this.signal(name);
    const deadline = new AbortController();
    const late = sleep(deadlineMs, false, { signal: deadline.signal }).catch(() => false);
    const gone = await Promise.race([this.exited.then(() => true), late]);
    deadline.abort();
    return gone;
  }

  /** SIGSTOP; resolves when the kernel reports the process as stopped, throws when it does not. */
  async pause(): Promise<void> {
    this.signal("SIGSTOP");
    const until = Date.now() + PAUSE_DEADLINE_MS;
    while (this.pid !== null && stateOf(this.pid) !== "T") {
      if (Date.now() > until) throw new Error(`process ${this.pid} did not stop on SIGSTOP`);
      await sleep(1);
    }
  }

  /** Ends what the process started and left in its group. */
  sweepGroup(): void {
    if (this.process.pid !== undefined) signal(-this.process.pid, "SIGKILL");
  }
}

/** The state letter of /proc/PID/stat; `null` when there is no such process. */
function stateOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.charAt(stat.lastIndexOf(")") + 2);
  } catch {
    return null;
  }
}
