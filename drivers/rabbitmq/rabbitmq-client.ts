import { type AsyncMessage, type Channel, Connection, type SyncMessage } from "rabbitmq-client";
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
const SHORTEST_RECONNECT_DELAY_MS = 50;
const LONGEST_RECONNECT_DELAY_MS = 500;

/** rabbitmq-client, which connects again by itself; its publishes are tried once. */
export function connectRabbitmqClient({ endpoint, heartbeatSeconds, onBlocked }: ClientRequest): AmqpClient {
  const { tlsName, ...address } = addressOf(endpoint);
  let last: Error | null = null;
  const connection = new Connection({
    ...address,
    ...(tlsName === null ? {} : { tls: { servername: tlsName } }),
    heartbeat: heartbeatSeconds,
    noDelay: true,
    acquireTimeout: CONNECT_TIMEOUT_MS,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    retryLow: SHORTEST_RECONNECT_DELAY_MS,
    retryHigh: LONGEST_RECONNECT_DELAY_MS,
  });
  connection.on("error", (error: unknown) => {
    last = asError(error);
  });
  connection.on("connection.blocked", onBlocked);
  return {
    async open(request) {
      const channel = await connection.acquire({ emitErrorsFromChannel: true }).catch((error: unknown) => {
        // "channel acquisition timed out" tells nothing of why.
        throw last ?? error;
      });
      last = null;
      const opened = new ClientChannel(channel, request, () => last);
      if (request.confirms) await channel.confirmSelect();
      return opened;
    },
    destroy: () => connection.unsafeDestroy(),
  };
}

/** A channel of rabbitmq-client. */
class ClientChannel implements AmqpChannel {
  readonly closed: Promise<Error>;
  private last: Error | null = null;

  constructor(
    private readonly channel: Channel,
    { onReturn }: ChannelRequest,
    connectionError: () => Error | null,
  ) {
    channel.on("error", (error: unknown) => {
      this.last = asError(error);
    });
    this.closed = new Promise((resolve) => {
      // The connection tells its reason after it has closed its channels.
      channel.on("close", () => {
        setImmediate(() => resolve(this.last ?? connectionError() ?? new Error("the connection was closed")));
      });
    });
    channel.on("basic.return", ({ messageId }) => onReturn(String(messageId)));
    channel.on("basic.cancel", () => this.destroy());
  }

  async declareExchange(exchange: string, type: string, durable: boolean): Promise<void> {
    await this.channel.exchangeDeclare({ exchange, type, durable });
  }

  async declareQueue(queue: string, durable: boolean, args: Arguments): Promise<QueueState> {
    const { messageCount, consumerCount } = await this.channel.queueDeclare({ queue, durable, arguments: { ...args } });
    return { ready: messageCount, consumers: consumerCount };
  }

  async bindQueue(queue: string, exchange: string, routingKey: string, args: Arguments): Promise<void> {
    await this.channel.queueBind({ queue, exchange, routingKey, arguments: { ...args } });
  }

  async deleteQueue(queue: string): Promise<void> {
    await this.channel.queueDelete({ queue });
  }

  async deleteExchange(exchange: string): Promise<void> {
    await this.channel.exchangeDelete({ exchange });
  }

  publish({ payload, persistent, headers = {}, ...fields }: Outgoing, done: (error: Error | null) => void): void {
    const sent = this.channel.basicPublish({ ...fields, headers, durable: persistent }, payload);
    sent.then(
      // It tells of a returned message one turn later than of its confirm, which the broker sent after it.
      () => (fields.mandatory ? setImmediate(done, null) : done(null)),
      (error: unknown) => {
        const refused = error instanceof Error && "code" in error && error.code === "NACK";
        // Why a channel was closed is told to the first publish on it, and to nobody else.
        if (!refused) this.last ??= asError(error);
        done(refused ? new RejectedError("the broker refused the message (basic.nack)") : asError(error));
      },
    );
  }

  async prefetch(prefetchCount: number): Promise<void> {
    await this.channel.basicQos({ prefetchCount });
  }

  async consume(queue: string, noAck: boolean, args: Arguments, take: (message: Incoming) => void): Promise<string> {
    const { consumerTag } = await this.channel.basicConsume({ queue, noAck, arguments: { ...args } }, (message) =>
      take(new ClientMessage(this.channel, message)),
    );
    return consumerTag;
  }

  async cancel(consumerTag: string): Promise<void> {
    await this.channel.basicCancel({ consumerTag });
    // It hands messages over one turn after they arrived.
    await new Promise((resolve) => setImmediate(resolve));
  }

  async get(queue: string): Promise<Incoming | null> {
    const message = await this.channel.basicGet({ queue });
    return message ? new ClientMessage(this.channel, message) : null;
  }

  async finish(): Promise<void> {
    await this.channel.close();
  }

  destroy(): void {
    void this.channel.close();
  }
}

class ClientMessage implements Incoming {
  readonly payload: Buffer;

  constructor(
    private readonly channel: Channel,
    private readonly message: AsyncMessage | SyncMessage,
  ) {
    // Text and JSON arrive decoded; a message of havoq has no content type and stays what it is.
    this.payload = Buffer.isBuffer(message.body) ? message.body : Buffer.from(String(message.body));
  }

  get redelivered(): boolean {
    return this.message.redelivered === true;
  }

  get headers(): Readonly<Record<string, unknown>> {
    return this.message.headers ?? {};
  }

  ack(): void {
    this.channel.basicAck({ deliveryTag: this.message.deliveryTag });
  }

  nack(requeue: boolean): void {
    this.channel.basicNack({ deliveryTag: this.message.deliveryTag, requeue });
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
