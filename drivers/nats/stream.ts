import {
  AckPolicy,
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from "@nats-io/jetstream";
import { nanos, RequestError } from "@nats-io/transport-node";
import { durationOf } from "../shared/duration.js";
import type { Connection } from "./connection.js";
import { type NatsOptions, retentionOf } from "./options.js";

/** Name of the durable consumer that all workers share. */
export const CONSUMER = "workers";
/** Name of a run's stream, which is the subject of its messages as well. */
export const streamOf = (runId: string): string => `havoq-${runId}`;

const STREAM_NOT_FOUND = 10059;
const CONSUMER_NOT_FOUND = 10014;
const ACKS = { explicit: AckPolicy.Explicit, none: AckPolicy.None, all: AckPolicy.All };

/** Whether the server said that there is no such stream or consumer: it has lost its memory. */
export const isGone = (error: unknown): boolean =>
  error instanceof JetStreamApiError && (error.code === STREAM_NOT_FOUND || error.code === CONSUMER_NOT_FOUND);

/** Whether nobody listens on a stream's subject, so that nothing was stored; a publish wraps the error once more. */
export function isUnheard(error: unknown): boolean {
  const reason = error instanceof Error && error.cause instanceof RequestError ? error.cause : error;
  return reason instanceof RequestError && reason.isNoResponders();
}

/** What manages streams; asks nothing of the server itself. */
export const managerOf = async (connection: Connection): Promise<JetStreamManager> =>
  jetstreamManager(await connection.ready(), { checkAPI: false });

/** Makes the stream of a run and its consumer, if need be; the server answers the same for those that exist. */
export async function ensureStream(connection: Connection, runId: string, options: NatsOptions): Promise<void> {
  const manager = await managerOf(connection);
  const { storage, ack, ackWait, maxDeliver, maxAckPending, dedupWindow, maxMessages, discard } = options;
  const name = streamOf(runId);
  const streamAdded = manager.streams.add({
    name,
    subjects: [name],
    storage: storage === "file" ? StorageType.File : StorageType.Memory,
    retention: retentionOf(options) === "workqueue" ? RetentionPolicy.Workqueue : RetentionPolicy.Limits,
    discard: discard === "new" ? DiscardPolicy.New : DiscardPolicy.Old,
    duplicate_window: nanos(durationOf(dedupWindow)),
    ...(maxMessages === undefined ? {} : { max_msgs: maxMessages }),
  });
  await connection.whileUp(streamAdded);
  const consumerAdded = manager.consumers.add(name, {
    durable_name: CONSUMER,
    ack_policy: ACKS[ack],
    ...(ack === "none" ? {} : { ack_wait: nanos(durationOf(ackWait)), max_ack_pending: maxAckPending }),
    ...(maxDeliver === undefined ? {} : { max_deliver: maxDeliver }),
  });
  await connection.whileUp(consumerAdded);
}
