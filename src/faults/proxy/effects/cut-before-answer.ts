import type { Cutting, Effect, Item, Stage, StagePort } from "../stage.js";

/** Time after which a request that got no answer is cut all the same, such as one that waits for a message. */
export const ANSWER_WAIT_MS = 250;

/**
 * Once for each connection that is there at the injection: the client's next request reaches the broker and its answer
 * never reaches the client. The proxy reads no protocol, and a request may come in several chunks; so everything is
 * passed on until the broker sends its first bytes after the request, which only a whole request makes it do. Those are
 * dropped, the client gets an RST and the broker a FIN. Concerns both directions, whatever the fault's `direction`.
 */
export const cutBeforeAnswer: Effect<Cutting> = (spec, host) => {
  if (spec.cut !== "before-answer" || !host.established) return {};
  const exchange = new Exchange(() => host.cutClient("before-answer"));
  return {
    up: (port) => new ExchangeStage(port, exchange, (item) => exchange.request(item)),
    down: (port) => new ExchangeStage(port, exchange, (item) => exchange.answer(item)),
  };
};

/** The next request of one connection and its answer, which both directions must know of. */
class Exchange {
  readonly #cut: () => void;
  #state: "idle" | "passing" | "asked" | "over" = "idle";
  #timer: NodeJS.Timeout | undefined;

  constructor(cut: () => void) {
    this.#cut = cut;
  }

  /** What to pass on for an item from the client. */
  request(item: Item): Item {
    if (item.kind !== "data" || this.#state !== "idle") return item;
    this.#state = "passing";
    const written = () => {
      item.written?.();
      this.#asked();
    };
    return { kind: "data", chunk: item.chunk, written };
  }

  /** What to pass on for an item from the broker, if anything. */
  answer(item: Item): Item | undefined {
    if (item.kind !== "data" || this.#state !== "asked") return item;
    this.#finish();
    return undefined;
  }

  /** Lets the connection be. */
  disarm(): void {
    this.#state = "over";
    clearTimeout(this.#timer);
  }

  /** The kernel has the whole chunk: what the broker sends from now on may be the answer. */
  #asked(): void {
    if (this.#state !== "passing") return;
    this.#state = "asked";
    this.#timer = setTimeout(() => this.#finish(), ANSWER_WAIT_MS);
  }

  #finish(): void {
    this.disarm();
    this.#cut();
  }
}

class ExchangeStage implements Stage {
  readonly full = false;
  readonly #port: StagePort;
  readonly #exchange: Exchange;
  readonly #look: (item: Item) => Item | undefined;

  constructor(port: StagePort, exchange: Exchange, look: (item: Item) => Item | undefined) {
    this.#port = port;
    this.#exchange = exchange;
    this.#look = look;
  }

  push(item: Item): void {
    const passed = this.#look(item);
    if (passed !== undefined) this.#port.pass(passed);
  }

  heal(): void {
    this.#exchange.disarm();
    this.#port.done();
  }

  close(): void {
    this.#exchange.disarm();
  }
}
