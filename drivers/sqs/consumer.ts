import { setTimeout as sleep } from "node:timers/promises";
import { type Message, ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Consumer, ConsumerContext, Deliver, Delivery } from "../../src/spi/driver.js";
import { Slots } from "../shared/slots.js";
import { sqsClient } from "./client.js";
import { Held } from "./held.js";
import { type SqsOptions, secondsOf } from "./options.js";
import { Queues } from "./queues.js";
import { Settler } from "./settler.js";

/** A received message, as far as a consumer needs it. */
interface Received {
  readonly payload: Buffer;
  readonly handle: string;
  readonly group: string | null;
  readonly redelivered: boolean;
}

const SETTLE_ATTEMPTS = 3;
const ERROR_PAUSE_MS = 200;
/** A long poll that still waits this long after the stop is cut off. */
const STOP_GRACE_MS = 2500;

/** Receives with as many long polls as keep the handlers busy, and never more messages than there are free handlers. */
export class SqsConsumer implements Consumer {
  private readonly receiving: SQSClient;
  private readonly settling: SQSClient;
  private readonly queues: Queues;
  private readonly settler: Settler;
  private readonly held: Held;
  private readonly slots: Slots;
  private readonly loops: readonly Promise<void>[];
  private readonly handlers = new Set<Promise<void>>();
  private readonly cutOff = new AbortController();
  private stopping = false;
  private closed = false;

  private constructor(
    private readonly context: ConsumerContext<SqsOptions>,
    private readonly deliver: Deliver,
  ) {
    const { endpoint, concurrency, options, runId, onClientError } = context;
    // One poll more than fills all handlers: it waits while the others bring their messages.
    const polls = Math.min(concurrency, Math.ceil(concurrency / options.receiveBatch) + 1);
    this.receiving = sqsClient({ endpoint, sockets: polls + 1, attempts: 1 });
    this.settling = sqsClient({ endpoint, sockets: concurrency, attempts: SETTLE_ATTEMPTS });
    this.queues = new Queues(this.receiving, runId, options);
    this.settler = new Settler(this.settling, this.queues, options);
    this.held = new Held(options, this.settler, onClientError);
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
    this.held.close();
  }

  async close(): Promise<void> {
    this.stopping = true;
    this.closed = true;
    this.cutOff.abort();
    this.held.close();
    this.receiving.destroy();
    this.settling.destroy();
  }

  private async receiveAll(): Promise<void> {
    while (!this.stopping) {
      const slots = await this.slots.take(this.context.options.receiveBatch);
      const messages = this.stopping ? [] : await this.receive(slots);
      this.slots.give(slots - messages.length);
      for (const each of inLanes(messages)) this.handle(each);
    }
  }

  private async receive(count: number): Promise<readonly Received[]> {
    const { waitTime } = this.context.options;
    try {
      const { Messages = [] } = await this.queues.with(({ main }) =>
        this.receiving.send(
          new ReceiveMessageCommand({
            QueueUrl: main,
            MaxNumberOfMessages: count,
            WaitTimeSeconds: secondsOf(waitTime),
            MessageSystemAttributeNames: ["ApproximateReceiveCount", "MessageGroupId"],
          }),
          { abortSignal: this.cutOff.signal },
        ),
      );
      const nowMs = performance.now();
      return Messages.map((message) => {
        const received = receivedOf(message);
        this.held.add(received.handle, nowMs);
        return received;
      });
    } catch (error) {
      if (!this.stopping) {
        this.context.onClientError(error);
        await sleep(ERROR_PAUSE_MS);
      }
      return [];
    }
  }

  private handle(messages: readonly Received[]): void {
    const handler = this.handleInOrder(messages)
      .catch((error: unknown) => this.context.onClientError(error))
      .finally(() => this.handlers.delete(handler));
    this.handlers.add(handler);
  }

  /** Messages of one group, one after the other: a failed one sends those behind it back to wait for it. */
  private async handleInOrder(messages: readonly Received[]): Promise<void> {
    for (const [index, message] of messages.entries()) {
      let goOn = true;
      const behind = messages.slice(index + 1);
      try {
        // A message that waited here for too long may be with somebody else, and comes again.
        if (index > 0 && this.held.isOver(message.handle)) continue;
        await this.deliver(
          this.delivery(message, async () => {
            goOn = false;
            await Promise.all(behind.map((each) => this.giveBack(each)));
          }),
        );
      } catch (error) {
        this.context.onClientError(error);
      } finally {
        this.held.remove(message.handle);
        this.slots.give(1);
      }
      if (goOn && !this.closed) continue;
      this.slots.give(behind.length);
      return;
    }
  }

  private delivery({ payload, handle, redelivered }: Received, beforeFailing: () => Promise<void>): Delivery {
    return {
      payload,
      redelivered,
      settle: async (outcome) => {
        // From here on a heartbeat could only come too late.
        this.held.remove(handle);
        if (outcome === "completed") {
          await this.settler.delete(handle);
          return;
        }
        await beforeFailing();
        if (this.context.options.onFail === "visible") await this.settler.show(handle);
      },
    };
  }

  private async giveBack({ handle }: Received): Promise<void> {
    this.held.remove(handle);
    await this.settler.show(handle);
  }
}

function receivedOf({ Body, ReceiptHandle, Attributes }: Message): Received {
  return {
    payload: Buffer.from(Body ?? "", "base64"),
    handle: ReceiptHandle ?? "",
    group: Attributes?.MessageGroupId ?? null,
    redelivered: Number(Attributes?.ApproximateReceiveCount ?? 1) > 1,
  };
}

/** Messages that have to be handled one after the other; each for itself where there are no groups. */
function inLanes(messages: readonly Received[]): readonly (readonly Received[])[] {
  const lanes = new Map<string, Received[]>();
  const all: Received[][] = [];
  for (const message of messages) {
    const lane = message.group === null ? undefined : lanes.get(message.group);
    if (lane) {
      lane.push(message);
      continue;
    }
    const first = [message];
    all.push(first);
    if (message.group !== null) lanes.set(message.group, first);
  }
  return all;
}
