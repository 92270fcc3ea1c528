import type { DriverContext, Producer } from "../../src/spi/driver.js";
import { publishError } from "./connection.js";
import { type PostgresOptions, plainOptions } from "./options.js";
import { nameOf, producerPool } from "./session.js";

/** Stores each message with one INSERT, which is a transaction of its own; the answer comes after its commit. */
export async function plainProducer(context: DriverContext<PostgresOptions>): Promise<Producer> {
  const pool = await producerPool(context);
  const table = nameOf(context.runId);
  const insert = `INSERT INTO ${table} (payload, priority) VALUES ($1, $2)`;
  const { notify } = plainOptions(context.options);
  const text = notify ? `WITH stored AS (${insert} RETURNING 1) SELECT pg_notify('${table}', '') FROM stored` : insert;
  const name = `${table}_publish`;
  return {
    async publish(payload, { priority = 0 } = {}) {
      try {
        await pool.query({ name, text, values: [payload, priority] });
      } catch (error) {
        throw publishError(error);
      }
      return "broker";
    },
    async close() {
      pool.close();
    },
  };
}
