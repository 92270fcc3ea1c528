import { setTimeout as sleep } from "node:timers/promises";
import type { Consumer, ConsumerContext, Deliver, Delivery } from "../../src/spi/driver.js";
import { Slots } from "../shared/slots.js";
import type { Connection } from "./connection.js";
import { Idle } from "./idle.js";
import { listen } from "./listener.js";
import { type PostgresOptions, plainOptions } from "./options.js";
import { type TableRow, tableRow } from "./plain-table.js";
import { nameOf, workerConnections } from "./session.js";
import { Together } from "./together.js";

/** A statement that has not come back this long after the stop is given up. */
const STOP_GRACE_MS = 2000;
const ERROR_PAUSE_MS = 100;

/** Takes messages by hiding them for a time; one connection takes, another settles. */
export class LeaseConsumer implements Consumer {
  private readonly plain: ReturnType<typeof plainOptions>;
  private readonly table: string;
  private readonly idle: Idle;
  private readonly slots: Slots;
  private readonly deletions: Together;
  private readonly listener: Connection | null;
  private readonly loop: Promise<void>;
  private readonly handlers = new Set<Promise<void>>();
  private stopping = false;

  private constructor(
    private readonly context: ConsumerContext<PostgresOptions>,
    private readonly deliver: Deliver,
    private readonly taking: Connection,
    private readonly settling: Connection,
  ) {
    this.plain = plainOptions(context.options);
    this.table = nameOf(context.runId);
    this.idle = new Idle(this.plain.pollMs);
    this.slots = new Slots(context.concurrency);
    this.deletions = new Together((ids) => this.delete(ids));
    this.listener = this.plain.notify ? listen(context, () => this.idle.wakeOne()) : null;
    this.loop = this.takeAll();
  }

  /** Connects and begins to take messages. */
  static async start(context: ConsumerContext<PostgresOptions>, deliver: Deliver): Promise<LeaseConsumer> {
    const [taking, settling] = await workerConnections(context, 2);
    if (!taking || !settling) throw new Error("no connections");
    return new LeaseConsumer(context, deliver, taking, settling);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.listener?.close();
    this.idle.close();
    // Or a loop that waits for a free handler would take once more.
    if (!this.taking.isReady) this.taking.close();
    const timer = setTimeout(() => this.taking.close(), STOP_GRACE_MS);
    await Promise.all(this.handlers);
    await this.loop;
    clearTimeout(timer);
    await Promise.all(this.handlers);
  }

  async close(): Promise<void> {
    this.stopping = true;
    this.listener?.close();
    this.idle.close();
    this.taking.close();
    this.settling.close();
  }

  private async takeAll(): Promise<void> {
    while (!this.stopping) {
      const slots = await this.slots.take(this.plain.batch);
      const rows = this.stopping ? [] : await this.take(slots);
      this.slots.give(slots - rows.length);
      for (const row of rows) this.handle(row);
      if (rows.length === 0) await this.idle.wait();
    }
  }

  private async take(count: number): Promise<readonly TableRow[]> {
    try {
      const { rows } = await this.taking.query({
        name: `${this.table}_take`,
        // As an array, so that the selection runs once whatever plan is chosen.
        text: `UPDATE ${this.table} SET due = clock_timestamp() + $1 * interval '1 ms', attempts = attempts + 1
          WHERE id = ANY (ARRAY(
            SELECT id FROM ${this.table} WHERE NOT dead AND due <= clock_timestamp()
            ORDER BY ${this.plain.order} LIMIT $2 FOR UPDATE SKIP LOCKED))
          RETURNING id, payload, attempts, priority`,
        values: [this.plain.visibilityMs, count],
      });
      return rows.map((row) => tableRow.parse(row));
    } catch (error) {
      if (!this.stopping) {
        this.context.onClientError(error);
        await sleep(ERROR_PAUSE_MS);
      }
      return [];
    }
  }

  private handle(row: TableRow): void {
    const handler = this.deliver(this.delivery(row))
      .catch((error: unknown) => this.context.onClientError(error))
      .finally(() => {
        this.handlers.delete(handler);
        this.slots.give(1);
      });
    this.handlers.add(handler);
  }

  private delivery(row: TableRow): Delivery {
    return {
      payload: row.payload,
      redelivered: row.attempts > 1,
      settle: async (outcome) => {
        if (outcome === "failed" && this.plain.onFail !== "drop") await this.putBack(row);
        else await this.deletions.add(row.id);
      },
    };
  }

  private async delete(ids: readonly string[]): Promise<void> {
    await this.settling.untilAnswered({
      name: `${this.table}_done`,
      text: `DELETE FROM ${this.table} WHERE id = ANY ($1::bigint[])`,
      values: [ids],
    });
  }

  /** Only while the lease is this one's: another worker may have the message by now. */
  private async putBack({ id, attempts }: TableRow): Promise<void> {
    const { onFail, maxAttempts } = this.plain;
    await this.settling.untilAnswered({
      name: `${this.table}_back`,
      text: `UPDATE ${this.table} SET due = clock_timestamp(), dead = $3 WHERE id = $1 AND attempts = $2 AND NOT dead`,
      values: [id, attempts, onFail === "deadLetter" && attempts >= maxAttempts],
    });
  }
}
