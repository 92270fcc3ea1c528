/** The user stopped a command before it had a result. Exit code 130. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";

  constructor(message = "interrupted before the load began: nothing was measured") {
    super(message);
  }
}

/** Why a run was aborted, where it was a failure; `null` where it was the user, or nobody. */
export function failureOf({ reason }: AbortSignal): Error | null {
  return reason instanceof Error && reason.name !== "AbortError" ? reason : null;
}

/** Throws the failure, or `InterruptedError`, when a run was aborted. */
export function assertGoingOn(signal: AbortSignal): void {
  if (signal.aborted) throw failureOf(signal) ?? new InterruptedError();
}

/** Waits for a part of the way to the load; throws as `assertGoingOn` as soon as the run is aborted. The part goes on. */
export async function whileGoingOn<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(failureOf(signal) ?? new InterruptedError());
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
  // What it comes to after that is of no interest any more.
  work.catch(() => {});
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
