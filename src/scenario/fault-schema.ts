import * as z from "zod";
import type { FaultDefinition, SharedKeys } from "../faults/definition.js";
import { FAULTS, faultDefinitions, targetsOf, VERBS } from "../faults/index.js";
import { wholeNumber } from "../input/leaf.js";
import { duration } from "../input/leaves.js";
import { id, moment, which } from "./leaves.js";
import { MOST_REPEATS } from "./load-schema.js";
import type { Moment } from "./scenario.js";

const repeat = z.strictObject({
  times: wholeNumber("a whole number", 1, MOST_REPEATS).describe("How often the fault is injected in all."),
  every: duration().describe("Time from one injection to the next; longer than `for`."),
});

/** The first definition of each verb says what its key is for. */
const firstOf = new Map([...faultDefinitions].reverse().map((each) => [each.verb, each]));

function verbKey({ verb, value, summary }: FaultDefinition): z.ZodType {
  const [first = "", ...others] = targetsOf(verb as (typeof VERBS)[number]);
  return (value ?? z.enum([first, ...others])).optional().describe(summary);
}

const verbKeys = Object.fromEntries(
  VERBS.flatMap((verb) => {
    const definition = firstOf.get(verb);
    return definition ? [[verb, verbKey(definition)]] : [];
  }),
);

const sharedKeys = {
  for: duration()
    .optional()
    .describe(
      "Time until the heal. For a killed or stopped broker: its downtime, by default 0s (started again at once).",
    ),
  node: id()
    .optional()
    .describe("One node of a broker of several, by its name or its role, such as leader. Default: all of the broker."),
  disk: z
    .enum(["kept", "lost"])
    .prefault("kept")
    .describe("lost: the broker that was killed or stopped starts with an empty disk."),
  repeat: repeat.optional().describe("Injects the fault several times."),
  which: which()
    .prefault("random")
    .describe("Which processes: one by chance (seeded), all, or one by its index from 0."),
  scope: z
    .enum(["process", "child", "tree"])
    .prefault("process")
    .describe("What `kill: worker` kills: the process, its children only, or the whole tree."),
};

const fault = z
  .strictObject({
    id: id()
      .optional()
      .describe("Name of the fault in `at`, in expectations and in reports. Default: verb and number."),
    at: moment().describe(
      "When the fault is injected: a phase (warmup, baseline, chaos, recovery), or <fault id>.start or <fault id>.end, and optionally + a duration.",
    ),
    ...verbKeys,
    ...sharedKeys,
    ...Object.assign({}, ...FAULTS.map(({ own }) => own)),
  })
  .meta({
    oneOf: [...firstOf.values()].reverse().map(({ verb, required = [], lasts }) => ({
      required: [verb, ...required, ...(lasts ? ["for"] : [])],
    })),
  });

/** All keys that a fault may have. */
export const FAULT_KEYS: readonly string[] = Object.keys(fault.shape);

/** A fault whose values could be read. */
export type FaultInput = SharedKeys & {
  readonly id?: string | undefined;
  readonly at: Moment;
  readonly repeat?: z.output<typeof repeat> | undefined;
} & Readonly<Record<string, unknown>>;

/** What a verb's key may say. */
type Said<Definition> = Definition extends { readonly value: z.ZodType<infer Value> }
  ? Partial<Record<keyof Value, unknown>>
  : Definition extends { readonly targets: readonly (infer Target)[] }
    ? Target
    : never;

/** A fault as written. */
export type FaultWritten = {
  readonly [Definition in (typeof FAULTS)[number] as Definition["verb"]]?: Said<Definition>;
} & Readonly<Record<string, unknown>>;

/** One fault as written: which keys go together is checked by `checkFaultKeys`. */
export const faultInput = fault as unknown as z.ZodType<FaultInput, FaultWritten>;
