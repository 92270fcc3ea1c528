import PgBoss from "pg-boss";
import { type Admin, type DriverContext, type Producer, RejectedError } from "../../src/spi/driver.js";
import { publishError } from "./connection.js";
import { jobAdmin } from "./job-admin.js";
import { bossOptions, type PostgresOptions } from "./options.js";
import { Pool } from "./pool.js";
import { nameOf, producerPool } from "./session.js";
import { wrap } from "./text-payload.js";

/** The queue of a run, which has a schema of its own. */
export const QUEUE = "messages";

/** pg-boss on connections of our own, which come back by themselves and repeat nothing. */
export function bossOn(
  pool: Pool,
  context: Pick<DriverContext<unknown>, "runId" | "onClientError">,
  rest: object,
): PgBoss {
  const boss = new PgBoss({
    db: {
      executeSql: (text, values) => pool.query({ text, ...(values?.length > 0 ? { values } : {}) }),
    },
    schema: nameOf(context.runId),
    schedule: false,
    supervise: false,
    migrate: false,
    ...rest,
  });
  boss.on("error", (error) => context.onClientError(error));
  return boss;
}

/** havoq's view of pg-boss' jobs; a job that has failed for good counts as a dead letter. */
export function bossAdmin(context: DriverContext<PostgresOptions>): Promise<Admin> {
  const { endpoint } = context;
  return jobAdmin(context, {
    async install() {
      const pool = new Pool(1, { endpoint, name: "havoq", onClientError: (error) => context.onClientError(error) });
      try {
        const boss = bossOn(pool, context, { migrate: true });
        await boss.start();
        const { expireInSeconds, retryLimit } = bossOptions(context.options);
        await boss.createQueue(QUEUE, { name: QUEUE, expireInSeconds, retryLimit });
        await boss.stop({ graceful: false });
      } finally {
        pool.close();
      }
    },
    select: (schema) => `SELECT id, data, CASE
        WHEN state = 'active' THEN 'inFlight'
        WHEN state = 'failed' THEN 'deadLettered'
        ELSE 'ready' END AS place
      FROM ${schema}.job WHERE name = '${QUEUE}' AND state IN ('created', 'retry', 'active', 'failed')`,
    lowest: "00000000-0000-0000-0000-000000000000",
  });
}

/** Sends with `boss.send`, one INSERT for each message. */
export async function bossProducer(context: DriverContext<PostgresOptions>): Promise<Producer> {
  const pool = await producerPool(context);
  const boss = bossOn(pool, context, {});
  return {
    async publish(payload, { priority } = {}) {
      const options = priority === undefined ? {} : { priority };
      const id = await boss.send(QUEUE, wrap(payload), options).catch((error: unknown) => {
        throw publishError(error);
      });
      if (id === null) throw new RejectedError("pg-boss stored nothing");
      return "broker";
    },
    async close() {
      pool.close();
    },
  };
}
