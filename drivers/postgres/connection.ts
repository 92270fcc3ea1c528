import { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, type ClientConfig, DatabaseError, type QueryConfig, type QueryResult } from "pg";
import type { Endpoint } from "../../src/spi/broker.js";
import { RejectedError } from "../../src/spi/driver.js";
import { refusesForGood } from "./refusal.js";

/** What a connection is made with. */
export interface ConnectionRequest {
  readonly endpoint: Endpoint;
  /** Shown in pg_stat_activity. */
  readonly name: string;
  /** Server settings of the session, such as `synchronous_commit`. */
  readonly session?: Readonly<Record<string, string>>;
  /** Prepares each new session before it is used. */
  readonly onSession?: (client: Client) => Promise<void>;
  onClientError(error: unknown): void;
}

/** User and database of a server that havoq started. */
export const OWN_USER = "havoq";
const OWN_DATABASE = "postgres";
const CONNECT_TIMEOUT_MS = 5000;
const LONGEST_RECONNECT_DELAY_MS = 500;
const RECONNECT_STEP_MS = 50;
/** What a server refused it will most likely refuse again. */
const REFUSED_DELAY_MS = 5000;

/** Options of pg for an endpoint; credentials, database and TLS come from its URL, the address never does. */
export function clientConfig({ host, port, url }: Endpoint): ClientConfig {
  const common = { host, port, connectionTimeoutMillis: CONNECT_TIMEOUT_MS, keepAlive: true };
  if (url === undefined) return { ...common, user: OWN_USER, database: OWN_DATABASE, ssl: false };
  const { username, password, pathname, searchParams, hostname } = new URL(url);
  const database = decodeURIComponent(pathname.slice(1));
  const mode = searchParams.get("sslmode") ?? "disable";
  return {
    ...common,
    ...(username === "" ? {} : { user: decodeURIComponent(username) }),
    ...(password === "" ? {} : { password: decodeURIComponent(password) }),
    ...(database === "" ? {} : { database }),
    // As libpq means it: only the verifying modes look at the certificate.
    ssl: mode === "disable" ? false : { servername: hostname, rejectUnauthorized: mode.startsWith("verify") },
  };
}

/** A connection that comes back by itself; statements are sent only while it is up, and once only. */
export class Connection {
  private current: Client | null = null;
  private socket: Socket | null = null;
  private closed = false;
  private reported = "";
  private readonly retry = new AbortController();
  private waiting: { resolve: (client: Client) => void; reject: (error: unknown) => void }[] = [];

  constructor(private readonly request: ConnectionRequest) {
    void this.keepUp();
  }

  get isReady(): boolean {
    return this.current !== null;
  }

  /** Resolves with the session that is up, whose loss its statements notice; rejects when it is closed or refused first. */
  async ready(): Promise<Client> {
    if (this.closed) throw closedError();
    if (this.current) return this.current;
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  /** Waits for the connection, but not for ever; answers whether it is up. */
  async readyWithin(deadlineMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, deadlineMs);
    });
    await Promise.race([this.ready(), late]).finally(() => clearTimeout(timer));
    return this.isReady;
  }

  /** Sends once the connection is up, and once only; rejects when the connection is lost before the answer. */
  async query(config: QueryConfig): Promise<QueryResult> {
    const client = this.current ?? (await this.ready());
    return client.query(config);
  }

  /** Sends again and again until the server has answered; only for what may be done twice. */
  async untilAnswered(config: QueryConfig): Promise<QueryResult> {
    for (;;) {
      try {
        return await this.query(config);
      } catch (error) {
        if (this.closed || isAnswer(error)) throw error;
      }
    }
  }

  /** Drops the connection as a dying process does; what waits for it or for an answer is rejected. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.current = null;
    this.letGo(closedError());
    this.retry.abort();
    this.socket?.destroy();
  }

  private async keepUp(): Promise<void> {
    for (let attempt = 1; !this.closed; attempt++) {
      let delay = Math.min((attempt + 1) * RECONNECT_STEP_MS, LONGEST_RECONNECT_DELAY_MS);
      try {
        if (await this.session()) {
          attempt = 0;
          delay = RECONNECT_STEP_MS;
        }
      } catch (error) {
        this.report(error);
        if (refusesForGood(error)) {
          this.letGo(error);
          delay = REFUSED_DELAY_MS;
        }
      }
      await sleep(delay, undefined, { signal: this.retry.signal }).catch(() => {});
    }
  }

  private letGo(error: unknown): void {
    for (const { reject } of this.waiting.splice(0)) reject(error);
  }

  /** One session from connecting to its end; answers whether it was ever up. */
  private async session(): Promise<boolean> {
    const { endpoint, name, session = {}, onSession } = this.request;
    const socket = new Socket();
    this.socket = socket;
    const options = Object.entries(session).map(([key, value]) => `-c ${key}=${value}`);
    const client = new Client({
      ...clientConfig(endpoint),
      application_name: name,
      ...(options.length === 0 ? {} : { options: options.join(" ") }),
      stream: () => socket,
    });
    const ended = new Promise<void>((resolve) => {
      client.once("end", () => {
        if (this.current === client) this.current = null;
        resolve();
      });
      socket.once("close", () => resolve());
    });
    client.on("error", (error) => {
      if (this.current === client) this.current = null;
      this.report(error);
      // pg goes on reading after some errors; a session that had one is not to be trusted.
      socket.destroy();
    });
    try {
      await client.connect();
      await onSession?.(client);
    } catch (error) {
      socket.destroy();
      throw error;
    }
    if (this.closed) return false;
    this.current = client;
    this.reported = "";
    for (const { resolve } of this.waiting.splice(0)) resolve(client);
    await ended;
    return true;
  }

  /** A lost connection is tried again many times; one report of each reason is enough. */
  private report(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    if (this.closed || text === this.reported) return;
    this.reported = text;
    this.request.onClientError(error);
  }
}

/** Whether the server answered a statement, if with an error, and the session goes on. */
export const isAnswer = (error: unknown): boolean =>
  error instanceof DatabaseError && !/^57P|^08/.test(error.code ?? "");

/**
 * Classes of errors that end a statement before it is committed: data, constraints, transaction state, schema, syntax and
 * access, resources, limits, object state, procedures. Not 57 (shutdown, crash) nor 40 (one of which is "completion unknown").
 */
const NOT_STORED = /^(22|23|25|3F|42|53|54|55|P0)/;

/** Turns what a publish was rejected with into what havoq counts: rejected by the server, or of unknown outcome. */
export function publishError(error: unknown): Error {
  if (error instanceof DatabaseError && NOT_STORED.test(error.code ?? "")) {
    return new RejectedError(`${error.code}: ${error.message}`, { cause: error });
  }
  return error instanceof Error ? error : new Error(String(error));
}

const closedError = () => new Error("the connection was closed");
