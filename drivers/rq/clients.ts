import type { Connection } from "../redis/connection.js";
import { markedPayload } from "../shared/framework/marked.js";
import { inMilliseconds, pythonClients } from "../shared/framework/python-clients.js";
import { type FrameworkKey, frameworkAdmin } from "../shared/framework/redis-admin.js";
import { redisUrl } from "../shared/framework/redis-url.js";
import { RQ, type RqOptions } from "./options.js";

/** A member names a job, in the registry of what runs with its execution behind it. */
async function payloadOfJob(member: Buffer, connection: Connection): Promise<Buffer | null> {
  const [id = ""] = member.toString().split(":");
  const meta = await connection.once((client) => client.hgetBuffer(`rq:job:${id}`, "meta"));
  return meta === null ? null : markedPayload(meta);
}

function rqKeys(queue: string): FrameworkKey[] {
  const key = (name: string, type: FrameworkKey["type"], place: FrameworkKey["place"]): FrameworkKey => ({
    key: name,
    type,
    place,
    payloadOf: payloadOfJob,
  });
  return [
    key(`rq:queue:${queue}`, "list", "ready"),
    key(`rq:scheduled:${queue}`, "zset", "ready"),
    // Taken by a worker, and not yet begun by its horse.
    key(`rq:queue:${queue}:intermediate`, "list", "inFlight"),
    key(`rq:wip:${queue}`, "zset", "inFlight"),
    key(`rq:failed:${queue}`, "zset", "deadLettered"),
  ];
}

/** `rq worker`, or for several jobs at a time `rq worker-pool`. */
export const rqClients = pythonClients<RqOptions>(
  {
    framework: RQ,
    module: "havoq.rq",
    command: ({ options, runId, concurrency }) => [
      "rq.cli",
      ...(concurrency === 1 ? ["worker"] : ["worker-pool", "--num-workers", String(concurrency)]),
      ...["--worker-class", "havoq.rq.Worker", "--job-class", "havoq.rq.Job"],
      ...(concurrency === 1 && options.retries > 0 ? ["--with-scheduler"] : []),
      // The two commands spell it differently.
      ...[concurrency === 1 ? "--logging_level" : "--logging-level", "WARNING", runId],
    ],
    // Not on the command line, where everybody sees it.
    env: ({ endpoint }) => ({ RQ_REDIS_URL: redisUrl(endpoint) }),
    stopSignal: "SIGTERM",
    options: (options) => inMilliseconds(options, ["jobTimeout", "retryInterval"]),
  },
  (context) =>
    frameworkAdmin(context, {
      find: () => rqKeys(context.runId),
      patterns: [`rq:*:${context.runId}*`],
      keepsDead: true,
    }),
);
