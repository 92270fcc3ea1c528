import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Residue, ResiduePlace } from "../../src/spi/driver.js";
import { isQueueGone } from "./client.js";

/** A queue that is to be listed. */
export interface Listed {
  readonly url: string;
  readonly place: ResiduePlace;
  readonly fifo: boolean;
}

/** Keeps what was listed out of the way of the listing. */
const LISTING_VISIBILITY_SECONDS = 300;
/** SQS asks only some of its servers at a time; this many empty answers in a row are taken for an empty queue. */
const EMPTY_ANSWERS = 3;

/** Receives all that can be received. A FIFO group shows its next messages only when the last ones are deleted. */
export async function* receiveEverything(client: SQSClient, { url, place, fifo }: Listed): AsyncGenerator<Residue> {
  for (let empty = 0; empty < EMPTY_ANSWERS; ) {
    const Messages = await receive(client, url);
    empty = Messages.length === 0 ? empty + 1 : 0;
    for (const { Body } of Messages) yield { place, payload: Buffer.from(Body ?? "", "base64") };
    if (!fifo || Messages.length === 0) continue;
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
  }
}

/** A queue that is gone holds nothing. */
async function receive(client: SQSClient, url: string): Promise<readonly Message[]> {
  const request = new ReceiveMessageCommand({
    QueueUrl: url,
    MaxNumberOfMessages: 10,
    VisibilityTimeout: LISTING_VISIBILITY_SECONDS,
    WaitTimeSeconds: 1,
  });
  try {
    return (await client.send(request)).Messages ?? [];
  } catch (error) {
    if (isQueueGone(error)) return [];
    throw error;
  }
}
