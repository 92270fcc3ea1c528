import { sleep } from "../time.js";

/** RabbitMQ and JVM brokers start in 5 to 10 s, and in many times that on a machine that is busy with other things. */
const READY_DEADLINE_MS = 90_000;
const PROBE_INTERVAL_MS = 25;

/** A broker that is starting. */
export interface Starting {
  /** One attempt; throws while it is not ready. */
  probe(): Promise<string | null>;
  /** Why it will never be ready; `null` while it may. */
  failed(): string | null;
  /** Settles when it has ended. */
  readonly exited: Promise<unknown>;
}

/** Probes until the broker answers, and answers what it said; throws with a sentence when it ends or takes too long. */
export async function untilReady({ probe, failed, exited }: Starting): Promise<string | null> {
  const until = performance.now() + READY_DEADLINE_MS;
  for (;;) {
    const answer = await probe().then(
      (version) => ({ version }),
      (error: unknown) => ({ error }),
    );
    const why = failed();
    if (why !== null) throw new Error(why);
    if ("version" in answer) return answer.version;
    if (performance.now() > until) {
      const text = answer.error instanceof Error ? answer.error.message : String(answer.error);
      throw new Error(`was not ready within ${READY_DEADLINE_MS / 1000} s: ${text}`);
    }
    await Promise.race([sleep(PROBE_INTERVAL_MS), exited]);
  }
}
