import type * as z from "zod";
import type { Milliseconds } from "../units.js";
import type { BrokerRecipe, Durability, Endpoint, HostChoice } from "./broker.js";

/** What a confirm means: in the client only, in the broker, or on several brokers. */
export type AckLevel = "local" | "broker" | "replicated";

/** Where a message was found after the drain. */
export type ResiduePlace = "ready" | "inFlight" | "deadLettered";

/** One message left in the system (its payload), or a number of messages that can be counted but not read. */
export type Residue =
  | { readonly place: ResiduePlace; readonly payload: Buffer }
  | { readonly place: ResiduePlace; readonly count: number };

/** Queue lengths as the broker reports them; `null` where the system can't tell. */
export interface Depth {
  readonly ready: number | null;
  readonly inFlight: number | null;
  readonly deadLettered: number | null;
}

/** What every part of a driver is given. */
export interface DriverContext<Options> {
  /** Unique to the run and safe in queue names: lower-case letters, digits and hyphens. */
  readonly runId: string;
  readonly endpoint: Endpoint;
  readonly options: Options;
  /** Reports a client error that belongs to no single message, such as a lost connection. */
  onClientError(error: unknown): void;
}

/** What a consumer is given beside the context. */
export interface ConsumerContext<Options> extends DriverContext<Options> {
  /** Handlers that may run at the same time in this process. */
  readonly concurrency: number;
  /** Unique among the live workers of the run; a restarted worker gets a new one. */
  readonly workerId: string;
}

/** Thrown by `publish` when the system said that the message was *not* stored; anything else is indeterminate. */
export class RejectedError extends Error {
  override readonly name = "RejectedError";
}

/** What a message has beside its payload, where the scenario gives it. */
export interface Attributes {
  /** Number of its key, from 0: messages of one key belong together and in order. */
  readonly key?: number;
  /** 0 to 255; a higher one goes first. */
  readonly priority?: number;
}

/** Which attributes the system honours with these options; a string says how to have what it lacks. */
export interface Honoured {
  readonly keys?: true | string;
  /** Number of the highest priority. */
  readonly priorities?: number | string;
}

/** Sends messages; one per producer process. */
export interface Producer {
  /** Resolves when the system confirmed the message; throws `RejectedError` or, when the outcome is unknown, anything else. */
  publish(payload: Buffer, attributes?: Attributes): Promise<AckLevel>;
  close(): Promise<void>;
}

/** One delivery of one message to a handler. */
export interface Delivery {
  readonly payload: Buffer;
  /** Whether the broker says it delivered this message before; `undefined` where it can't tell. */
  readonly redelivered: boolean | undefined;
  /** The user's own handler at work on it, which fails by throwing; it takes as long as the scenario says when not given. */
  handle?(): Promise<void>;
  /** Tells the broker how the handler ended; resolves when that was handed over. */
  settle(outcome: "completed" | "failed"): Promise<void>;
}

/** Handles one delivery; resolves when it is settled. */
export type Deliver = (delivery: Delivery) => Promise<void>;

/** Takes messages and passes each to `deliver`; one per worker process. */
export interface Consumer {
  /** Stops taking messages and waits for the handlers that run. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

/** Something of the system's own that stands open. */
export interface Held {
  /** For a person, with what shows that it stands open. */
  readonly description: string;
  /** Throws when it had ended before. */
  release(): Promise<void>;
}

/** What only some systems can do. */
export interface Abilities {
  /** The name of the node that has a role of `Capabilities.nodeRoles` now; throws when none has. */
  nodeInRole?(role: string): Promise<string>;
  /** Opens one of `Capabilities.holds`, by which the load is not touched directly, and keeps it open. */
  hold?(what: string): Promise<Held>;
}

/** havoq's own view of the system: never through the proxy, never counted as load. */
export interface Admin {
  /** Creates the queues of the run. */
  setup(): Promise<void>;
  /** Removes what `setup` created; for brokers that outlive the run. */
  teardown(): Promise<void>;
  depth(): Promise<Depth>;
  /** Everything that is left, after the workers have stopped. */
  residue(): AsyncIterable<Residue>;
  close(): Promise<void>;
  /** What goes with `nodeRoles` and `holds` of the driver's capabilities. */
  readonly abilities?: Abilities;
}

/** What can be asked of a system; a scenario that needs more is refused before anything starts. */
export interface Capabilities {
  /** Whether producers and workers can be separate processes (false only for the in-process driver). */
  readonly processes: boolean;
  /** Whether the path to the broker is TCP that havoq's proxy can sit in. */
  readonly network: boolean;
  /** Whether a failed handler makes the system deliver the message again. */
  readonly retries: boolean;
  /** The places of which `residue` can tell; "deadLettered" where the system keeps dead letters. */
  readonly inspects: readonly ResiduePlace[];
  /** Roles that a node of a broker of several can have, such as "leader"; a fault may name one. */
  readonly nodeRoles?: readonly string[];
  /** What a fault may hold open, such as "transaction". */
  readonly holds?: readonly string[];
}

/** What a driver is asked to describe: options and settings as their schemas gave them back, and where the broker runs. */
export interface Given<Options, Settings> {
  readonly options: Options;
  readonly settings: Settings;
  readonly host: HostChoice;
}

/** What is true of a system with given options and settings, known before anything starts. */
export interface Traits {
  readonly can: Capabilities;
  /** Time after which the system delivers an unsettled message again by itself; 0 when it never does. */
  readonly redeliveryHorizon: Milliseconds;
  /** What survives a crash, where the options decide that too; the broker recipe's own answer when not given. */
  readonly durability?: Durability;
  /** None when not given. */
  readonly honours?: Honoured;
  /** The option that says how many messages a worker takes ahead of its handlers, where there is one. */
  readonly prefetchOption?: string;
  /** What can't go together, for a person; none when not given. */
  readonly conflicts?: readonly string[];
}

/** The parts of a driver that talk to the system. */
export interface Clients<Options = unknown> {
  admin(context: DriverContext<Options>): Promise<Admin>;
  producer(context: DriverContext<Options>): Promise<Producer>;
  consumer(context: ConsumerContext<Options>, deliver: Deliver): Promise<Consumer>;
}

/** One way of using one queueing system. */
export interface Driver<Options = unknown, Settings = unknown> {
  /** As in `target.driver`. */
  readonly name: string;
  /** One line for `havoq drivers`. */
  readonly summary: string;
  /** What `target.options` may say. */
  readonly options: z.ZodType<Options>;
  /** How the broker is run; `null` when there is none to run. */
  readonly broker: BrokerRecipe<Settings> | null;
  traits(given: Given<Options, Settings>): Traits;
  /** Loads the client library that the options name, and only it: a driver is described without. */
  clients(options: Options): Promise<Clients<Options>>;
}

/** The version of these interfaces; a driver says which it was written for. */
export const SPI_VERSION = 1;
const VERSION = Symbol.for("havoq.driver.spi");
const sources = new WeakMap<object, string>();

/** Declares a driver of one's own: checks its type, and notes the version of the interfaces. */
export function defineDriver<Options, Settings>(driver: Driver<Options, Settings>): Driver<Options, Settings> {
  return Object.assign(driver, { [VERSION]: SPI_VERSION });
}

/** The version of the interfaces that a module was written for; `undefined` when it is no driver. */
export const spiVersionOf = (driver: object): unknown => Reflect.get(driver, VERSION);

/** Notes the file (a URL) that a driver was loaded from. */
export function noteSource(driver: Driver, source: string): Driver {
  sources.set(driver, source);
  return driver;
}

/** What another process loads a driver by: the name of one of havoq's, or the URL of a file. */
export const sourceOf = (driver: Driver): string => sources.get(driver) ?? driver.name;
