import { Socket } from "node:net";
import { Logger } from "graphile-worker";
import { Pool, type PoolClient } from "pg";
import type { Endpoint } from "../../src/spi/broker.js";
import { clientConfig } from "./connection.js";

interface PoolRequest {
  readonly endpoint: Endpoint;
  /** Shown in pg_stat_activity. */
  readonly name: string;
  readonly size: number;
  /** Server settings of the sessions. */
  readonly session?: Readonly<Record<string, string>>;
  onClientError(error: unknown): void;
}

type OnConnect = (error: Error | undefined, client: PoolClient | undefined, done: (release?: unknown) => void) => void;

/** The library's listener gives its client back twice when it is stopped while its connection is lost; once is taken. */
class ForgivingPool extends Pool {
  override connect(): Promise<PoolClient>;
  override connect(callback: OnConnect): void;
  override connect(callback?: OnConnect): Promise<PoolClient> | undefined {
    if (!callback) return super.connect();
    super.connect((error, client, done) => {
      let given = false;
      callback(error, client, (release) => {
        if (!given) done(release);
        given = true;
      });
    });
    return undefined;
  }
}

/** A pool as graphile-worker wants it, whose connections can be dropped as a dying process drops them. */
export class GraphilePool {
  readonly pool: Pool;
  private readonly sockets = new Set<Socket>();
  private closed = false;

  constructor({ endpoint, name, size, session = {}, onClientError }: PoolRequest) {
    const options = Object.entries(session).map(([key, value]) => `-c ${key}=${value}`);
    this.pool = new ForgivingPool({
      ...clientConfig(endpoint),
      application_name: name,
      max: size,
      ...(options.length === 0 ? {} : { options: options.join(" ") }),
      stream: () => this.socket(),
    });
    const report = (error: Error) => {
      if (!this.closed) onClientError(error);
    };
    this.pool.on("error", report);
    this.pool.on("connect", (client) => client.on("error", report));
  }

  /** Drops all connections, and lets no more be made. */
  close(): void {
    this.closed = true;
    for (const socket of this.sockets) socket.destroy();
  }

  private socket(): Socket {
    const socket = new Socket();
    this.sockets.add(socket);
    socket.once("close", () => this.sockets.delete(socket));
    // Only once pg listens.
    if (this.closed) queueMicrotask(() => socket.destroy(new Error("the connection was closed")));
    return socket;
  }
}

/** What the library says of errors goes to havoq; the rest would be printed into each run. */
export function graphileLogger(onClientError: (error: unknown) => void): Logger {
  return new Logger(() => (level, message) => {
    if (level === "error") onClientError(new Error(message));
  });
}
