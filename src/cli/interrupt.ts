/** Ctrl-C, a polite kill, and the terminal that is closed. */
const INTERRUPTIONS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The first Ctrl-C ends the load in good order and still reports; a second one is not needed. */
export function onInterrupt(abort: AbortController): () => void {
  const interrupt = () => {
    if (abort.signal.aborted) return;
    process.stderr.write("\nhavoq: interrupted; ending the load and writing what was measured\n");
    abort.abort();
  };
  for (const signal of INTERRUPTIONS) process.on(signal, interrupt);
  return () => {
    for (const signal of INTERRUPTIONS) process.off(signal, interrupt);
  };
}
