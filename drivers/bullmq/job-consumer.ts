import { setTimeout as sleep } from "node:timers/promises";
import type { Consumer, Deliver, Delivery } from "../../src/spi/driver.js";

/** A library's worker, as far as a consumer needs it. */
interface JobWorker {
  /** Takes no more jobs and resolves when the ones that run have ended; it may hang when the server is gone. */
  stop(): Promise<void>;
  /** Drops the connections. */
  drop(): Promise<void>;
}

/** How long a worker without running jobs may take to stop. */
const STOP_GRACE_MS = 5000;

/** The jobs that run in this process: hands each to havoq, and its outcome back to the library. */
export class RunningJobs {
  private readonly handlers = new Set<Promise<void>>();

  constructor(private readonly deliver: Deliver) {}

  /**
   * Processes one job, with the user's own processor if there is one: resolves when its handler completed, rejects when it
   * failed, with what the processor threw.
   */
  process(job: Pick<Delivery, "payload" | "redelivered">, processor: (() => unknown) | null): Promise<void> {
    return new Promise((resolve, reject) => {
      let thrown: unknown = new Error("the handler failed");
      const handle = async () => {
        try {
          await processor?.();
        } catch (error) {
          thrown = error;
          throw error;
        }
      };
      const settle = async (outcome: "completed" | "failed") => {
        if (outcome === "completed") resolve();
        else reject(thrown);
      };
      const { payload, redelivered } = job;
      const handler = this.deliver({ payload, redelivered, settle, ...(processor && { handle }) })
        .then(() => reject(new Error("the delivery was never settled")), reject)
        .finally(() => this.handlers.delete(handler));
      this.handlers.add(handler);
    });
  }

  /** Resolves when no handler runs. */
  async ended(): Promise<void> {
    while (this.handlers.size > 0) await Promise.all(this.handlers);
  }
}

/** A consumer on top of a library's worker. */
export function jobConsumer(jobs: RunningJobs, worker: JobWorker): Consumer {
  let stopped: Promise<void> | null = null;
  return {
    async stop() {
      stopped ??= stop(jobs, worker);
      await stopped;
    },
    async close() {
      await worker.drop();
    },
  };
}

/** The libraries wait for a lost connection to end, which it never does; so not for longer than handlers run. */
async function stop(jobs: RunningJobs, worker: JobWorker): Promise<void> {
  const patience = new AbortController();
  const impatience = async () => {
    await jobs.ended();
    await sleep(STOP_GRACE_MS, undefined, { signal: patience.signal }).catch(() => {});
  };
  await Promise.race([worker.stop(), impatience()]);
  patience.abort();
  await jobs.ended();
}
