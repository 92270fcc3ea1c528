import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import type { Consumer, ConsumerContext, Deliver } from "../../src/spi/driver.js";
import type { Connection } from "./connection.js";
import { Idle } from "./idle.js";
import { listen } from "./listener.js";
import { type PostgresOptions, plainOptions } from "./options.js";
import { type TableRow, tableRow } from "./plain-table.js";
import { nameOf, workerConnections } from "./session.js";

/** A statement that has not come back this long after the stop is given up. */
const STOP_GRACE_MS = 2000;
const ERROR_PAUSE_MS = 100;

/**
 * Handles each message inside the transaction that deletes it: the commit settles it, and a lost connection gives it
 * back. Each concurrent handler needs a connection of its own.
 */
export class TransactionConsumer implements Consumer {
  private readonly plain: ReturnType<typeof plainOptions>;
  private readonly table: string;
  private readonly idle: Idle;
  private readonly listener: Connection | null;
  private readonly loops: readonly Promise<void>[];
  private readonly handling = new Set<Connection>();
  private stopping = false;

  private constructor(
    private readonly context: ConsumerContext<PostgresOptions>,
    private readonly deliver: Deliver,
    private readonly connections: readonly Connection[],
  ) {
    this.plain = plainOptions(context.options);
    this.table = nameOf(context.runId);
    this.idle = new Idle(this.plain.pollMs);
    this.listener = this.plain.notify ? listen(context, () => this.idle.wakeOne()) : null;
    this.loops = connections.map((connection) => this.takeAll(connection));
  }

  /** Connects and begins to take messages. */
  static async start(context: ConsumerContext<PostgresOptions>, deliver: Deliver): Promise<TransactionConsumer> {
    return new TransactionConsumer(context, deliver, await workerConnections(context, context.concurrency));
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.listener?.close();
    this.idle.close();
    const idle = () => this.connections.filter((connection) => !this.handling.has(connection));
    for (const connection of idle()) if (!connection.isReady) connection.close();
    const timer = setTimeout(() => {
      for (const connection of idle()) connection.close();
    }, STOP_GRACE_MS);
    await Promise.all(this.loops);
    clearTimeout(timer);
  }

  async close(): Promise<void> {
    this.stopping = true;
    this.listener?.close();
    this.idle.close();
    for (const connection of this.connections) connection.close();
  }

  private async takeAll(connection: Connection): Promise<void> {
    while (!this.stopping) {
      try {
        // The session, not the connection: a transaction does not outlive its session.
        const client = await connection.ready();
        const row = await this.take(client);
        if (row === null) await this.idle.wait();
        else await this.handle(connection, client, row);
      } catch (error) {
        if (this.stopping) return;
        this.context.onClientError(error);
        await sleep(ERROR_PAUSE_MS);
      }
    }
  }

  /** Leaves a transaction open that deletes the row; leaves none when there is no row. */
  private async take(client: Client): Promise<TableRow | null> {
    await client.query("BEGIN");
    const { rows } = await client.query({
      name: `${this.table}_take`,
      text: `DELETE FROM ${this.table} WHERE id = (
          SELECT id FROM ${this.table} WHERE NOT dead AND due <= clock_timestamp()
          ORDER BY ${this.plain.order} LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING id, payload, attempts, priority`,
    });
    if (rows.length > 0) return tableRow.parse(rows[0]);
    await client.query("ROLLBACK");
    return null;
  }

  private async handle(connection: Connection, client: Client, row: TableRow): Promise<void> {
    this.idle.wakeOne();
    this.handling.add(connection);
    let settled = false;
    try {
      await this.deliver({
        payload: row.payload,
        // An attempt whose worker died was rolled back, and has left no trace.
        redelivered: row.attempts > 0 ? true : undefined,
        settle: async (outcome) => {
          settled = true;
          if (outcome === "failed") await this.putBack(client, row);
          await client.query("COMMIT");
        },
      });
    } finally {
      this.handling.delete(connection);
      if (!settled) await client.query("ROLLBACK");
    }
  }

  /** In the same transaction, so that the message is never in two places, nor in none. */
  private async putBack(client: Client, { id, payload, attempts, priority }: TableRow): Promise<void> {
    const { onFail, maxAttempts } = this.plain;
    if (onFail === "drop") return;
    const dead = onFail === "deadLetter" && attempts + 1 >= maxAttempts;
    await client.query({
      name: `${this.table}_back`,
      text: `INSERT INTO ${this.table} (id, payload, attempts, dead, priority) VALUES ($1, $2, $3, $4, $5)`,
      values: [id, payload, attempts + 1, dead, priority],
    });
  }
}
