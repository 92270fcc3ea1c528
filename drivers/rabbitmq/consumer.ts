import { setTimeout as sleep } from "node:timers/promises";
import type { Consumer, ConsumerContext, Deliver, Delivery } from "../../src/spi/driver.js";
import { HandlerPool } from "../shared/handler-pool.js";
import type { AmqpChannel, Incoming } from "./client.js";
import { clients } from "./libraries.js";
import { heartbeatSeconds, onFailOf, type RabbitOptions } from "./options.js";
import { Session } from "./session.js";
import { StreamPosition } from "./stream-position.js";
import { declare, type Topology, topologyOf } from "./topology.js";

/** A message and the channel that it can be settled on. */
interface Taken {
  readonly message: Incoming;
  readonly channel: AmqpChannel;
}

const CONNECT_DEADLINE_MS = 10_000;
const CANCEL_DEADLINE_MS = 2000;

/** Consumes on one channel; what is prefetched waits here for a free handler. */
export class RabbitConsumer implements Consumer {
  private readonly session: Session;
  private readonly topology: Topology;
  private readonly position: StreamPosition | null;
  private readonly pool: HandlerPool<Taken>;
  private readonly onFail: ReturnType<typeof onFailOf>;
  private tag = "";
  /** The channel that deliveries can be settled on. */
  private live: AmqpChannel | null = null;
  private stopping = false;

  private constructor(
    private readonly context: ConsumerContext<RabbitOptions>,
    private readonly deliver: Deliver,
  ) {
    const { endpoint, options, runId, concurrency } = context;
    const onClientError = (error: unknown) => context.onClientError(error);
    this.topology = topologyOf(runId, options);
    this.position = this.topology.offsets === null ? null : new StreamPosition(this.topology.offsets);
    this.onFail = onFailOf(options);
    this.pool = new HandlerPool(concurrency, (taken) => this.handle(taken), onClientError);
    this.session = new Session({
      client: clients[options.client]({
        endpoint,
        heartbeatSeconds: heartbeatSeconds(options),
        onBlocked: () => {},
      }),
      channel: { confirms: false, onReturn: () => {} },
      prepare: (channel) => this.prepare(channel),
      onClientError,
    });
  }

  /** Connects and begins to consume, waiting a while for a broker that is down just now. */
  static async start(this: void, context: ConsumerContext<RabbitOptions>, deliver: Deliver): Promise<RabbitConsumer> {
    const consumer = new RabbitConsumer(context, deliver);
    await consumer.session.begin(CONNECT_DEADLINE_MS);
    return consumer;
  }

  /** What waits here goes back to the queue; auto-acked messages can't, and are handled. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.session.retire();
    const channel = this.live;
    if (channel) {
      const cancelled = channel.cancel(this.tag).catch(() => {});
      await Promise.race([cancelled, channel.closed, sleep(CANCEL_DEADLINE_MS)]);
    }
    await this.pool.heldAtMost(0);
    if (this.live) this.position?.store(this.live);
  }

  async close(): Promise<void> {
    this.stopping = true;
    this.position?.close();
    this.session.destroy();
  }

  private async prepare(channel: AmqpChannel): Promise<void> {
    const { options } = this.context;
    this.live = channel;
    void channel.closed.then(() => {
      if (this.live === channel) this.live = null;
    });
    await declare(channel, this.topology, options);
    const args = this.position ? await this.position.resume(channel) : {};
    // An auto-acked consumer has no limit.
    if (options.ack === "manual") await channel.prefetch(options.prefetch);
    this.tag = await channel.consume(this.topology.queue, options.ack === "auto", args, (message) => {
      this.position?.taken(message, channel);
      this.pool.push({ message, channel });
    });
  }

  private async handle({ message, channel }: Taken): Promise<void> {
    if (this.context.options.ack === "manual") {
      // Its channel is gone: the broker delivers it again.
      if (channel !== this.live) return;
      if (this.stopping) {
        if (!this.position) message.nack(true);
        return;
      }
    }
    await this.deliver(this.delivery({ message, channel }));
  }

  private delivery({ message, channel }: Taken): Delivery {
    return {
      payload: message.payload,
      redelivered: this.position ? undefined : message.redelivered || Number(message.headers["x-delivery-count"]) > 0,
      settle: async (outcome) => {
        if (this.context.options.ack === "auto") return;
        if (outcome === "completed" || this.position) message.ack();
        else message.nack(this.onFail === "requeue");
        this.position?.settled(message, channel);
      },
    };
  }
}
