import { createServer, type Server, type Socket } from "node:net";
import { Connection } from "./connection.js";
import { jitterNumbers } from "./jitter.js";
import type { CutEvent, EffectSpec, FaultSide, ListenerStats, Side, Upstream } from "./protocol.js";
import type { Direction, EffectHost } from "./stage.js";

/** A fault that is injected and not healed. */
export interface ActiveFault {
  readonly fault: string;
  readonly side: FaultSide;
  readonly effect: EffectSpec;
}

/** What a port is opened for. */
export interface ListenerOptions {
  readonly side: Side;
  readonly upstream: Upstream;
  /** Of the jitter. */
  readonly seed: number;
  /** The faults that a new connection meets. */
  activeFaults(): Iterable<ActiveFault>;
  onCut(event: CutEvent): void;
}

/** One port on 127.0.0.1 that clients of one side reach the broker through. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #server: Server;
  readonly #connections = new Map<number, Connection>();
  #port = 0;
  #accepted = 0;
  #cuts = 0;
  readonly #closedBytes: Record<Direction, number> = { up: 0, down: 0 };

  constructor(options: ListenerOptions) {
    this.#options = options;
    const socketOptions = { allowHalfOpen: true, noDelay: true, pauseOnConnect: true };
    this.#server = createServer(socketOptions, (client) => this.#accept(client));
  }

  get side(): Side {
    return this.#options.side;
  }

  /** Binds to a free port and answers with it. */
  open(): Promise<number> {
    return new Promise((resolve, reject) => {
      // Stays for later errors too: a connection that could not be accepted must not end the proxy.
      this.#server.on("error", reject);
      this.#server.listen(0, "127.0.0.1", () => {
        const address = this.#server.address();
        this.#port = typeof address === "object" && address !== null ? address.port : 0;
        resolve(this.#port);
      });
    });
  }

  inject({ fault, effect }: ActiveFault): void {
    for (const [ordinal, connection] of this.#connections) {
      connection.apply(fault, effect, this.#host(fault, ordinal, true));
    }
  }

  heal(fault: string): void {
    for (const connection of this.#connections.values()) connection.heal(fault);
  }

  stats(): ListenerStats {
    return {
      side: this.side,
      port: this.#port,
      accepted: this.#accepted,
      open: this.#connections.size,
      cuts: this.#cuts,
      upBytes: this.#bytes("up"),
      downBytes: this.#bytes("down"),
    };
  }

  /** Closes the port and every connection; resolves when all are gone. */
  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of this.#connections.values()) connection.destroy();
    return closed;
  }

  #accept(client: Socket): void {
    const ordinal = this.#accepted++;
    const connection = new Connection(client, this.#options.upstream, {
      cut: (fault, by) => this.#reportCut(fault, by, ordinal),
      closed: () => this.#forget(ordinal),
    });
    this.#connections.set(ordinal, connection);
    for (const { fault, side, effect } of this.#options.activeFaults()) {
      if (concerns(side, this.side)) connection.apply(fault, effect, this.#host(fault, ordinal, false));
    }
    connection.start();
  }

  #host(fault: string, ordinal: number, established: boolean): Pick<EffectHost, "established" | "random"> {
    const { side, seed } = this.#options;
    return {
      established,
      random: (direction) => jitterNumbers(seed, { side, connection: ordinal, fault, direction }),
    };
  }

  #reportCut(fault: string, by: CutEvent["by"], connection: number): void {
    this.#cuts++;
    const atNs = process.hrtime.bigint().toString();
    this.#options.onCut({ type: "cut", fault, by, side: this.side, connection, atNs });
  }

  #forget(ordinal: number): void {
    const connection = this.#connections.get(ordinal);
    if (connection === undefined) return;
    this.#connections.delete(ordinal);
    this.#closedBytes.up += connection.bytes("up");
    this.#closedBytes.down += connection.bytes("down");
  }

  #bytes(direction: Direction): number {
    const open = [...this.#connections.values()].map((connection) => connection.bytes(direction));
    return open.reduce((sum, bytes) => sum + bytes, this.#closedBytes[direction]);
  }
}

/** Whether a fault of `faultSide` concerns the connections of `side`. */
export function concerns(faultSide: FaultSide, side: Side): boolean {
  return faultSide === "all" || faultSide === side;
}
