import type { Redis } from "ioredis";
import type { Endpoint } from "../../src/spi/broker.js";
import { RejectedError } from "../../src/spi/driver.js";
import { GatheringRedis } from "./gathering.js";
import { ReadyGate } from "./ready-gate.js";
import { isReplyError } from "./refusal.js";
import { MASTER_NAME, sentinelsOf } from "./sentinel-nodes.js";

/** What a connection is made with. */
export interface ConnectionRequest {
  readonly endpoint: Endpoint;
  readonly autoPipelining?: boolean;
  /** Times that ioredis sends a command again whose answer was lost; none when not given, for each may do it twice. */
  readonly retries?: number;
  onClientError(error: unknown): void;
}

const LONGEST_RECONNECT_DELAY_MS = 500;
const RECONNECT_STEP_MS = 50;

/** Where ioredis connects to: an address, or whichever server the sentinels call the primary at the time. */
function addressOf(endpoint: Endpoint) {
  const sentinels = sentinelsOf(endpoint).map(({ host, port }) => ({ host, port }));
  if (sentinels.length === 0) return { host: endpoint.host, port: endpoint.port };
  return {
    sentinels,
    name: MASTER_NAME,
    updateSentinels: false,
    // The primary of a moment ago: it has refused the write, and the next one belongs elsewhere.
    reconnectOnError: (error: Error) => error.message.startsWith("READONLY"),
  };
}

/** Options of ioredis for an endpoint; credentials, database and TLS come from its URL, the address never does. */
export function redisOptions(endpoint: Endpoint) {
  const { url } = endpoint;
  const common = {
    ...addressOf(endpoint),
    lazyConnect: true,
    // One shape of replies, whatever the server's version.
    protocol: 2 as const,
    disableClientInfo: true,
    connectTimeout: 5000,
    maxLoadingRetryTime: 100,
    retryStrategy: (attempt: number) => Math.min(attempt * RECONNECT_STEP_MS, LONGEST_RECONNECT_DELAY_MS),
    // A command without an answer is rejected as soon as the connection is lost. ioredis would rather send it again,
    // which makes a second message of a publish; told not to (`autoResendUnfulfilledCommands: false`), it would
    // neither send nor reject it.
    maxRetriesPerRequest: 0,
  };
  if (url === undefined) return common;
  const { username, password, pathname, protocol, hostname } = new URL(url);
  const database = pathname.slice(1);
  return {
    ...common,
    ...(username === "" ? {} : { username: decodeURIComponent(username) }),
    ...(password === "" ? {} : { password: decodeURIComponent(password) }),
    ...(database === "" ? {} : { db: Number(database) }),
    ...(protocol === "rediss:" ? { tls: { servername: hostname } } : {}),
  };
}

/** A connection that comes back by itself; commands are sent only while it is up. */
export class Connection {
  readonly client: Redis;
  private readonly gate: ReadyGate;

  constructor({ endpoint, autoPipelining = false, retries = 0, onClientError }: ConnectionRequest) {
    this.client = new GatheringRedis({
      ...redisOptions(endpoint),
      enableAutoPipelining: autoPipelining,
      maxRetriesPerRequest: retries,
    });
    this.gate = new ReadyGate(this.client, onClientError);
    this.client.connect().catch((error: unknown) => this.gate.report(error));
  }

  get isReady(): boolean {
    return this.gate.isReady;
  }

  /** Resolves when commands can be sent; rejects when the connection is closed first, or the server won't have it. */
  ready(): Promise<void> {
    return this.gate.ready();
  }

  /** Waits for the connection, but not for ever; answers whether it is up. */
  readyWithin(deadlineMs: number): Promise<boolean> {
    return this.gate.readyWithin(deadlineMs);
  }

  /** Sends once the connection is up, and once only; rejects when the connection is lost before the answer. */
  async once<T>(send: (client: Redis) => Promise<T>): Promise<T> {
    if (!this.gate.isReady) await this.gate.ready();
    return send(this.client);
  }

  /** Sends again and again until the server has answered; only for what may be done twice. */
  async untilAnswered<T>(send: (client: Redis) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await this.once(send);
      } catch (error) {
        if (this.gate.isClosed || isReplyError(error)) throw error;
      }
    }
  }

  /** Drops the connection; what waits for it or for an answer is rejected. */
  close(): void {
    if (this.gate.close()) this.client.disconnect();
  }
}

/** Turns what ioredis rejects a publish with into what havoq counts: rejected by the server, or of unknown outcome. */
export function publishError(error: unknown): Error {
  if (isReplyError(error)) return new RejectedError(error.message, { cause: error });
  if (error instanceof Error && error.name === "MaxRetriesPerRequestError") {
    return new Error("the connection was lost before the answer", { cause: error });
  }
  return error instanceof Error ? error : new Error(String(error));
}
