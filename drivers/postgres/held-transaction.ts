import * as z from "zod";
import type { DriverContext, Held } from "../../src/spi/driver.js";
import { connectAdmin } from "./session.js";

const snapshotRow = z.object({ pid: z.int(), xmin: z.string() });

/**
 * Opens a transaction that has read and touches nothing: what it could still see can't be cleaned away, nor can an index
 * skip it, until it ends.
 */
export async function holdTransaction(context: DriverContext<unknown>): Promise<Held> {
  const connection = await connectAdmin(context);
  try {
    const client = await connection.ready();
    // Its snapshot is kept from the first statement on.
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const { rows } = await client.query(
      "SELECT pid, backend_xmin::text AS xmin FROM pg_stat_activity WHERE pid = pg_backend_pid()",
    );
    const { pid, xmin } = snapshotRow.parse(rows[0]);
    return {
      description: `transaction of session ${pid} held open (nothing newer than ${xmin} can be vacuumed)`,
      release: async () => {
        try {
          await client.query("ROLLBACK");
        } finally {
          connection.close();
        }
      },
    };
  } catch (error) {
    connection.close();
    throw error;
  }
}
