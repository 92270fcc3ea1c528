/** up: from the client to the broker; down: from the broker to the client. */
export type Direction = "up" | "down";
/** How a fault may end a connection. */
export const CUTS = ["reset", "after-bytes", "before-answer"] as const;
/** How a fault ended a connection. */
export type Cut = (typeof CUTS)[number];

/** What travels through one direction of a connection; `end` (FIN) and `reset` (RST) come last. */
export type Item =
  | {
      readonly kind: "data";
      readonly chunk: Buffer;
      /** Called when the kernel has taken the last byte of the chunk. */
      readonly written?: (() => void) | undefined;
    }
  | { readonly kind: "end" }
  | { readonly kind: "reset" };

/** One effect on one direction of one connection: takes items in order and passes them on in that order. */
export interface Stage {
  push(item: Item): void;
  /** Whether it holds all that it may, so that nothing more should be read. */
  readonly full: boolean;
  /** Ends the effect; what is held is passed on in order, and then `port.done()` is called once. */
  heal(): void;
  /** The connection is over: drops what is held, and every timer. */
  close(): void;
}

/** What a stage may do to its direction. */
export interface StagePort {
  /** Passes an item on to the next stage, or to the socket. */
  pass(item: Item): void;
  /** Takes the stage out of the way; it holds nothing any more. */
  done(): void;
}

/** Builds a stage on its place. */
export type StageFactory = (port: StagePort) => Stage;

/** The stages that one effect puts into a connection. */
export type Stages = Partial<Record<Direction, StageFactory>>;

/** What an effect may know of a connection, and do to it as a whole. */
export interface EffectHost {
  /** Whether the connection was there when the fault was injected. */
  readonly established: boolean;
  /** Repeatable numbers in [0, 1) for one direction of this connection under this fault. */
  random(direction: Direction): () => number;
  /** RST to both ends. */
  cut(by: Cut): void;
  /** RST to the client; the broker gets a FIN after all that was passed on, and its answers are dropped. */
  cutClient(by: Cut): void;
}

/** Which way a network fault acts. */
export interface Directed {
  readonly direction: Direction | "both";
}

/** The stages that an effect needs in a connection; none when the specification does not ask for it. */
export type Effect<Spec> = (spec: Spec & Directed, host: EffectHost) => Stages;

/** When a connection is to be closed. */
export interface Cutting {
  readonly cut: { readonly afterBytes: number } | "before-answer" | null;
}

/** The same stage in each direction that a fault concerns. */
export function inDirections(direction: Directed["direction"], make: (direction: Direction) => StageFactory): Stages {
  if (direction === "both") return { up: make("up"), down: make("down") };
  return { [direction]: make(direction) };
}
