import { Redis } from "ioredis";
import type { Endpoint } from "../../src/spi/broker.js";
import { RejectedError } from "../../src/spi/driver.js";

/** What a connection is made with. */
export interface ConnectionRequest {
  readonly endpoint: Endpoint;
  readonly autoPipelining?: boolean;
  onClientError(error: unknown): void;
}

const LONGEST_RECONNECT_DELAY_MS = 500;
const RECONNECT_STEP_MS = 50;

/** Options of ioredis for an endpoint; credentials, database and TLS come from its URL, the address never does. */
export function redisOptions({ host, port, url }: Endpoint) {
  const common = {
    host,
    port,
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
  const database = Number(pathname.slice(1));
  return {
    ...common,
    ...(username === "" ? {} : { username: decodeURIComponent(username) }),
    ...(password === "" ? {} : { password: decodeURIComponent(password) }),
    ...(Number.isInteger(database) ? { db: database } : {}),
    ...(protocol === "rediss:" ? { tls: { servername: hostname } } : {}),
  };
}

/** Whether the server answered a command with an error; it then did not do it. */
export const isReplyError = (error: unknown): error is Error => error instanceof Error && error.name === "ReplyError";

/** A connection that comes back by itself; commands are sent only while it is up. */
export class Connection {
  readonly client: Redis;
  private readonly onClientError: (error: unknown) => void;
  private closed = false;
  private reported = "";
  private waiting: { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } | null = null;

  constructor({ endpoint, autoPipelining = false, onClientError }: ConnectionRequest) {
    this.onClientError = onClientError;
    this.client = new Redis({ ...redisOptions(endpoint), enableAutoPipelining: autoPipelining });
    this.client.on("error", (error: Error) => this.report(error));
    this.client.on("ready", () => {
      this.reported = "";
      this.waiting?.resolve();
      this.waiting = null;
    });
    this.client.connect().catch((error: unknown) => this.report(error));
  }

  get isReady(): boolean {
    return this.client.status === "ready";
  }

  /** Resolves when commands can be sent; rejects when the connection is closed first. */
  async ready(): Promise<void> {
    if (this.closed) throw closedError();
    if (this.isReady) return;
    if (!this.waiting) {
      const { promise, resolve, reject } = withResolvers();
      this.waiting = { promise, resolve, reject };
    }
    await this.waiting.promise;
  }

  /** Waits for the connection, but not for ever; answers whether it is up. */
  async readyWithin(deadlineMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, deadlineMs);
    });
    try {
      await Promise.race([this.ready(), late]);
    } finally {
      clearTimeout(timer);
    }
    return this.isReady;
  }

  /** Sends once the connection is up, and once only; rejects when the connection is lost before the answer. */
  async once<T>(send: (client: Redis) => Promise<T>): Promise<T> {
    if (!this.isReady || this.closed) await this.ready();
    return send(this.client);
  }

  /** Sends again and again until the server has answered; only for what may be done twice. */
  async untilAnswered<T>(send: (client: Redis) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await this.once(send);
      } catch (error) {
        if (this.closed || isReplyError(error)) throw error;
      }
    }
  }

  /** Drops the connection; what waits for it or for an answer is rejected. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.waiting?.reject(closedError());
    this.client.disconnect();
  }

  /** A lost connection is tried again many times; one report of each reason is enough. */
  private report(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    if (this.closed || text === this.reported) return;
    this.reported = text;
    this.onClientError(error);
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

const closedError = () => new Error("the connection was closed");

function withResolvers() {
  let resolve = () => {};
  let reject = (_error: Error) => {};
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
