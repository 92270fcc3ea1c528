import type * as z from "zod";
import type { Effect } from "./stage.js";

/** Values by the names of their keys, as a schema of each gives them back. */
type Values<Shape extends z.ZodRawShape> = { readonly [Key in keyof Shape]: z.output<Shape[Key]> };

/** One kind of network fault, whole: its keys in a scenario, its form on the way to the proxy, what it does there, its words. */
export interface EffectDefinition<
  Keys extends z.ZodRawShape = z.ZodRawShape,
  Spec extends { [Key in keyof Keys]: z.ZodType } = { [Key in keyof Keys]: z.ZodType },
> {
  /** What a scenario may say; the first key asks for the effect, the others go with it. */
  readonly keys: Keys;
  /** The same keys when read, as they are sent to the proxy. */
  readonly spec: Spec;
  /** The values of keys that a scenario leaves out: no effect. */
  readonly none: Values<Spec>;
  /** Whether it lasts until the heal, so that `for` is needed. */
  readonly lasts: boolean;
  /** Place in the order in which data meets the effects on its way; the nearest to its source is first. */
  readonly place: number;
  /** What was done, for a person; `null` when it was not asked for. */
  words(spec: Values<Spec>): string | null;
  /** The stages that it puts into a connection. */
  readonly stages: readonly Effect<Values<Spec>>[];
}

/** Declares an effect: checks its type, and keeps the types of its keys. */
export const defineEffect = <Keys extends z.ZodRawShape, Spec extends { [Key in keyof Keys]: z.ZodType }>(
  definition: EffectDefinition<Keys, Spec>,
): EffectDefinition<Keys, Spec> => definition;
