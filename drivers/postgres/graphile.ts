import { makeWorkerUtils } from "graphile-worker";
import type { Admin, DriverContext, Producer } from "../../src/spi/driver.js";
import { publishError } from "./connection.js";
import { GraphilePool, graphileLogger } from "./graphile-pool.js";
import { jobAdmin } from "./job-admin.js";
import { graphileOptions, type PostgresOptions } from "./options.js";
import { nameOf, producerPool } from "./session.js";
import { wrap } from "./text-payload.js";

/** Name of the task of a run, which has a schema of its own. */
export const TASK = "message";

/** havoq's view of graphile-worker's jobs; one with no attempts left counts as a dead letter. */
export function graphileAdmin(context: DriverContext<PostgresOptions>): Promise<Admin> {
  const { endpoint, onClientError } = context;
  return jobAdmin(context, {
    async install(schema) {
      const pool = new GraphilePool({ endpoint, name: "havoq", size: 2, onClientError });
      try {
        const utils = await makeWorkerUtils({ pgPool: pool.pool, schema, logger: graphileLogger(onClientError) });
        await utils.migrate();
        await utils.release();
      } finally {
        pool.close();
      }
    },
    select: (schema) => `SELECT id, payload AS data, CASE
        WHEN locked_at IS NOT NULL THEN 'inFlight'
        WHEN attempts >= max_attempts THEN 'deadLettered'
        ELSE 'ready' END AS place
      FROM ${schema}._private_jobs`,
    lowest: "0",
  });
}

/** Adds jobs with the library's SQL function, as its own `addJob` does. */
export async function graphileProducer(context: DriverContext<PostgresOptions>): Promise<Producer> {
  const pool = await producerPool(context);
  const schema = nameOf(context.runId);
  const { maxAttempts } = graphileOptions(context.options);
  const name = `${schema}_publish`;
  const text = `SELECT 1 FROM ${schema}.add_job('${TASK}', $1::json, max_attempts => $2::int,
    queue_name => $3::text, priority => $4::int)`;
  return {
    async publish(payload, { key, priority } = {}) {
      // Jobs of a queue run one after the other; the lowest number goes first.
      const attributes = [key === undefined ? null : `k${key}`, priority === undefined ? null : -priority];
      try {
        await pool.query({ name, text, values: [JSON.stringify(wrap(payload)), maxAttempts, ...attributes] });
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
