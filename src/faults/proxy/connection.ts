import { Socket } from "node:net";
import { EFFECTS } from "./effects/index.js";
import { Flow } from "./flow.js";
import type { CutEvent, EffectSpec, Upstream } from "./protocol.js";
import { resetSocket } from "./sockets.js";
import type { Direction, EffectHost, Stage } from "./stage.js";

/**
 * Whichever fault was injected first: a wire is narrow before it is long, and what is cut is what would have arrived.
 */
const IN_PLACE = [...EFFECTS].sort((one, other) => one.place - other.place);
/** Time that a broker has to close a connection of which the client's end was cut. */
const ORPHAN_MS = 5_000;

/** What a connection tells its port. */
export interface ConnectionEvents {
  cut(fault: string, by: CutEvent["by"]): void;
  /** Both sockets are closed; may be said twice. */
  closed(): void;
}

/** One client connection with its own connection to the broker, which is made as soon as no partition forbids it. */
export class Connection {
  readonly #client: Socket;
  readonly #broker = new Socket({ allowHalfOpen: true });
  readonly #upstream: Upstream;
  readonly #events: ConnectionEvents;
  readonly #flows: Readonly<Record<Direction, Flow>>;
  readonly #stages = new Map<string, Stage[]>();
  #started = false;
  #connected = false;
  #over = false;
  #orphanTimer: NodeJS.Timeout | undefined;

  /** @param client - paused, and with half-open closes allowed; nothing is read from it before `start`. */
  constructor(client: Socket, upstream: Upstream, events: ConnectionEvents) {
    this.#client = client;
    this.#upstream = upstream;
    this.#events = events;
    const changed = () => this.#refresh();
    this.#flows = { up: new Flow(client, this.#broker, changed), down: new Flow(this.#broker, client, changed) };
    for (const socket of [client, this.#broker]) socket.on("close", () => this.#socketClosed());
  }

  /** Bytes handed to the sockets so far. */
  bytes(direction: Direction): number {
    return this.#flows[direction].bytes;
  }

  /** Connects to the broker and lets data flow, once the faults that were there before it were applied. */
  start(): void {
    this.#started = true;
    this.#refresh();
  }

  /** Puts a fault on this connection. */
  apply(fault: string, spec: EffectSpec, host: Pick<EffectHost, "established" | "random">): void {
    const full: EffectHost = {
      ...host,
      cut: (by) => this.#cut(fault, by),
      cutClient: (by) => this.#cutClient(fault, by),
    };
    const stages: Stage[] = [];
    this.#stages.set(fault, stages);
    for (const { place, stages: makers } of IN_PLACE) {
      for (const make of makers) {
        const { up, down } = make(spec, full);
        if (this.#over) return;
        if (up !== undefined) stages.push(this.#flows.up.add(place, up));
        if (down !== undefined) stages.push(this.#flows.down.add(place, down));
      }
    }
  }

  /** Takes a fault off this connection. */
  heal(fault: string): void {
    const stages = this.#stages.get(fault) ?? [];
    this.#stages.delete(fault);
    for (const stage of stages) stage.heal();
  }

  /** Closes both ends at once. */
  destroy(): void {
    this.#end();
    this.#client.destroy();
    this.#broker.destroy();
  }

  #refresh(): void {
    if (this.#over || !this.#started) return;
    const { up, down } = this.#flows;
    if (!this.#connected) {
      if (up.full || down.full) return;
      this.#connected = true;
      this.#broker.connect({ ...this.#upstream, noDelay: true });
    }
    up.refresh();
    down.refresh();
  }

  #cut(fault: string, by: CutEvent["by"]): void {
    if (this.#over) return;
    this.#end();
    resetSocket(this.#client);
    resetSocket(this.#broker);
    this.#events.cut(fault, by);
  }

  #cutClient(fault: string, by: CutEvent["by"]): void {
    if (this.#over) return;
    this.#end();
    resetSocket(this.#client);
    this.#broker.end();
    // Answers are read and dropped: unread bytes would turn the FIN into an RST.
    this.#broker.resume();
    this.#orphanTimer = setTimeout(() => this.#broker.destroy(), ORPHAN_MS);
    this.#events.cut(fault, by);
  }

  #end(): void {
    this.#over = true;
    this.#stages.clear();
    this.#flows.up.clear();
    this.#flows.down.clear();
  }

  #socketClosed(): void {
    // A client that left while it was held never reached the broker, and has nothing to tell it.
    if (!this.#connected && this.#client.destroyed) this.#broker.destroy();
    if (!this.#client.destroyed || !this.#broker.destroyed) return;
    this.#end();
    clearTimeout(this.#orphanTimer);
    this.#events.closed();
  }
}
