import { setTimeout as sleep } from "node:timers/promises";
import { type ConsumerMessages, type JsMsg, jetstream } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import type { Consumer, ConsumerContext, Deliver, Delivery } from "../../src/spi/driver.js";
import { Slots } from "../shared/slots.js";
import { Connection } from "./connection.js";
import type { NatsOptions } from "./options.js";
import { CONSUMER, ensureStream, streamOf } from "./stream.js";

type Puller = Awaited<ReturnType<ReturnType<typeof jetstream>["consumers"]["get"]>>;

const CONNECT_DEADLINE_MS = 10_000;
/** How long one pull waits for messages; the shortest that the client takes. */
const PULL_MS = 1000;
/** A pull that still waits this long after the stop is cut off. */
const STOP_GRACE_MS = 2500;
const ERROR_PAUSE_MS = 100;

/**
 * Pulls as many messages as there are free handlers, so that none waits in the client: `consume` of the client asks for
 * more as they arrive, not as they are handled, and would take all that the server gives.
 */
export class NatsConsumer implements Consumer {
  private readonly slots: Slots;
  private readonly loops: readonly Promise<void>[];
  private readonly handlers = new Set<Promise<void>>();
  private readonly pulls = new Set<ConsumerMessages>();
  private puller: { readonly nats: NatsConnection; readonly consumer: Promise<Puller> } | null = null;
  private stopping = false;

  private constructor(
    private readonly context: ConsumerContext<NatsOptions>,
    private readonly deliver: Deliver,
    private readonly connection: Connection,
  ) {
    const { concurrency, options } = context;
    // One pull more than fills all handlers: it waits while the others bring their messages.
    const pulls = Math.min(concurrency, Math.ceil(concurrency / options.batch) + 1);
    this.slots = new Slots(concurrency);
    this.loops = Array.from({ length: pulls }, () => this.pullAll());
  }

  /** Connects and begins to pull. */
  static async start(this: void, context: ConsumerContext<NatsOptions>, deliver: Deliver): Promise<NatsConsumer> {
    const { endpoint, onClientError } = context;
    const connection = new Connection({ endpoint, onClientError: (error) => onClientError(error) });
    await connection.readyWithin(CONNECT_DEADLINE_MS);
    return new NatsConsumer(context, deliver, connection);
  }

  /** What a pull brings while the consumer stops is handled too: dropped, it would wait for its ackWait. */
  async stop(): Promise<void> {
    this.stopping = true;
    const timer = setTimeout(() => {
      for (const pull of this.pulls) pull.stop();
      if (!this.connection.isReady) void this.connection.close();
    }, STOP_GRACE_MS);
    await Promise.all(this.handlers);
    await Promise.all(this.loops);
    clearTimeout(timer);
    await Promise.all(this.handlers);
    // Acks are handed over when they are written; a round trip tells that the server has them.
    if (this.connection.isReady) await (await this.connection.ready()).flush().catch(() => {});
  }

  async close(): Promise<void> {
    this.stopping = true;
    await this.connection.close();
  }

  private async pullAll(): Promise<void> {
    while (!this.stopping) {
      const slots = await this.slots.take(this.context.options.batch);
      let left = slots;
      try {
        if (!this.stopping) {
          for await (const message of await this.pull(slots)) {
            left -= 1;
            this.handle(message);
          }
        }
      } catch (error) {
        if (!this.stopping) await this.recover(error);
      }
      this.slots.give(left);
    }
  }

  private async pull(count: number): Promise<ConsumerMessages> {
    const nats = await this.connection.ready();
    if (this.puller?.nats !== nats) {
      this.puller = { nats, consumer: jetstream(nats).consumers.get(streamOf(this.context.runId), CONSUMER) };
    }
    const pull = await (await this.puller.consumer).fetch({ max_messages: count, expires: PULL_MS });
    this.pulls.add(pull);
    void pull.closed().finally(() => this.pulls.delete(pull));
    return pull;
  }

  /** The stream may have gone with the server's memory; making it again changes nothing where it is still there. */
  private async recover(error: unknown): Promise<void> {
    this.puller = null;
    this.context.onClientError(error);
    await sleep(ERROR_PAUSE_MS);
    const { runId, options } = this.context;
    await ensureStream(this.connection, runId, options).catch((failure: unknown) => {
      if (!this.stopping) this.context.onClientError(failure);
    });
  }

  private handle(message: JsMsg): void {
    const handler = this.deliver(this.delivery(message))
      .catch((error: unknown) => this.context.onClientError(error))
      .finally(() => {
        this.handlers.delete(handler);
        this.slots.give(1);
      });
    this.handlers.add(handler);
  }

  private delivery(message: JsMsg): Delivery {
    const { ack, onFail } = this.context.options;
    return {
      payload: Buffer.from(message.data.buffer, message.data.byteOffset, message.data.byteLength),
      redelivered: message.redelivered,
      settle: async (outcome) => {
        if (ack === "none") return;
        if (outcome === "completed") message.ack();
        else if (onFail === "nak") message.nak();
        else if (onFail === "term") message.term();
      },
    };
  }
}
