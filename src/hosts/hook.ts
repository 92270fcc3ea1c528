import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, statSync } from "node:fs";
import { signal } from "../os/processes.js";
import { tailOf } from "./log-tail.js";

/** A command of the user's own. */
export interface HookRequest {
  readonly command: string;
  /** Takes what it prints. */
  readonly logFile: string;
  /** Interrupts the run: a hook that is still at work is not waited for much longer. */
  readonly signal: AbortSignal | undefined;
}

const DEADLINE_MS = 60_000;
/** Whoever interrupts a run wants it to end; what heals a broker may still be done. */
const INTERRUPTED_DEADLINE_MS = 5000;

/**
 * Runs a command in a shell, in a process group of its own, and throws with what it printed when it fails. One that takes
 * too long is ended with its group; what a hook that ends by itself leaves behind, such as a broker, is the user's.
 */
export async function runHook({ command, logFile, signal: abort }: HookRequest): Promise<void> {
  const log = openSync(logFile, "a");
  // Before the hook is there: a short one has written all it has to say when `spawn` returns.
  const from = statSync(logFile).size;
  const child = spawn("/bin/sh", ["-c", command], { stdio: ["ignore", log, log], detached: true });
  closeSync(log);
  let late: string | null = null;
  const end = (deadlineMs: number) => {
    late ??= `it was still at work after ${deadlineMs / 1000} s and was ended`;
    if (child.pid !== undefined) signal(-child.pid, "SIGKILL");
  };
  const timers = [setTimeout(end, DEADLINE_MS, DEADLINE_MS)];
  const hurry = () => void timers.push(setTimeout(end, INTERRUPTED_DEADLINE_MS, INTERRUPTED_DEADLINE_MS));
  if (abort?.aborted) hurry();
  else abort?.addEventListener("abort", hurry, { once: true });
  try {
    const [code, ended] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    if (code === 0) return;
    const said = tailOf(logFile, from);
    const how = code === null ? `it was ended by ${ended}` : `it ended with exit code ${code}`;
    throw new Error(late ?? (said === "" ? how : said));
  } finally {
    abort?.removeEventListener("abort", hurry);
    for (const timer of timers) clearTimeout(timer);
  }
}
