import { setTimeout as sleep } from "node:timers/promises";
import type PgBoss from "pg-boss";
import type { Consumer, ConsumerContext, Deliver, Delivery } from "../../src/spi/driver.js";
import { Slots } from "../shared/slots.js";
import { bossOn, QUEUE } from "./boss.js";
import { isAnswer } from "./connection.js";
import { Idle } from "./idle.js";
import { bossOptions, type PostgresOptions, sessionOf } from "./options.js";
import { Pool } from "./pool.js";
import { workersName } from "./session.js";
import { unwrap } from "./text-payload.js";
import { Together } from "./together.js";

/** One connection fetches, the others settle and maintain. */
const CONNECTIONS = 3;
const CONNECT_DEADLINE_MS = 10_000;
const STOP_GRACE_MS = 2000;
const ERROR_PAUSE_MS = 100;

/** Fetches as many jobs as there are free handlers, in a loop of its own: `boss.work` looks twice a second at most. */
export class BossConsumer implements Consumer {
  private readonly pool: Pool;
  private boss: PgBoss;
  private readonly slots: Slots;
  private readonly idle: Idle;
  private readonly completions: Together;
  private readonly handlers = new Set<Promise<void>>();
  private readonly loop: Promise<void>;
  private stopping = false;
  private closed = false;

  private constructor(
    private readonly context: ConsumerContext<PostgresOptions>,
    private readonly deliver: Deliver,
    pool: Pool,
  ) {
    this.pool = pool;
    this.boss = this.supervisor();
    this.slots = new Slots(context.concurrency);
    this.idle = new Idle(bossOptions(context.options).pollMs);
    this.completions = new Together((ids) => this.untilAnswered(() => this.boss.complete(QUEUE, [...ids])));
    this.loop = this.fetchAll();
  }

  /** Connects and begins to take jobs. */
  static async start(context: ConsumerContext<PostgresOptions>, deliver: Deliver): Promise<BossConsumer> {
    const { endpoint, options, runId, onClientError } = context;
    const pool = new Pool(CONNECTIONS, {
      endpoint,
      name: workersName(runId),
      session: sessionOf(options),
      onClientError: (error) => onClientError(error),
    });
    await pool.readyWithin(CONNECT_DEADLINE_MS);
    return new BossConsumer(context, deliver, pool);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.idle.close();
    await Promise.all(this.handlers);
    const timer = setTimeout(() => this.pool.close(), STOP_GRACE_MS);
    await this.loop;
    clearTimeout(timer);
    await Promise.all(this.handlers);
  }

  async close(): Promise<void> {
    this.stopping = true;
    this.closed = true;
    this.idle.close();
    this.pool.close();
    await this.boss.stop({ graceful: false });
  }

  private async fetchAll(): Promise<void> {
    await this.startMaintenance();
    while (!this.stopping) {
      const slots = await this.slots.take(this.context.concurrency);
      const jobs = this.stopping ? [] : await this.fetch(slots);
      this.slots.give(slots - jobs.length);
      for (const job of jobs) this.handle(job);
      if (jobs.length === 0) await this.idle.wait();
    }
  }

  private supervisor(): PgBoss {
    const { maintenanceIntervalSeconds } = bossOptions(this.context.options);
    return bossOn(this.pool, this.context, { supervise: true, maintenanceIntervalSeconds });
  }

  /** It asks for the version of the tables first; one whose start has failed can't be started again. */
  private async startMaintenance(): Promise<void> {
    while (!this.stopping) {
      try {
        await this.boss.start();
        return;
      } catch (error) {
        this.context.onClientError(error);
        await sleep(ERROR_PAUSE_MS);
        this.boss = this.supervisor();
      }
    }
  }

  private async fetch(batchSize: number): Promise<readonly PgBoss.JobWithMetadata<unknown>[]> {
    try {
      return await this.boss.fetch<unknown>(QUEUE, { batchSize, includeMetadata: true });
    } catch (error) {
      if (!this.stopping) {
        this.context.onClientError(error);
        await sleep(ERROR_PAUSE_MS);
      }
      return [];
    }
  }

  private handle({ id, data, retryCount }: PgBoss.JobWithMetadata<unknown>): void {
    const delivery: Delivery = {
      payload: unwrap(data),
      redelivered: retryCount > 0,
      settle: (outcome) =>
        outcome === "completed" ? this.completions.add(id) : this.untilAnswered(() => this.boss.fail(QUEUE, id)),
    };
    const handler = this.deliver(delivery)
      .catch((error: unknown) => this.context.onClientError(error))
      .finally(() => {
        this.handlers.delete(handler);
        this.slots.give(1);
      });
    this.handlers.add(handler);
  }

  /** Again and again over lost connections; only for what may be done twice. */
  private async untilAnswered(act: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await act();
        return;
      } catch (error) {
        if (this.closed || isAnswer(error)) throw error;
        await sleep(ERROR_PAUSE_MS);
      }
    }
  }
}
