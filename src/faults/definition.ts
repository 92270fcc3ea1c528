import type * as z from "zod";
import type { Finding } from "../input/problems.js";
import type { HostChoice } from "../spi/broker.js";
import type { Driver, Traits } from "../spi/driver.js";
import type { Inject } from "../spi/fault.js";
import type { Milliseconds } from "../units.js";
import type { FaultContext } from "./context.js";
import type { FaultAction, Lasting, Which } from "./spec.js";

/** What a command of the user's own can do to an external broker. */
export const HOOK_NAMES = ["kill", "stop", "pause", "resume", "start"] as const;
/** One of them. */
export type HookName = (typeof HOOK_NAMES)[number];

/** Keys that mean something for faults of several kinds, when read. */
export interface SharedKeys {
  readonly for?: Milliseconds | undefined;
  readonly node?: string | undefined;
  readonly disk: "kept" | "lost";
  readonly which: Which;
  readonly scope: "process" | "child" | "tree";
}

/** Values by the names of their keys, as a schema of each gives them back. */
type Values<Shape extends z.ZodRawShape> = { readonly [Key in keyof Shape]: z.output<Shape[Key]> };

/** Where a scenario runs, for what a fault needs of it. */
export interface Place {
  readonly driver: Driver;
  readonly can: Traits["can"];
  readonly host: HostChoice;
  /** Commands of the user's own, for an external broker. */
  readonly hooks: Readonly<Partial<Record<HookName, string | undefined>>>;
}

/** What is wrong with a fault as a whole, or with one of its keys. */
export type FaultFinding = Omit<Finding, "path"> & { readonly path?: Finding["path"] };

/** One kind of fault, whole: what a scenario may say, what it needs, and what it does. */
export interface FaultDefinition<
  Verb extends string = string,
  Target extends string = string,
  Action extends FaultAction = FaultAction,
  Own extends z.ZodRawShape = z.ZodRawShape,
  Value = Target,
> {
  /** Its key in a scenario. */
  readonly verb: Verb;
  /** What it can be done to; the verb's value, unless that says how. */
  readonly targets: readonly Target[];
  /** What the verb's value says in place of a target. */
  readonly value?: z.ZodType<Value>;
  /** What it does, for an editor; of several definitions of one verb, the first one's. */
  readonly summary: string;
  /** Keys that only this fault has. */
  readonly own?: Own;
  /** Those of its own keys that it can't do without. */
  readonly required?: readonly string[];
  /** Shared keys that mean something for it. */
  readonly shared: readonly (keyof SharedKeys)[];
  /** Whether it lasts until the heal, so that `for` is needed. */
  readonly lasts: boolean;
  /** Whether only a broker in a container can suffer it. */
  readonly containerOnly?: boolean;
  /** Whether it lasts until the load ends where no `for` says otherwise. */
  armed?(action: Action): boolean;
  /** What is wrong with its keys as written, beside values that can't be read. */
  check?(written: Readonly<Record<string, unknown>>): readonly FaultFinding[];
  /** What it does, from keys that could be read. */
  resolve(value: Value, keys: SharedKeys & Values<Own>): Action;
  /** Why it can't be done in a place; the first reason. */
  refused(action: Action, place: Place): FaultFinding | null;
  readonly inject: Inject<Lasting<Action>, FaultContext>;
}

/** Declares a fault: checks its type, and keeps the types of its verb and targets. */
export const defineFault = <
  const Verb extends string,
  const Target extends string,
  Action extends FaultAction,
  Own extends z.ZodRawShape,
  Value = Target,
>(
  definition: FaultDefinition<Verb, Target, Action, Own, Value>,
): FaultDefinition<Verb, Target, Action, Own, Value> => definition;

/** The finding that a fault which lasts has no `for`. */
export const needsFor = (what: string): FaultFinding => ({
  path: ["for"],
  message: 'missing; expected a duration such as "5s"',
  hint: `${what} lasts until the heal: write how long, such as \`for: 5s\``,
});
