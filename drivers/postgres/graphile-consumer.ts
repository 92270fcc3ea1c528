import { setTimeout as sleep } from "node:timers/promises";
import { type JobHelpers, type Runner, run } from "graphile-worker";
import type { Consumer, ConsumerContext, Deliver } from "../../src/spi/driver.js";
import { TASK } from "./graphile.js";
import { GraphilePool, graphileLogger } from "./graphile-pool.js";
import { graphileOptions, type PostgresOptions, sessionOf } from "./options.js";
import { nameOf, workersName } from "./session.js";
import { unwrap } from "./text-payload.js";

/**
 * As the library comes (0.17), it does not look at what becomes of the statement that completes a job: with the connection
 * lost meanwhile the rejection is unhandled and ends the process, and a graceful stop does not wait for it. In batches,
 * even of one turn, it does both.
 */
const SAFE_SETTLING = { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } };
const RESTART_PAUSE_MS = 500;
/** The library tries for long to tell a server of its end that is down. */
const STOP_GRACE_MS = 5000;

/** The library's own runner, started again when it gives up. */
export class GraphileConsumer implements Consumer {
  private readonly pool: GraphilePool;
  private readonly handlers = new Set<Promise<void>>();
  private readonly ended: Promise<void>;
  private runner: Runner | null = null;
  private stopping = false;

  private constructor(
    private readonly context: ConsumerContext<PostgresOptions>,
    private readonly deliver: Deliver,
  ) {
    const { endpoint, concurrency, options, runId } = context;
    this.pool = new GraphilePool({
      endpoint,
      name: workersName(runId),
      // One more listens.
      size: concurrency + 1,
      session: sessionOf(options),
      onClientError: (error) => this.report(error),
    });
    this.ended = this.keepRunning();
  }

  /** Begins to take jobs. */
  static async start(context: ConsumerContext<PostgresOptions>, deliver: Deliver): Promise<GraphileConsumer> {
    return new GraphileConsumer(context, deliver);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    const stopped = Promise.all([this.runner?.stop().catch(() => {}), this.ended]);
    await Promise.all(this.handlers);
    await Promise.race([stopped, sleep(STOP_GRACE_MS)]);
  }

  /** The runner's own `kill` would give the jobs back first. */
  async close(): Promise<void> {
    this.stopping = true;
    this.pool.close();
    void this.runner?.stop().catch(() => {});
  }

  private async keepRunning(): Promise<void> {
    while (!this.stopping) {
      try {
        const { concurrency, runId, options } = this.context;
        this.runner = await run({
          pgPool: this.pool.pool,
          schema: nameOf(runId),
          concurrency,
          pollInterval: graphileOptions(options).pollMs,
          noHandleSignals: true,
          logger: graphileLogger((error) => this.report(error)),
          taskList: { [TASK]: (data, helpers) => this.handle(data, helpers) },
          crontab: "",
          preset: SAFE_SETTLING,
        });
        if (this.stopping) await this.runner.stop();
        await this.runner.promise;
      } catch (error) {
        this.report(error);
      }
      if (!this.stopping) await sleep(RESTART_PAUSE_MS);
    }
  }

  /** The job is done when this resolves, and failed when it rejects. */
  private async handle(data: unknown, { job }: JobHelpers): Promise<void> {
    let outcome: "completed" | "failed" = "failed";
    const handler = this.deliver({
      payload: unwrap(data),
      redelivered: job.attempts > 1,
      settle: async (ended) => {
        outcome = ended;
      },
    });
    this.handlers.add(handler);
    await handler.finally(() => this.handlers.delete(handler));
    if (outcome === "failed") throw new Error("the handler failed");
  }

  private report(error: unknown): void {
    if (!this.stopping) this.context.onClientError(error);
  }
}
