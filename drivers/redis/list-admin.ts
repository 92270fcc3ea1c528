import type { Admin, DriverContext, Residue } from "../../src/spi/driver.js";
import type { Connection } from "./connection.js";
import { type ListKeys, listKeys, MOVE_SCRIPT } from "./list-keys.js";
import type { ListOptions } from "./list-options.js";
import { connectAdmin } from "./producer.js";
import { nodeInRole } from "./sentinel.js";

const PAGE = 500;
const TRIAL_SECONDS = 1;

/** havoq's view of the lists of a run. */
export async function listAdmin(context: DriverContext<ListOptions>): Promise<Admin> {
  const connection = await connectAdmin(context);
  const keys = listKeys(context.runId);
  return {
    // Lists come into being with their first element.
    setup: () => rehearse(connection, listKeys(`${context.runId}:trial`), context.options),
    teardown: () => remove(connection, keys),
    depth: () => connection.once(() => depth(connection, keys)),
    abilities: { nodeInRole: (role) => nodeInRole(context.endpoint, role) },
    residue: () => residue(connection, keys),
    async close() {
      connection.close();
    },
  };
}

/** One message through lists of its own, so that what the server refuses is known before the load. */
async function rehearse(connection: Connection, keys: ListKeys, { consume }: ListOptions): Promise<void> {
  const { queue, dead } = keys;
  const worker = "trial";
  await connection.once((client) => client.lpush(queue, worker));
  if (consume === "blmove") {
    const processing = keys.processing(worker);
    await connection.once((client) => client.sadd(keys.workers, worker));
    await connection.once((client) => client.blmove(queue, processing, "RIGHT", "LEFT", TRIAL_SECONDS));
    await connection.once((client) => client.eval(MOVE_SCRIPT, 2, processing, dead, worker));
  } else await connection.once((client) => client.brpop(queue, TRIAL_SECONDS));
  await remove(connection, keys);
}

async function remove(connection: Connection, keys: ListKeys): Promise<void> {
  const workers = await connection.once((client) => client.smembers(keys.workers));
  const own = workers.flatMap((id) => [keys.processing(id), keys.heartbeat(id)]);
  await connection.once((client) => client.del(keys.queue, keys.dead, keys.workers, ...own));
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
