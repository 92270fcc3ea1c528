import * as z from "zod";
import type { Admin, DriverContext, Residue, ResiduePlace } from "../../src/spi/driver.js";
import type { Connection } from "./connection.js";
import { connectAdmin, nameOf } from "./session.js";
import { unwrap } from "./text-payload.js";

const PAGE = 1000;

/** Where a library keeps its jobs, in its own schema of the run. */
export interface JobTable {
  /** Makes the library's tables in the schema. */
  install(schema: string): Promise<void>;
  /** Columns `id`, `data` and `place` of the jobs that are not done. */
  select(schema: string): string;
  /** The first id is greater than this. */
  readonly lowest: string;
}

const placeName = z.enum(["ready", "inFlight", "deadLettered"]);
const countRow = z.object({ place: placeName, count: z.coerce.number() });
const jobRow = z.object({ id: z.string(), place: placeName, data: z.unknown() });

/** havoq's view of a library's jobs. */
export async function jobAdmin(context: DriverContext<unknown>, table: JobTable): Promise<Admin> {
  const connection = await connectAdmin(context);
  const schema = nameOf(context.runId);
  return {
    setup: () => table.install(schema),
    async teardown() {
      await connection.query({ text: `DROP SCHEMA IF EXISTS ${schema} CASCADE` });
    },
    async depth() {
      const text = `SELECT place, count(*) AS count FROM (${table.select(schema)}) jobs GROUP BY place`;
      const { rows } = await connection.query({ text });
      const depth: Record<ResiduePlace, number> = { ready: 0, inFlight: 0, deadLettered: 0 };
      for (const row of rows) {
        const { place, count } = countRow.parse(row);
        depth[place] = count;
      }
      return depth;
    },
    residue: () => residue(connection, table, schema),
    async close() {
      connection.close();
    },
  };
}

async function* residue(connection: Connection, table: JobTable, schema: string): AsyncGenerator<Residue> {
  for (let after = table.lowest; ; ) {
    const { rows } = await connection.query({
      text: `SELECT * FROM (${table.select(schema)}) jobs WHERE id > $1 ORDER BY id LIMIT ${PAGE}`,
      values: [after],
    });
    const jobs = rows.map((row) => jobRow.parse(row));
    for (const { place, data } of jobs) yield { place, payload: unwrap(data) };
    const last = jobs.at(-1);
    if (last === undefined || jobs.length < PAGE) return;
    after = last.id;
  }
}
