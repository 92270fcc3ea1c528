import { refusesForGood } from "./refusal.js";

/** A client of any version of ioredis, as far as its connection goes. */
interface Watched {
  readonly status: string;
  on(event: "ready", listener: () => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
}

/** Lets callers wait for the connection of a client, and reports each reason for its loss once. */
export class ReadyGate {
  private readonly onClientError: (error: unknown) => void;
  private closed = false;
  private reported = "";
  private waiting: { promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void } | null = null;

  constructor(
    private readonly client: Watched,
    onClientError: (error: unknown) => void,
  ) {
    this.onClientError = onClientError;
    client.on("error", (error) => this.report(error));
    client.on("ready", () => {
      this.reported = "";
      this.waiting?.resolve();
      this.waiting = null;
    });
  }

  get isReady(): boolean {
    return this.client.status === "ready" && !this.closed;
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** Resolves when commands can be sent; rejects when the gate is closed first, or the server won't have the client. */
  async ready(): Promise<void> {
    if (this.closed) throw closedError();
    if (this.isReady) return;
    this.waiting ??= withResolvers();
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

  /** Rejects who waits, and reports nothing more; answers whether it was open. */
  close(): boolean {
    if (this.closed) return false;
    this.closed = true;
    this.letGo(closedError());
    return true;
  }

  /** A lost connection is tried again many times; one report of each reason is enough. */
  report(error: unknown): void {
    if (refusesForGood(error)) this.letGo(error);
    const text = error instanceof Error ? error.message : String(error);
    if (this.closed || text === this.reported) return;
    this.reported = text;
    this.onClientError(error);
  }

  private letGo(error: unknown): void {
    this.waiting?.reject(error);
    this.waiting = null;
  }
}

const closedError = () => new Error("the connection was closed");

function withResolvers() {
  let resolve = () => {};
  let reject = (_error: unknown) => {};
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
