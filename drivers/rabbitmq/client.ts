import type { Endpoint } from "../../src/spi/broker.js";

/** A message as it is sent. */
export interface Outgoing {
  readonly exchange: string;
  readonly routingKey: string;
  readonly payload: Buffer;
  readonly persistent: boolean;
  readonly mandatory?: boolean;
  readonly priority?: number;
  /** Comes back with a message that is returned. */
  readonly messageId?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A message as it arrives. Settling throws when its channel is gone. */
export interface Incoming {
  readonly payload: Buffer;
  readonly redelivered: boolean;
  readonly headers: Readonly<Record<string, unknown>>;
  ack(): void;
  nack(requeue: boolean): void;
}

/** Arguments of a queue, a consumer or a binding. */
export type Arguments = Readonly<Record<string, string | number | boolean>>;

/** What the broker says of a queue: messages that are ready, and consumers. */
export interface QueueState {
  readonly ready: number;
  readonly consumers: number;
}

/** One AMQP channel. Ends once, and then for good. */
export interface AmqpChannel {
  /** Resolves with the reason as soon as the channel can't be used any more. */
  readonly closed: Promise<Error>;
  declareExchange(name: string, type: string, durable: boolean): Promise<void>;
  declareQueue(name: string, durable: boolean, args: Arguments): Promise<QueueState>;
  bindQueue(queue: string, exchange: string, routingKey: string, args: Arguments): Promise<void>;
  deleteQueue(name: string): Promise<void>;
  deleteExchange(name: string): Promise<void>;
  /**
   * With confirms, `done` is told `null`, a `RejectedError` (the broker's nack) or, when the channel ends first, perhaps
   * nothing; without, `null` when the message is in the socket's buffer. Throws when the channel is gone.
   */
  publish(message: Outgoing, done: (error: Error | null) => void): void;
  prefetch(count: number): Promise<void>;
  /** Answers with the consumer's tag. A consumer that the broker cancels ends its channel. */
  consume(queue: string, autoAck: boolean, args: Arguments, take: (message: Incoming) => void): Promise<string>;
  /** Resolves when no more messages of the consumer will arrive. */
  cancel(tag: string): Promise<void>;
  get(queue: string): Promise<Incoming | null>;
  /** Ends the channel once the broker has taken all that was sent; rejects when it is gone before. */
  finish(): Promise<void>;
  /** Ends the channel now. */
  destroy(): void;
}

/** How a channel is opened. */
export interface ChannelRequest {
  readonly confirms: boolean;
  /** Told the id of each message that reached no queue, before the message's confirm. */
  readonly onReturn: (messageId: string) => void;
}

/** One connection, made again for each channel if need be. */
export interface AmqpClient {
  /** Opens a channel; rejects when there is no connection just now. */
  open(request: ChannelRequest): Promise<AmqpChannel>;
  /** Drops the connection as the end of the process would. */
  destroy(): void;
}

/** What a client is made with. */
export interface ClientRequest {
  readonly endpoint: Endpoint;
  readonly heartbeatSeconds: number;
  /** Told when the broker stops taking messages, because of an alarm. */
  readonly onBlocked: (reason: string) => void;
}
