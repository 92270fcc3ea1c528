import type { Connection } from "../redis/connection.js";
import { markedPayload } from "../shared/framework/marked.js";
import { pythonClients } from "../shared/framework/python-clients.js";
import { type FrameworkKey, frameworkAdmin, scan } from "../shared/framework/redis-admin.js";
import { dramatiqWorker, queueOf } from "./worker.js";

/** The keys of a queue and of its delayed messages, and those of each worker that holds some unacked. */
async function findKeys(connection: Connection, runId: string): Promise<FrameworkKey[]> {
  const namespace = `havoq:${runId}`;
  const queue = queueOf(runId);
  const named = (key: string, type: FrameworkKey["type"], place: FrameworkKey["place"], of: string): FrameworkKey => ({
    ...{ key, type, place },
    payloadOf: async (id, through) => {
      const data = await through.once((client) => client.hgetBuffer(`${namespace}:${of}.msgs`, id));
      return data === null ? null : markedPayload(data);
    },
  });
  const keys = [
    named(`${namespace}:${queue}`, "list", "ready", queue),
    named(`${namespace}:${queue}.DQ`, "list", "ready", `${queue}.DQ`),
    named(`${namespace}:${queue}.XQ`, "zset", "deadLettered", `${queue}.XQ`),
  ];
  for await (const found of scan(connection, `${namespace}:__acks__.*`)) {
    for (const key of found) keys.push(named(key, "set", "inFlight", key.endsWith(".DQ") ? `${queue}.DQ` : queue));
  }
  return keys;
}

/** `dramatiq` and `send` on Redis. */
export const dramatiqRedisClients = pythonClients(dramatiqWorker, (context) =>
  frameworkAdmin(context, {
    find: (connection) => findKeys(connection, context.runId),
    patterns: [`havoq:${context.runId}:*`],
    keepsDead: true,
  }),
);
