import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { durationOf } from "../shared/duration.js";
import { entryErrors } from "./batch-answer.js";
import { Batcher } from "./batcher.js";
import { type SqsOptions, secondsOf } from "./options.js";
import type { Queues } from "./queues.js";

const MOST_OF_BATCH = 10;

/** Ends deliveries, by their receipt handles: deletes them, shows them again, or keeps them hidden for longer. */
export class Settler {
  private readonly deletions: Batcher<string> | null;

  constructor(
    private readonly client: SQSClient,
    private readonly queues: Queues,
    private readonly options: SqsOptions,
  ) {
    const { deleteBatch, linger } = options;
    this.deletions =
      deleteBatch === 1
        ? null
        : new Batcher<string>({
            most: deleteBatch,
            mostBytes: Number.POSITIVE_INFINITY,
            lingerMs: durationOf(linger),
            bytesOf: () => 0,
            laneOf: () => null,
            send: (handles) => this.deleteAll(handles),
          });
  }

  /** Deletes a message that was handled. */
  async delete(ReceiptHandle: string): Promise<void> {
    if (this.deletions) return this.deletions.add(ReceiptHandle);
    const { main: QueueUrl } = await this.queues.urls();
    await this.client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }

  /** Shows a message to others at once. */
  async show(ReceiptHandle: string): Promise<void> {
    const { main: QueueUrl } = await this.queues.urls();
    await this.client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  }

  /** Hides messages for a whole visibility timeout from now; answers with an error or `null` for each. */
  async hide(handles: readonly string[]): Promise<readonly (Error | null)[]> {
    const { main: QueueUrl } = await this.queues.urls();
    const VisibilityTimeout = secondsOf(this.options.visibilityTimeout);
    const parts = Array.from({ length: Math.ceil(handles.length / MOST_OF_BATCH) }, (_, index) =>
      handles.slice(index * MOST_OF_BATCH, (index + 1) * MOST_OF_BATCH),
    );
    const outcomes = await Promise.all(
      parts.map(async (part) => {
        const Entries = part.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle, VisibilityTimeout }));
        const request = new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries });
        return entryErrors(part.length, await this.client.send(request));
      }),
    );
    return outcomes.flat();
  }

  private async deleteAll(handles: readonly string[]): Promise<readonly (Error | null)[]> {
    const { main: QueueUrl } = await this.queues.urls();
    const Entries = handles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
    const answer = await this.client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    return entryErrors(handles.length, answer);
  }
}
