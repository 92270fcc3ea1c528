import { type OwnQueue, queueAdmin } from "../rabbitmq/queue-admin.js";
import { markedPayload } from "../shared/framework/marked.js";
import { pythonClients } from "../shared/framework/python-clients.js";
import { dramatiqWorker, queueOf } from "./worker.js";

const HEARTBEAT_SECONDS = 60;
const HORIZON_MS = 5000;
/** Dramatiq's own: a week. */
const DEAD_MESSAGE_TTL_MS = 604_800_000;

/** The queue, that of delayed messages and that of dead ones, as Dramatiq declares them. */
function queuesOf(runId: string): OwnQueue[] {
  const name = queueOf(runId);
  const args = { "x-dead-letter-exchange": "", "x-dead-letter-routing-key": `${name}.XQ` };
  return [
    { name: `${name}.XQ`, place: "deadLettered", args: { "x-message-ttl": DEAD_MESSAGE_TTL_MS } },
    { name, place: "ready", args },
    { name: `${name}.DQ`, place: "ready", args },
  ];
}

/** `dramatiq` and `send` on RabbitMQ. */
export const dramatiqRabbitClients = pythonClients(dramatiqWorker, (context) =>
  queueAdmin(context, {
    queues: queuesOf(context.runId),
    horizonMs: HORIZON_MS,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    payloadOf: ({ payload }) => markedPayload(payload),
  }),
);
