import { type ActiveFault, concerns, Listener } from "./listener.js";
import { isLoopback } from "./loopback.js";
import type { CutEvent, EffectSpec, FaultSide, ProxyStats, Side, Upstream } from "./protocol.js";

/** What a port is opened for. */
export interface ListenRequest {
  readonly side: Side;
  readonly upstream: Upstream;
  /** Of the jitter. */
  readonly seed: number;
  /** Allows an upstream beyond loopback. */
  readonly external: boolean;
}

/** The TCP fault proxy: ports on loopback, and the faults that are active on their connections. */
export class FaultProxy {
  readonly #onCut: (event: CutEvent) => void;
  readonly #listeners: Listener[] = [];
  readonly #faults = new Map<string, ActiveFault>();

  /** @param onCut - told of every connection that a fault ends. */
  constructor(onCut: (event: CutEvent) => void = () => {}) {
    this.#onCut = onCut;
  }

  /** Opens a port for one side. Throws when the upstream is beyond loopback and not said to be external. */
  async listen({ side, upstream, seed, external }: ListenRequest): Promise<number> {
    if (!external && !isLoopback(upstream.host)) {
      throw new Error(`upstream ${upstream.host} is not a loopback address, and not said to be external`);
    }
    const listener = new Listener({
      side,
      upstream,
      seed,
      activeFaults: () => this.#faults.values(),
      onCut: this.#onCut,
    });
    const port = await listener.open();
    this.#listeners.push(listener);
    return port;
  }

  /** Puts a fault on the connections of its side, old and new. Throws when one of that name is active. */
  inject(fault: string, side: FaultSide, effect: EffectSpec): void {
    if (this.#faults.has(fault)) throw new Error(`fault ${fault} is already injected`);
    const active = { fault, side, effect };
    this.#faults.set(fault, active);
    for (const listener of this.#listeners) if (concerns(side, listener.side)) listener.inject(active);
  }

  /** Undoes a fault. Throws when none of that name is active. */
  heal(fault: string): void {
    if (!this.#faults.delete(fault)) throw new Error(`fault ${fault} is not injected`);
    for (const listener of this.#listeners) listener.heal(fault);
  }

  stats(): ProxyStats {
    return { faults: [...this.#faults.keys()], listeners: this.#listeners.map((listener) => listener.stats()) };
  }

  /** Closes every port and connection. */
  async close(): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.close()));
  }
}
