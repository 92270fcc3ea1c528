import { CreateQueueCommand, DeleteQueueCommand, GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { isQueueGone } from "./client.js";
import { type SqsOptions, secondsOf } from "./options.js";

/** The addresses of a run's queues. */
export interface QueueUrls {
  readonly main: string;
  /** `null` without a dead-letter queue. */
  readonly dead: string | null;
}

/** Names of the queues of a run; a FIFO queue's has to say so. */
export function queueNames(runId: string, { fifo }: Pick<SqsOptions, "fifo">) {
  const end = fifo ? ".fifo" : "";
  return { main: `havoq-${runId}${end}`, dead: `havoq-${runId}-dead${end}` };
}

/** The queues of a run; made again where they are gone. */
export class Queues {
  private current: Promise<QueueUrls> | null = null;

  constructor(
    private readonly client: SQSClient,
    private readonly runId: string,
    private readonly options: SqsOptions,
  ) {}

  /** Makes the queues, or finds them, once; SQS answers the same for a queue that exists with the same attributes. */
  urls(): Promise<QueueUrls> {
    this.current ??= this.create().catch((error: unknown) => {
      this.current = null;
      throw error;
    });
    return this.current;
  }

  /** Calls with the queues' addresses; when they are gone, makes them again and calls once more. */
  async with<T>(call: (urls: QueueUrls) => Promise<T>): Promise<T> {
    const current = this.urls();
    try {
      return await call(await current);
    } catch (error) {
      if (!isQueueGone(error)) throw error;
      // Another call may have made them again by now.
      if (this.current === current) this.current = null;
      return call(await this.urls());
    }
  }

  /** Deletes the queues; those that are gone are no error. */
  async remove(): Promise<void> {
    const { main, dead } = await this.urls();
    for (const url of [main, dead]) {
      if (url === null) continue;
      await this.client.send(new DeleteQueueCommand({ QueueUrl: url })).catch((error: unknown) => {
        if (!isQueueGone(error)) throw error;
      });
    }
  }

  private async create(): Promise<QueueUrls> {
    const { deadLetter, visibilityTimeout, fifo, deduplication } = this.options;
    const names = queueNames(this.runId, this.options);
    const kind: Record<string, string> = fifo ? { FifoQueue: "true" } : {};
    const attributes: Record<string, string> = { ...kind, VisibilityTimeout: String(secondsOf(visibilityTimeout)) };
    if (fifo && deduplication === "content") attributes["ContentBasedDeduplication"] = "true";
    let dead: string | null = null;
    if (deadLetter !== "none") {
      dead = await this.createOne(names.dead, kind);
      attributes["RedrivePolicy"] = JSON.stringify({
        deadLetterTargetArn: await this.arnOf(dead),
        maxReceiveCount: deadLetter.maxReceives,
      });
    }
    return { main: await this.createOne(names.main, attributes), dead };
  }

  private async createOne(name: string, attributes: Record<string, string>): Promise<string> {
    const { QueueUrl } = await this.client.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
    if (QueueUrl === undefined) throw new Error(`SQS gave queue ${name} no address`);
    return QueueUrl;
  }

  private async arnOf(url: string): Promise<string> {
    const request = { QueueUrl: url, AttributeNames: ["QueueArn" as const] };
    const { Attributes } = await this.client.send(new GetQueueAttributesCommand(request));
    if (Attributes?.QueueArn === undefined) throw new Error(`SQS gave queue ${url} no ARN`);
    return Attributes.QueueArn;
  }
}
