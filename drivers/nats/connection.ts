import { setTimeout as sleep } from "node:timers/promises";
import {
  type ConnectionOptions,
  connect,
  type NatsConnection,
  PermissionViolationError,
} from "@nats-io/transport-node";
import { hostPort } from "../../src/host-port.js";
import type { Endpoint } from "../../src/spi/broker.js";
import { refusesForGood } from "./refusal.js";

/** What a connection is made with. */
export interface ConnectionRequest {
  readonly endpoint: Endpoint;
  onClientError(error: unknown): void;
}

const CONNECT_TIMEOUT_MS = 5000;
const RECONNECT_WAIT_MS = 100;
/** What a server refused it will most likely refuse again. */
const REFUSED_DELAY_MS = 5000;
/** A connection without an answer to two pings is dropped. */
const PING_INTERVAL_MS = 5000;

/** Options of the client for an endpoint; credentials and TLS come from its URL, the address never does. */
export function connectionOptions({ host, port, url }: Endpoint): ConnectionOptions {
  const common = {
    servers: hostPort({ host, port }),
    timeout: CONNECT_TIMEOUT_MS,
    pingInterval: PING_INTERVAL_MS,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_WAIT_MS,
    reconnectJitter: RECONNECT_WAIT_MS / 2,
    // The servers that it tells of would lead around havoq's proxy.
    ignoreClusterUpdates: true,
    // An error's stack costs more than a publish.
    noAsyncTraces: true,
  };
  if (url === undefined) return common;
  const { username, password, protocol } = new URL(url);
  const user = decodeURIComponent(username);
  return {
    ...common,
    ...(user !== "" && password === "" ? { token: user } : {}),
    ...(user !== "" && password !== "" ? { user, pass: decodeURIComponent(password) } : {}),
    ...(protocol === "tls:" ? { tls: {} } : {}),
  };
}

/** A connection that comes back by itself; says when it is up, and tells at once when it is lost. */
export class Connection {
  private current: NatsConnection | null = null;
  private isUp = false;
  private closed = false;
  private reported = "";
  private readonly retry = new AbortController();
  private waiting: { resolve: (nats: NatsConnection) => void; reject: (error: unknown) => void }[] = [];
  private readonly pending = new Set<(error: Error) => void>();

  constructor(private readonly request: ConnectionRequest) {
    void this.keepUp();
  }

  get isReady(): boolean {
    return this.isUp;
  }

  /** Resolves when something can be sent; rejects when the connection is closed first. */
  async ready(): Promise<NatsConnection> {
    if (this.closed) throw closedError();
    if (this.current && this.isUp) return this.current;
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  /** Waits for the connection, but not for ever; answers whether it is up. Closed, and rejects, when it is refused. */
  async readyWithin(deadlineMs: number): Promise<boolean> {
    const deadline = new AbortController();
    const late = sleep(deadlineMs, undefined, { signal: deadline.signal }).catch(() => {});
    try {
      await Promise.race([this.ready(), late]);
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      deadline.abort();
    }
    return this.isUp;
  }

  /**
   * The answer to what was sent; rejects as soon as the connection is lost, or the server says that it does not let this
   * user: the client would only see the time run out.
   */
  whileUp<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const lost = (error: Error) => reject(error);
      this.pending.add(lost);
      answer.then(resolve, reject).finally(() => this.pending.delete(lost));
    });
  }

  /** Drops the connection; what waits for it or for an answer is rejected. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.isUp = false;
    this.retry.abort();
    for (const { reject } of this.waiting.splice(0)) reject(closedError());
    this.rejectPending(closedError());
    await this.current?.close().catch(() => {});
  }

  /** The client reconnects by itself, but not before it has been connected once. */
  private async keepUp(): Promise<void> {
    while (!this.closed) {
      let delayMs = RECONNECT_WAIT_MS;
      try {
        const nats = await connect(connectionOptions(this.request.endpoint));
        this.current = nats;
        if (this.closed) await nats.close();
        this.up();
        await this.watch(nats);
        if (!this.closed) throw (await nats.closed()) ?? new Error("the connection was closed");
      } catch (error) {
        this.report(error);
        if (refusesForGood(error)) {
          delayMs = REFUSED_DELAY_MS;
          for (const { reject } of this.waiting.splice(0)) reject(error);
        }
      }
      await sleep(delayMs, undefined, { signal: this.retry.signal }).catch(() => {});
    }
  }

  /** Resolves when the connection is closed for good. */
  private async watch(nats: NatsConnection): Promise<void> {
    for await (const status of nats.status()) {
      if (status.type === "disconnect") this.down();
      else if (status.type === "reconnect") this.up();
      else if (status.type === "error") this.refused(status.error);
    }
    this.down();
  }

  private up(): void {
    if (this.closed || !this.current) return;
    this.isUp = true;
    this.reported = "";
    for (const { resolve } of this.waiting.splice(0)) resolve(this.current);
  }

  private down(): void {
    if (!this.isUp) return;
    this.isUp = false;
    const error = new Error("the connection was lost before the answer");
    this.rejectPending(error);
    this.report(new Error("the connection was lost"));
  }

  private refused(error: Error): void {
    this.report(error);
    if (error instanceof PermissionViolationError) this.rejectPending(error);
  }

  private rejectPending(error: Error): void {
    for (const reject of this.pending) reject(error);
    this.pending.clear();
  }

  /** A lost connection is tried again many times; one report of each reason is enough. */
  private report(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    if (this.closed || text === this.reported) return;
    this.reported = text;
    this.request.onClientError(error);
  }
}

const closedError = () => new Error("the connection was closed");
