import { randomUUID } from "node:crypto";
import { SendMessageBatchCommand, SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { type DriverContext, type Producer, RejectedError } from "../../src/spi/driver.js";
import { durationOf } from "../shared/duration.js";
import { entryErrors } from "./batch-answer.js";
import { Batcher } from "./batcher.js";
import { isRefusal, sqsClient } from "./client.js";
import type { SqsOptions } from "./options.js";
import { Queues } from "./queues.js";

const SOCKETS = 128;
/** Of all bodies in a batch: what every SQS has taken. */
const MOST_BATCH_BYTES = 256 * 1024;

/** A message as it is sent. */
interface Outgoing {
  readonly MessageBody: string;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
}

/**
 * Sends messages, one with each call or several in a batch. A repeated call is a second message on a standard queue, so
 * the SDK repeats none unless told to. Of a message group only one call is under way: two could overtake each other.
 */
export async function sqsProducer(context: DriverContext<SqsOptions>): Promise<Producer> {
  const { endpoint, options, runId, onClientError } = context;
  const client = sqsClient({ endpoint, sockets: SOCKETS, attempts: 1 + options.retries });
  const queues = new Queues(client, runId, options);
  // Beforehand, so that the first message does not pay for it; a broker that is down now may be back for the first one.
  await queues.urls().catch(onClientError);
  const wrap = options.fifo ? fifoMessages(options) : (MessageBody: string): Outgoing => ({ MessageBody });
  const sendOne = (message: Outgoing) => rejecting(() => send(client, queues, message));
  const several = options.sendBatch > 1 || options.fifo;
  const batcher = several ? newBatcher(client, queues, options, sendOne) : null;
  return {
    async publish(payload, { key } = {}) {
      const message = wrap(payload.toString("base64"), key);
      await (batcher === null ? sendOne(message) : batcher.add(message));
      return "broker";
    },
    async close() {
      client.destroy();
    },
  };
}

/** Gives each message its group, by its key or else in turn, and an id that no other message of the run has. */
function fifoMessages({ groups, deduplication }: SqsOptions): (body: string, key: number | undefined) => Outgoing {
  const nonce = randomUUID();
  let count = 0;
  return (MessageBody, key = count % groups) => {
    const MessageGroupId = `g${key}`;
    count += 1;
    if (deduplication === "content") return { MessageBody, MessageGroupId };
    return { MessageBody, MessageGroupId, MessageDeduplicationId: `${nonce}-${count}` };
  };
}

function newBatcher(
  client: SQSClient,
  queues: Queues,
  { sendBatch, linger }: SqsOptions,
  sendOne: (message: Outgoing) => Promise<void>,
): Batcher<Outgoing> {
  return new Batcher<Outgoing>({
    most: sendBatch,
    mostBytes: MOST_BATCH_BYTES,
    lingerMs: durationOf(linger),
    bytesOf: ({ MessageBody }) => MessageBody.length,
    laneOf: ({ MessageGroupId }) => MessageGroupId ?? null,
    async send(messages) {
      const [first] = messages;
      if (first === undefined || messages.length > 1) return rejecting(() => sendAll(client, queues, messages));
      await sendOne(first);
      return [null];
    },
  });
}

async function send(client: SQSClient, queues: Queues, message: Outgoing): Promise<void> {
  await queues.with(({ main }) => client.send(new SendMessageCommand({ QueueUrl: main, ...message })));
}

async function sendAll(client: SQSClient, queues: Queues, messages: readonly Outgoing[]) {
  const Entries = messages.map((message, index) => ({ Id: String(index), ...message }));
  const answer = await queues.with(({ main }) => client.send(new SendMessageBatchCommand({ QueueUrl: main, Entries })));
  return entryErrors(messages.length, answer);
}

/** Turns a refusal of the service, which did not store what it refuses, into a `RejectedError`. */
async function rejecting<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (isRefusal(error)) throw new RejectedError(`${error.name}: ${error.message}`, { cause: error });
    throw error;
  }
}
