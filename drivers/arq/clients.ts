import type { Connection } from "../redis/connection.js";
import { markedPayload } from "../shared/framework/marked.js";
import { inMilliseconds, pythonClients } from "../shared/framework/python-clients.js";
import { type FrameworkKey, frameworkAdmin, scan } from "../shared/framework/redis-admin.js";
import { ARQ, type ArqOptions } from "./options.js";

async function payloadOfJob(id: Buffer, connection: Connection): Promise<Buffer | null> {
  const data = await connection.once((client) => client.getBuffer(`arq:job:${id}`));
  return data === null ? null : markedPayload(data);
}

/** A job stays in the queue until it has ended; a key of its own says that it runs, or that its worker died. */
async function findJobs(connection: Connection, runId: string): Promise<FrameworkKey[]> {
  const prefix = "arq:in-progress:";
  const running = new Set<string>();
  for await (const found of scan(connection, `${prefix}${runId}*`)) {
    for (const key of found) running.add(key.slice(prefix.length));
  }
  const queue = `havoq:${runId}`;
  const ids = await connection.once((client) => client.zrangeBuffer(queue, 0, "-1"));
  const isRunning = (id: Buffer): boolean => running.has(id.toString());
  return [
    {
      ...{ key: queue, type: "elements", place: "ready" },
      elements: ids.filter((id) => !isRunning(id)),
      payloadOf: payloadOfJob,
    },
    {
      ...{ key: queue, type: "elements", place: "inFlight" },
      elements: ids.filter(isRunning),
      payloadOf: payloadOfJob,
    },
  ];
}

/** `arq` and `enqueue_job`. */
export const arqClients = pythonClients<ArqOptions>(
  {
    framework: ARQ,
    module: "havoq.arq",
    command: () => ["arq", "havoq.arq.WorkerSettings"],
    stopSignal: "SIGTERM",
    options: (options) => inMilliseconds(options, ["jobTimeout", "retryDefer", "pollDelay", "jobCompletionWait"]),
  },
  (context) =>
    frameworkAdmin(context, {
      find: (connection) => findJobs(connection, context.runId),
      patterns: [`arq:*:${context.runId}*`, `havoq:${context.runId}*`],
      keepsDead: false,
    }),
);
