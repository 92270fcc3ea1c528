import { markedPayload } from "../shared/framework/marked.js";
import { inMilliseconds, pythonClients } from "../shared/framework/python-clients.js";
import { type FrameworkKey, frameworkAdmin } from "../shared/framework/redis-admin.js";
import { HUEY, type HueyOptions } from "./options.js";

/** Huey leaves out of a name what is no letter or digit. */
const cleaned = (runId: string): string => runId.replace(/[^A-Za-z0-9_]/g, "");

function hueyKeys(runId: string): FrameworkKey[] {
  const name = cleaned(runId);
  return [
    { key: `huey.redis.${name}`, type: "list", place: "ready", payloadOf: markedPayload },
    // What waits for a retry.
    { key: `huey.schedule.${name}`, type: "zset", place: "ready", payloadOf: markedPayload },
  ];
}

/** `huey_consumer` on the run's queue. */
export const hueyClients = pythonClients<HueyOptions>(
  {
    framework: HUEY,
    module: "havoq.huey",
    command: ({ options, concurrency }) => [
      ...["huey.bin.huey_consumer", "havoq.huey.huey", "-k", options.worker, "-w", String(concurrency)],
      ...["-d", "0.01", "-m", "0.1", "-s", "1", "-n"],
    ],
    // SIGTERM interrupts what runs; SIGINT waits for it.
    stopSignal: "SIGINT",
    options: (options) => inMilliseconds(options, ["retryDelay"]),
  },
  (context) =>
    frameworkAdmin(context, {
      find: () => hueyKeys(context.runId),
      patterns: [`huey.*.${cleaned(context.runId)}*`],
      keepsDead: false,
    }),
);
