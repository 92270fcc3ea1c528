import type { Admin, DriverContext, Residue } from "../../src/spi/driver.js";
import type { Connection } from "./connection.js";
import { type ListKeys, listKeys } from "./list-keys.js";
import type { ListOptions } from "./list-options.js";
import { connectAdmin } from "./producer.js";
import { nodeInRole } from "./sentinel.js";

const PAGE = 500;

/** havoq's view of the lists of a run. */
export async function listAdmin(context: DriverContext<ListOptions>): Promise<Admin> {
  const connection = await connectAdmin(context);
  const keys = listKeys(context.runId);
  return {
    // Lists come into being with their first element.
    async setup() {},
    async teardown() {
      const workers = await connection.once((client) => client.smembers(keys.workers));
      const own = workers.flatMap((id) => [keys.processing(id), keys.heartbeat(id)]);
      await connection.once((client) => client.del(keys.queue, keys.dead, keys.workers, ...own));
    },
    depth: () => connection.once(() => depth(connection, keys)),
    nodeInRole: (role) => nodeInRole(context.endpoint, role),
    residue: () => residue(connection, keys),
    async close() {
      connection.close();
    },
  };
}

async function depth({ client }: Connection, keys: ListKeys) {
  const workers = await client.smembers(keys.workers);
  const [ready = 0, deadLettered = 0, ...held] = await Promise.all([
    client.llen(keys.queue),
    client.llen(keys.dead),
    ...workers.map((id) => client.llen(keys.processing(id))),
  ]);
  return { ready, deadLettered, inFlight: held.reduce((sum, length) => sum + length, 0) };
}

async function* residue(connection: Connection, keys: ListKeys): AsyncGenerator<Residue> {
  const workers = await connection.once((client) => client.smembers(keys.workers));
  const places = [
    [keys.queue, "ready"] as const,
    ...workers.map((id) => [keys.processing(id), "inFlight"] as const),
    [keys.dead, "deadLettered"] as const,
  ];
  for (const [key, place] of places) {
    for await (const payload of elements(connection, key)) yield { place, payload };
  }
}

async function* elements(connection: Connection, key: string): AsyncGenerator<Buffer> {
  for (let from = 0; ; from += PAGE) {
    const page = await connection.once((client) => client.lrangeBuffer(key, from, from + PAGE - 1));
    yield* page;
    if (page.length < PAGE) return;
  }
}
