import type { HostChoice, Limits } from "../spi/broker.js";
import type { Bytes, Milliseconds, Nanoseconds, PerSecond } from "../units.js";

/** The parts of a run, in order; `drain` follows the load. */
export const LOAD_PHASES = ["warmup", "baseline", "chaos", "recovery"] as const;
/** Name of a phase in which messages are sent. */
export type LoadPhase = (typeof LOAD_PHASES)[number];

/** A rate that changes with time; `at` counts from t0. */
export type RateShape =
  /** Linear between two rates. */
  | {
      readonly kind: "ramp";
      readonly from: PerSecond;
      readonly to: PerSecond;
      readonly at: Milliseconds;
      readonly over: Milliseconds;
    }
  /** Levels from `from` to `to`, evenly apart, of `every` each; the last one lasts. */
  | {
      readonly kind: "step";
      readonly from: PerSecond;
      readonly to: PerSecond;
      readonly steps: number;
      readonly every: Milliseconds;
    }
  | {
      readonly kind: "spike";
      readonly base: PerSecond;
      readonly peak: PerSecond;
      readonly at: Milliseconds;
      readonly for: Milliseconds;
      readonly repeat: { readonly times: number; readonly every: Milliseconds };
    }
  /** Begins at the mean, rising. */
  | {
      readonly kind: "sine";
      readonly mean: PerSecond;
      readonly amplitude: PerSecond;
      readonly period: Milliseconds;
    }
  /** Times from a file, counted from the first one. */
  | {
      readonly kind: "trace";
      readonly file: string;
      readonly unit: "s" | "ms";
      readonly timesNs: readonly Nanoseconds[];
    };

/** What the bytes of a payload are: all random, English-like words, all zero, or this share of them random. */
export type Entropy = "random" | "text" | "zero" | number;

/** One sort of payload; the weights are relative to each other. */
export type PayloadPart =
  | { readonly size: Bytes; readonly entropy: Entropy; readonly weight: number }
  /** The file's content, behind havoq's header. */
  | { readonly file: string; readonly weight: number };

/** How messages get their keys, which are numbers from 0. */
export type Keys =
  | { readonly count: number; readonly distribution: "round-robin" }
  | { readonly count: number; readonly distribution: "uniform" }
  /** Key k is chosen with a probability that is proportional to 1 / (k + 1)^exponent. */
  | { readonly count: number; readonly distribution: "zipf"; readonly exponent: number };

/** A priority (a higher one goes first), and how often it is given, relative to the others. */
export interface PriorityShare {
  readonly priority: number;
  readonly weight: number;
}

/** How long a handler takes. */
export type HandlingTime =
  | { readonly kind: "constant"; readonly value: Milliseconds }
  | { readonly kind: "uniform"; readonly min: Milliseconds; readonly max: Milliseconds }
  | { readonly kind: "exponential"; readonly mean: Milliseconds }
  | { readonly kind: "normal"; readonly mean: Milliseconds; readonly deviation: Milliseconds };

/** Which handlers fail, as shares from 0 to 1. */
export interface Failing {
  /** Of the attempts, each by chance: what failed most likely succeeds when it comes again. */
  readonly transient: number;
  /** Of the messages, at every attempt. */
  readonly poison: number;
}

/** A point of the timeline: after the start of a phase, or after the injection or heal of another fault. */
export type Moment =
  | { readonly from: "phase"; readonly phase: LoadPhase; readonly offset: Milliseconds }
  | { readonly from: "fault"; readonly fault: string; readonly edge: "start" | "end"; readonly offset: Milliseconds };

/** Which processes a worker or producer fault hits: one by chance (seeded), one by index, or all. */
export type Which = "random" | "all" | number;

/** A fault of the broker, or of one of its nodes. */
export type BrokerFault = {
  readonly kind: "broker";
  /**
   * kill: SIGKILL; stop: SIGTERM; restart: SIGTERM and start at once; pause: SIGSTOP until the heal;
   * limit: less CPU or memory until the heal; disconnect: off its network until the heal.
   */
  readonly action: "kill" | "stop" | "restart" | "pause" | "limit" | "disconnect";
  /** For `limit`. */
  readonly limits: Limits;
  /** lost: a killed or stopped broker starts with an empty disk. */
  readonly disk: "kept" | "lost";
  /** Name or role of one node; `null` for all of the broker. */
  readonly node: string | null;
};

/** A fault of producer or worker processes. */
export type ProcessFault = {
  readonly kind: "worker" | "producer";
  /** kill: SIGKILL; hang: SIGSTOP; slow: adds to the handling time; block: keeps the event loop busy. */
  readonly action: "kill" | "hang" | "slow" | "block";
  readonly which: Which;
  /** What a SIGKILL hits: the process, its children only, or the whole tree. */
  readonly scope: "process" | "child" | "tree";
  /** For `slow`: what is added to each handling time. */
  readonly by: Milliseconds;
};

/** A fault of the connections between clients and broker, made by the proxy. */
export type NetworkFault = {
  readonly kind: "network";
  readonly side: "producers" | "workers" | "all";
  /** up: towards the broker; down: towards the client. */
  readonly direction: "up" | "down" | "both";
  readonly latency: Milliseconds;
  readonly jitter: Milliseconds;
  /** Bytes per second and connection. */
  readonly bandwidth: PerSecond | null;
  /** Stop reading; everything is held and goes on intact at the heal. */
  readonly partition: boolean;
  /** RST on established connections at injection, and on new ones until the heal. */
  readonly reset: boolean;
  /** Close a connection after N more bytes, or right after a whole request was passed on and before its answer. */
  readonly cut: { readonly afterBytes: Bytes } | "before-answer" | null;
  /** Delay between one side's close and its passing on. */
  readonly slowClose: Milliseconds | null;
};

/** Something of the system's own that stands open until the heal, as somebody forgot it. */
export type HoldFault = {
  readonly kind: "hold";
  readonly what: "transaction";
};

/** A fault of a scenario with its moment, its length and its repetitions. */
export type FaultSpec = (BrokerFault | ProcessFault | NetworkFault | HoldFault) & {
  readonly id: string;
  readonly at: Moment;
  /** Time until the heal; 0 for faults that need none (a crash). */
  readonly for: Milliseconds;
  readonly repeat: { readonly times: number; readonly every: Milliseconds };
};

/** A threshold on a metric of the result, such as `endToEnd.p99 <= 250ms`; units are resolved to the metric's own. */
export interface Expectation {
  /** e.g. `lost`, `duplicates`, `endToEnd.p99`, `publish.p50@baseline`, `goodput`, `kill.timeToRecover`. */
  readonly metric: string;
  /** As written. */
  readonly expression: string;
  readonly operator: "<" | "<=" | ">" | ">=" | "==" | "!=";
  readonly value:
    | { readonly kind: "number"; readonly number: number }
    /** Share of the acked messages, 0 to 1. */
    | { readonly kind: "share"; readonly share: number }
    /** Another metric of the result, such as `kill.undelivered` (summed over the fault's occurrences). */
    | { readonly kind: "metric"; readonly metric: string };
}

/** What a command of the user's own can do to an external broker. */
export const HOOK_NAMES = ["kill", "stop", "pause", "resume", "start"] as const;
/** One of `HOOK_NAMES`. */
export type HookName = (typeof HOOK_NAMES)[number];

/** A scenario with every default filled in and every unit resolved. */
export interface Scenario {
  readonly name: string;
  readonly question: string | undefined;
  readonly target: {
    readonly driver: string;
    readonly host: HostChoice;
    /** For the external host. */
    readonly url: string | undefined;
    /** Checked against the driver's own schema; plain values. */
    readonly options: Readonly<Record<string, unknown>>;
    /** Broker settings, checked against the recipe's schema. */
    readonly broker: Readonly<Record<string, unknown>>;
    /** For the container host: in place of the recipe's own image. */
    readonly image: string | undefined;
    /** For the container host: what the broker may use. */
    readonly limits: Limits;
    /** For the external host: commands that break the broker and start it again. */
    readonly external: Readonly<Partial<Record<HookName, string | undefined>>>;
  };
  readonly load: {
    /** Messages per second over all producers, or as fast as the window allows. */
    readonly rate: PerSecond | RateShape | "closed";
    /** even: as the rate's integral says; poisson: at random, with that integral as their mean. */
    readonly arrivals: "even" | "poisson";
    /** One size of random bytes, or several sorts. */
    readonly payload: Bytes | readonly PayloadPart[];
    /** `null`: messages have none. */
    readonly keys: Keys | null;
    /** `null`: messages have none. */
    readonly priorities: readonly PriorityShare[] | null;
    readonly producers: number;
    /** Unconfirmed messages per producer; what is due beyond waits, and its latency runs. */
    readonly window: number;
    /** Time after which an unconfirmed publish counts as indeterminate. */
    readonly confirmTimeout: Milliseconds;
  };
  readonly workers: {
    readonly processes: number;
    /** Handlers at a time per process. */
    readonly concurrency: number;
    readonly handle: HandlingTime;
    readonly fail: Failing;
    /** Delay before a crashed worker is started again, or never. */
    readonly restart: Milliseconds | "never";
    /** A worker of the user's own that speaks the agent protocol, instead of havoq's. */
    readonly command: readonly string[] | undefined;
  };
  readonly phases: Readonly<Record<LoadPhase, Milliseconds>> & { readonly drain: Milliseconds | "auto" };
  readonly faults: readonly FaultSpec[];
  readonly expect: readonly Expectation[];
  readonly seed: number;
  readonly runs: number;
}
