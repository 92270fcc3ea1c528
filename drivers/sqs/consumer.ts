import { setTimeout as sleep } from "node:timers/promises";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { Consumer, ConsumerContext, Delivery } from "../../src/spi/driver.js";
import { Slots } from "../shared/slots.js";
import { sqsClient } from "./client.js";
import { type SqsOptions, secondsOf } from "./options.js";
import { Queues } from "./queues.js";

type Deliver = (delivery: Delivery) => Promise<void>;

const SETTLE_ATTEMPTS = 3;
const ERROR_PAUSE_MS = 200;
/** A long poll that still waits this long after the stop is cut off. */
const STOP_GRACE_MS = 2500;

/** Receives with as many long polls as keep the handlers busy, and never more messages than there are free handlers. */
export class SqsConsumer implements Consumer {
  private readonly receiving: SQSClient;
  private readonly settling: SQSClient;
  private readonly queues: Queues;
  private readonly slots: Slots;
  private readonly loops: readonly Promise<void>[];
  private readonly handlers = new Set<Promise<void>>();
  private readonly cutOff = new AbortController();
  private stopping = false;

  private constructor(
    private readonly context: ConsumerContext<SqsOptions>,
    private readonly deliver: Deliver,
  ) {
    const { endpoint, concurrency, options, runId } = context;
    // One poll more than fills all handlers: it waits while the others bring their messages.
    const polls = Math.min(concurrency, Math.ceil(concurrency / options.receiveBatch) + 1);
    this.receiving = sqsClient({ endpoint, sockets: polls + 1, attempts: 1 });
    this.settling = sqsClient({ endpoint, sockets: concurrency, attempts: SETTLE_ATTEMPTS });
    this.queues = new Queues(this.receiving, runId, options);
    this.slots = new Slots(concurrency);
    this.loops = Array.from({ length: polls }, () => this.receiveAll());
  }

  /** Begins to receive. */
  static async start(this: void, context: ConsumerContext<SqsOptions>, deliver: Deliver): Promise<SqsConsumer> {
    return new SqsConsumer(context, deliver);
  }

  /** What a poll brings while the consumer stops is handled too: dropped, it would stay hidden. */
  async stop(): Promise<void> {
    this.stopping = true;
    const timer = setTimeout(() => this.cutOff.abort(), STOP_GRACE_MS);
    await Promise.all(this.loops);
    clearTimeout(timer);
    await Promise.all(this.handlers);
  }

  async close(): Promise<void> {
    this.stopping = true;
    this.cutOff.abort();
    this.receiving.destroy();
    this.settling.destroy();
  }

  private async receiveAll(): Promise<void> {
    while (!this.stopping) {
      const slots = await this.slots.take(this.context.options.receiveBatch);
      const messages = this.stopping ? [] : await this.receive(slots);
      this.slots.give(slots - messages.length);
      for (const message of messages) this.handle(message);
    }
  }

  private async receive(count: number): Promise<readonly Message[]> {
    const { waitTime } = this.context.options;
    try {
      const { Messages } = await this.queues.with(({ main }) =>
        this.receiving.send(
          new ReceiveMessageCommand({
            QueueUrl: main,
            MaxNumberOfMessages: count,
            WaitTimeSeconds: secondsOf(waitTime),
            MessageSystemAttributeNames: ["ApproximateReceiveCount"],
          }),
          { abortSignal: this.cutOff.signal },
        ),
      );
      return Messages ?? [];
    } catch (error) {
      if (!this.stopping) {
        this.context.onClientError(error);
        await sleep(ERROR_PAUSE_MS);
      }
      return [];
    }
  }

  private handle(message: Message): void {
    const handler = this.deliver(this.delivery(message))
      .catch((error: unknown) => this.context.onClientError(error))
      .finally(() => {
        this.handlers.delete(handler);
        this.slots.give(1);
      });
    this.handlers.add(handler);
  }

  private delivery({ Body, ReceiptHandle, Attributes }: Message): Delivery {
    return {
      payload: Buffer.from(Body ?? "", "base64"),
      redelivered: Number(Attributes?.ApproximateReceiveCount ?? 1) > 1,
      settle: async (outcome) => {
        if (outcome === "failed" && this.context.options.onFail === "wait") return;
        const { main: QueueUrl } = await this.queues.urls();
        const end =
          outcome === "completed"
            ? this.settling.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
            : this.settling.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
        await end;
      },
    };
  }
}
