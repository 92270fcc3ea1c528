import { setTimeout as sleep } from "node:timers/promises";
import {
  type AckLevel,
  type Attributes,
  type DriverContext,
  type Producer,
  RejectedError,
} from "../../src/spi/driver.js";
import type { AmqpChannel, Outgoing } from "./client.js";
import { clients } from "./libraries.js";
import { heartbeatSeconds, isMandatory, type RabbitOptions } from "./options.js";
import { Session } from "./session.js";
import { declare, type Topology, topologyOf } from "./topology.js";

const CONNECT_DEADLINE_MS = 10_000;
const FINISH_DEADLINE_MS = 2000;

/** A publish whose outcome is not known yet. */
interface Pending {
  readonly resolve: (level: AckLevel) => void;
  readonly reject: (error: Error) => void;
  /** Whether the broker returned the message, which it confirms nevertheless. */
  returned: boolean;
}

/** Publishes each message once, on one channel. */
export class RabbitProducer implements Producer {
  private readonly options: RabbitOptions;
  private readonly session: Session;
  private readonly topology: Topology;
  private readonly pending = new Map<number, Pending>();
  private readonly mandatory: boolean;
  private readonly level: AckLevel;
  private nextId = 0;

  private constructor({ endpoint, options, runId, onClientError }: DriverContext<RabbitOptions>) {
    this.options = options;
    this.topology = topologyOf(runId, options);
    this.mandatory = isMandatory(options);
    this.level = options.confirms ? "broker" : "local";
    const onBlocked = (reason: string) => onClientError(new Error(`the broker takes no messages: ${reason}`));
    this.session = new Session({
      client: clients[options.client]({ endpoint, heartbeatSeconds: heartbeatSeconds(options), onBlocked }),
      channel: { confirms: options.confirms, onReturn: (id) => this.returned(Number(id)) },
      prepare: (channel) => this.prepare(channel),
      onClientError,
    });
  }

  /** Connects, waiting a while for a broker that is down just now. */
  static async start(this: void, context: DriverContext<RabbitOptions>): Promise<RabbitProducer> {
    const producer = new RabbitProducer(context);
    await producer.session.begin(CONNECT_DEADLINE_MS);
    return producer;
  }

  publish(payload: Buffer, { priority }: Attributes = {}): Promise<AckLevel> {
    const { channel } = this.session;
    if (channel) return this.send(channel, payload, priority);
    return this.session.ready().then((later) => this.send(later, payload, priority));
  }

  /** Sends what is still buffered, for an orderly end must not lose what nobody confirms. */
  async close(): Promise<void> {
    const { channel } = this.session;
    this.session.retire();
    if (channel) await Promise.race([channel.finish().catch(() => {}), channel.closed, sleep(FINISH_DEADLINE_MS)]);
    this.session.destroy();
  }

  private async prepare(channel: AmqpChannel): Promise<void> {
    await declare(channel, this.topology, this.options);
    void channel.closed.then(({ message }) => this.abandon(message));
  }

  private send(channel: AmqpChannel, payload: Buffer, priority: number | undefined): Promise<AckLevel> {
    return new Promise((resolve, reject) => {
      const id = this.nextId++;
      this.pending.set(id, { resolve, reject, returned: false });
      try {
        channel.publish(this.outgoing(payload, id, priority), (error) => this.settle(id, error));
      } catch (error) {
        this.settle(id, error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  private outgoing(payload: Buffer, id: number, given: number | undefined): Outgoing {
    const { exchange, routingKey, headers } = this.topology;
    const { persistent, maxPriority, unroutable } = this.options;
    // Spread evenly: the nth of them as soon as the share of all messages comes to n.
    const astray = Math.floor((id + 1) * unroutable) > Math.floor(id * unroutable);
    return {
      exchange,
      routingKey: astray ? `typo.${routingKey}` : routingKey,
      payload,
      persistent,
      ...(this.mandatory ? { mandatory: true, messageId: String(id) } : undefined),
      ...(maxPriority === undefined ? undefined : { priority: given ?? id % (maxPriority + 1) }),
      ...(headers && { headers }),
    };
  }

  private settle(id: number, error: Error | null): void {
    const pending = this.pending.get(id);
    if (!pending) return;
    this.pending.delete(id);
    if (error) pending.reject(error);
    else if (pending.returned) pending.reject(new RejectedError("unroutable: the message reached no queue"));
    else pending.resolve(this.level);
  }

  private returned(id: number): void {
    const pending = this.pending.get(id);
    if (pending) pending.returned = true;
  }

  /** What a channel that ended has not answered, it never will: stored or not, nobody knows. */
  private abandon(reason: string): void {
    const error = new Error(`the channel ended before the confirm: ${reason}`);
    for (const id of this.pending.keys()) this.settle(id, error);
  }
}
