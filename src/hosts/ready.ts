import { sleep } from "../time.js";

/** RabbitMQ and JVM brokers start in 5 to 10 s, and in many times that on a machine that is busy with other things. */
const READY_DEADLINE_MS = 90_000;
const PROBE_INTERVAL_MS = 25;
/** What a fault took down comes up again, also of a run that was interrupted; whoever did so does not wait for long. */
export const HEAL_GRACE_MS = 15_000;

/** A broker that is starting. */
export interface Starting {
  /** One attempt; throws while it is not ready. */
  probe(): Promise<string | null>;
  /** Why it will never be ready; `null` while it may. */
  failed(): string | null;
  /** Settles when it has ended. */
  readonly exited: Promise<unknown>;
  /** Interrupts the run: after so long it is given up, at once where nothing is said. */
  readonly signal?: AbortSignal | undefined;
  readonly graceMs?: number;
}

/** Probes until the broker answers, and answers what it said; throws with a sentence when it ends or takes too long. */
export async function untilReady(starting: Starting): Promise<string | null> {
  const { exited, signal, graceMs = 0 } = starting;
  let interrupted = false;
  let timer: NodeJS.Timeout | undefined;
  let interrupt = () => {};
  const interruption = new Promise<void>((resolve) => {
    interrupt = () => {
      timer = setTimeout(() => {
        interrupted = true;
        resolve();
      }, graceMs);
    };
  });
  if (signal?.aborted) interrupt();
  else signal?.addEventListener("abort", interrupt, { once: true });
  const failed = () => starting.failed() ?? (interrupted ? "was not ready yet when the run was interrupted" : null);
  try {
    return await probeUntil(starting.probe, failed, Promise.race([exited, interruption]));
  } finally {
    signal?.removeEventListener("abort", interrupt);
    clearTimeout(timer);
  }
}

/** Probes until it answers, or is over, which `failed` then explains. */
async function probeUntil(
  probe: Starting["probe"],
  failed: Starting["failed"],
  over: Promise<unknown>,
): Promise<string | null> {
  const until = performance.now() + READY_DEADLINE_MS;
  for (;;) {
    const answered = probe().then(
      (version) => ({ version }),
      (error: unknown) => ({ error }),
    );
    // An attempt may wait for an answer for long.
    const answer = await Promise.race([answered, over.then(() => ({ error: "it is over" }))]);
    const why = failed();
    if (why !== null) throw new Error(why);
    if ("version" in answer) return answer.version;
    if (performance.now() > until) {
      const text = answer.error instanceof Error ? answer.error.message : String(answer.error);
      throw new Error(`was not ready within ${READY_DEADLINE_MS / 1000} s: ${text}`);
    }
    await Promise.race([sleep(PROBE_INTERVAL_MS), over]);
  }
}
