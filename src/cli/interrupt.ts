import { say } from "./terminal.js";

/** Ctrl-C, a polite kill, and the terminal that is closed. */
const INTERRUPTIONS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** Errors that nobody caught, such as in a timer: they end a run, and all it has started, like any other failure. */
const FAILURES = ["uncaughtException", "unhandledRejection"] as const;

/** The first Ctrl-C ends the load in good order and still reports; a second one is not needed. */
export function onInterrupt(
  abort: AbortController,
  next = "ending the load and writing what was measured",
): () => void {
  const interrupt = () => {
    if (abort.signal.aborted) return;
    say(`\nhavoq: interrupted; ${next}\n`);
    abort.abort();
  };
  const fail = (error: unknown) => {
    const failure = error instanceof Error ? error : new Error(String(error));
    if (abort.signal.aborted) say(`havoq: while the run ended: ${failure.stack}\n`);
    else abort.abort(failure);
  };
  for (const signal of INTERRUPTIONS) process.on(signal, interrupt);
  for (const name of FAILURES) process.on(name, fail);
  return () => {
    for (const signal of INTERRUPTIONS) process.off(signal, interrupt);
    for (const name of FAILURES) process.off(name, fail);
  };
}

/** Runs a command that Ctrl-C ends in good order. */
export async function interruptible<T>(run: (abort: AbortController) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const release = onInterrupt(abort);
  try {
    return await run(abort);
  } finally {
    release();
  }
}
