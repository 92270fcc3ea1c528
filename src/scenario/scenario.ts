import type { HookName } from "../faults/definition.js";
import type { Lasting } from "../faults/spec.js";
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

/** What a fault does, and when. */
export type FaultSpec = Lasting & {
  readonly id: string;
  readonly at: Moment;
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
