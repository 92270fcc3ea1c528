import {
  type Channel,
  type ChannelModel,
  type ConfirmChannel,
  type ConsumeMessage,
  connect,
  type Message,
} from "amqplib";
import type { Endpoint } from "../../src/spi/broker.js";
import { RejectedError } from "../../src/spi/driver.js";
import { addressOf } from "./address.js";
import type {
  AmqpChannel,
  AmqpClient,
  Arguments,
  ChannelRequest,
  ClientRequest,
  Incoming,
  Outgoing,
  QueueState,
} from "./client.js";

const CONNECT_TIMEOUT_MS = 5000;
/** What amqplib calls a publish back with on basic.nack; every other error is the end of its channel. */
const NACKED = "message nacked";

/** A connection of amqplib, and the means to drop it at once. */
interface Line {
  readonly model: ChannelModel;
  readonly cut: () => void;
}

/** Connects; rejects with a reason for a person. */
export async function dial(endpoint: Endpoint, heartbeat: number, timeout = CONNECT_TIMEOUT_MS): Promise<Line> {
  const { tlsName, vhost, ...address } = addressOf(endpoint);
  const controller = new AbortController();
  const protocol = tlsName === null ? "amqp" : "amqps";
  const socket = { noDelay: true, timeout, signal: controller.signal, ...(tlsName ? { servername: tlsName } : {}) };
  const opening = connect({ ...address, protocol, heartbeat, vhost: encodeURIComponent(vhost) }, socket);
  const model = await opening.catch((error: unknown) => {
    throw vhostError(error, vhost);
  });
  // A connection that went silent is ended by amqplib, but its socket would linger.
  model.on("close", () => controller.abort());
  return { model, cut: () => controller.abort() };
}

/** amqplib keeps to itself what the broker says when it does not open a vhost; the one that all have is only late. */
function vhostError(error: unknown, vhost: string): unknown {
  const closed = error instanceof Error && error.message.startsWith("Expected ConnectionOpenOk; got <ConnectionClose");
  if (!closed || vhost === "/") return error;
  return new Error(`NOT_ALLOWED - the broker opens no vhost '${vhost}' for this user`, { cause: error });
}

/** amqplib, with a connection of its own for each channel: it does not connect again by itself. */
export function connectAmqplib({ endpoint, heartbeatSeconds, onBlocked }: ClientRequest): AmqpClient {
  const lines = new Set<Line>();
  let destroyed = false;
  return {
    async open(request) {
      const line = await dial(endpoint, heartbeatSeconds);
      line.model.on("blocked", onBlocked);
      if (destroyed) line.cut();
      lines.add(line);
      line.model.on("close", () => lines.delete(line));
      return AmqplibChannel.open(line, request);
    },
    destroy() {
      destroyed = true;
      for (const { cut } of lines) cut();
    },
  };
}

/** A channel of amqplib and its connection. */
class AmqplibChannel implements AmqpChannel {
  readonly closed: Promise<Error>;
  private waiting: ((error: null) => void)[] = [];

  private constructor(
    private readonly line: Line,
    private readonly channel: Channel,
    private readonly confirming: ConfirmChannel | null,
    reason: () => Error,
    onReturn: (messageId: string) => void,
  ) {
    this.closed = new Promise((resolve) => {
      channel.on("close", () => {
        resolve(reason());
        line.cut();
      });
    });
    channel.on("drain", () => {
      const ready = this.waiting;
      this.waiting = [];
      for (const done of ready) done(null);
    });
    channel.on("return", ({ properties }) => onReturn(String(properties.messageId)));
  }

  static async open(line: Line, { confirms, onReturn }: ChannelRequest): Promise<AmqplibChannel> {
    let last = new Error("the connection was closed");
    const keep = (error: Error) => {
      last = error;
    };
    // Without a listener an error would end the process.
    line.model.on("error", keep);
    try {
      const confirming = confirms ? await line.model.createConfirmChannel() : null;
      const channel = confirming ?? (await line.model.createChannel());
      channel.on("error", keep);
      return new AmqplibChannel(line, channel, confirming, () => last, onReturn);
    } catch (error) {
      line.cut();
      throw error;
    }
  }

  async declareExchange(name: string, type: string, durable: boolean): Promise<void> {
    await this.channel.assertExchange(name, type, { durable });
  }

  async declareQueue(name: string, durable: boolean, args: Arguments): Promise<QueueState> {
    const { messageCount, consumerCount } = await this.channel.assertQueue(name, { durable, arguments: args });
    return { ready: messageCount, consumers: consumerCount };
  }

  async bindQueue(queue: string, exchange: string, routingKey: string, args: Arguments): Promise<void> {
    await this.channel.bindQueue(queue, exchange, routingKey, args);
  }

  async deleteQueue(name: string): Promise<void> {
    await this.channel.deleteQueue(name);
  }

  async deleteExchange(name: string): Promise<void> {
    await this.channel.deleteExchange(name);
  }

  publish({ exchange, routingKey, payload, ...options }: Outgoing, done: (error: Error | null) => void): void {
    if (this.confirming) {
      this.confirming.publish(exchange, routingKey, payload, options, (error: unknown) => done(publishError(error)));
    } else if (this.channel.publish(exchange, routingKey, payload, options)) done(null);
    else this.waiting.push(done);
  }

  async prefetch(count: number): Promise<void> {
    await this.channel.prefetch(count);
  }

  async consume(queue: string, noAck: boolean, args: Arguments, take: (message: Incoming) => void): Promise<string> {
    const onMessage = (message: ConsumeMessage | null) => {
      if (message) take(new AmqplibMessage(this.channel, message));
      else this.destroy();
    };
    const { consumerTag } = await this.channel.consume(queue, onMessage, { noAck, arguments: args });
    return consumerTag;
  }

  async cancel(tag: string): Promise<void> {
    await this.channel.cancel(tag);
  }

  async get(queue: string): Promise<Incoming | null> {
    const message = await this.channel.get(queue);
    return message === false ? null : new AmqplibMessage(this.channel, message);
  }

  /** The channel's own close comes after all that it sent; the connection's would overtake it. */
  async finish(): Promise<void> {
    await this.channel.close();
    this.destroy();
  }

  destroy(): void {
    this.line.cut();
  }
}

class AmqplibMessage implements Incoming {
  constructor(
    private readonly channel: Channel,
    private readonly message: Message,
  ) {}

  get payload(): Buffer {
    return this.message.content;
  }

  get redelivered(): boolean {
    return this.message.fields.redelivered;
  }

  get headers(): Readonly<Record<string, unknown>> {
    return this.message.properties.headers ?? {};
  }

  ack(): void {
    this.channel.ack(this.message);
  }

  nack(requeue: boolean): void {
    this.channel.nack(this.message, false, requeue);
  }
}

function publishError(error: unknown): Error | null {
  if (!(error instanceof Error)) return null;
  if (error.message === NACKED) return new RejectedError("the broker refused the message (basic.nack)");
  return error;
}
