import type { QueryConfig, QueryResult } from "pg";
import { Connection, type ConnectionRequest } from "./connection.js";

interface Waiting {
  readonly config: QueryConfig;
  readonly resolve: (result: QueryResult) => void;
  readonly reject: (error: unknown) => void;
}

/** A few connections, each with one statement at a time; statements wait for a free one in order, and are sent once. */
export class Pool {
  private readonly connections: readonly Connection[];
  private readonly waiting: Waiting[] = [];
  private readonly idle: (() => void)[] = [];
  private closed = false;

  constructor(size: number, request: ConnectionRequest) {
    this.connections = Array.from({ length: size }, () => new Connection(request));
    for (const connection of this.connections) void this.serve(connection);
  }

  /** Waits a while for the first connection; the others are on their way. Closed and rejects when the server refuses it. */
  async readyWithin(deadlineMs: number): Promise<boolean> {
    try {
      await Promise.race(this.connections.map((connection) => connection.readyWithin(deadlineMs)));
    } catch (error) {
      this.close();
      throw error;
    }
    return this.connections.some(({ isReady }) => isReady);
  }

  query(config: QueryConfig): Promise<QueryResult> {
    if (this.closed) return Promise.reject(new Error("the connection was closed"));
    return new Promise((resolve, reject) => {
      this.waiting.push({ config, resolve, reject });
      this.idle.shift()?.();
    });
  }

  /** Drops all connections; what waits or is under way is rejected. */
  close(): void {
    this.closed = true;
    for (const connection of this.connections) connection.close();
    for (const { reject } of this.waiting.splice(0)) reject(new Error("the connection was closed"));
    for (const wake of this.idle.splice(0)) wake();
  }

  /** Takes the next statement only while its connection is up, so that nothing waits at one that is down. */
  private async serve(connection: Connection): Promise<void> {
    while (!this.closed) {
      if (!connection.isReady) await connection.ready().catch(() => {});
      const next = this.waiting.shift();
      if (next === undefined) {
        if (!this.closed) await new Promise<void>((resolve) => this.idle.push(resolve));
        continue;
      }
      if (!connection.isReady) {
        // For another connection, if one is up.
        this.waiting.unshift(next);
        this.idle.shift()?.();
        continue;
      }
      await connection.query(next.config).then(next.resolve, next.reject);
    }
  }
}
