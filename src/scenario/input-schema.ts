import * as z from "zod";
import { leaf, textOf, wholeNumber } from "../input/leaf.js";
import { DURATION_JSON, duration, limits, share } from "../input/leaves.js";
import { type Parsed, parsed } from "../input/parsed.js";
import { readDuration } from "../input/units-text.js";
import { COMPARISON_PATTERN, readComparison } from "./expectation.js";
import { faultInput } from "./fault-schema.js";
import { handlingTime } from "./leaves.js";
import { loadInput, MOST_PROCESSES } from "./load-schema.js";

/** Reads one value by a function, or takes a word as it is. */
const orWord = <T, Word extends string>(read: (input: unknown) => Parsed<T>, word: Word) => {
  return (input: unknown): Parsed<T | Word> => {
    if (input === word) return parsed(word);
    const result = read(input);
    return result.ok ? result : { ...result, message: result.message.replace(/(?=, got |$)/, ` or "${word}"`) };
  };
};

const MOST_HANDLERS = 100_000;
const MOST_RUNS = 10_000;

const plainMap = () => z.record(z.string(), z.unknown());

const hook = (does: string) => z.string().min(1).optional().describe(`Shell command that ${does}.`);

/** A name that a person can read: not blank, and without characters that act on a terminal or turn the line around. */
export const nameOf = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine((name) => name.trim() !== "", { message: "expected a name, got blanks" })
    .refine((name) => !UNREADABLE.test(name), { message: "expected a name without control characters" });

const UNREADABLE = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

/** The system under load, as written. */
export const targetInput = z.strictObject({
  driver: z
    .string()
    .min(1)
    .describe("What to load: the name of a driver (`havoq drivers` lists them), or of your own its package or ./path."),
  host: z
    .enum(["auto", "embedded", "local", "container", "external"])
    .prefault("auto")
    .describe("Where the broker runs; auto takes the first host that this machine has."),
  url: z.string().min(1).optional().describe("Address of the broker; only for `host: external`."),
  options: plainMap().prefault({}).describe("Options of the driver; its README lists them."),
  broker: plainMap().prefault({}).describe("Settings of the broker that havoq starts, such as its durability."),
  image: z
    .string()
    .min(1)
    .optional()
    .describe("Image of the broker's container, in place of the official one; only for `host: container`."),
  limits: limits().optional().describe("CPU and memory that the broker may use; only for `host: container`."),
  external: z
    .strictObject({
      kill: hook("kills the broker"),
      stop: hook("stops the broker in good order"),
      pause: hook("freezes the broker"),
      resume: hook("lets a frozen broker go on"),
      start: hook("starts the broker again"),
    })
    .optional()
    .describe("Commands that break the broker and start it again; only for `host: external`."),
});

const failing = z.union([
  share(),
  z.strictObject({
    transient: share()
      .prefault(0)
      .describe("Share of the attempts, each by chance: most succeed when they come again."),
    poison: share().prefault(0).describe("Share of the messages, which fail at every attempt."),
  }),
]);

const workers = z.strictObject({
  processes: wholeNumber("a number of processes", 1, MOST_PROCESSES).prefault(1).describe("Worker processes."),
  concurrency: wholeNumber("a number of handlers", 1, MOST_HANDLERS)
    .prefault(8)
    .describe("Handlers at a time in each process."),
  handle: handlingTime()
    .prefault("0ms")
    .describe("How long a handler takes: 5ms, uniform(1ms, 10ms), exponential(5ms) or normal(5ms, 1ms)."),
  fail: failing
    .prefault(0)
    .describe("Share of the attempts that fail by chance, such as 1%; or the shares that are transient and poison."),
  restart: leaf(orWord(readDuration, "never"), { anyOf: [DURATION_JSON, { const: "never" }] })
    .prefault("500ms")
    .describe("Delay before a crashed worker is started again, or never."),
  command: z
    .array(z.string())
    .min(1)
    .optional()
    .describe("A worker of your own that speaks the agent protocol: the program and its arguments."),
});

const phases = z.strictObject({
  warmup: duration().prefault("2s").describe("Load before anything is counted in the latencies."),
  baseline: duration().prefault("5s").describe("Load without faults, to compare the rest with."),
  chaos: duration().prefault("0s").describe("Load with faults."),
  recovery: duration().prefault("0s").describe("Load after the faults."),
  drain: leaf(orWord(readDuration, "auto"), { anyOf: [DURATION_JSON, { const: "auto" }] })
    .prefault("auto")
    .describe("Time for the workers to finish after the load; auto waits for the system's own redelivery horizon."),
});

const one = { anyOf: [{ type: "number", minimum: 0 }, textOf(COMPARISON_PATTERN, "<= 250ms", "== 0")] };
const threshold = leaf(readThresholds, { anyOf: [...one.anyOf, { type: "array", items: one, minItems: 1 }] });

function readThresholds(input: unknown): Parsed<true> {
  for (const item of Array.isArray(input) ? input : [input]) {
    const result = readComparison(item);
    if (!result.ok) return result;
  }
  return parsed(true);
}

/** A scenario as written; what goes together is checked by `checkScenario`. */
export const scenarioInput = z.strictObject({
  name: nameOf(200).describe("Name of the scenario in reports."),
  question: z.string().optional().describe("The question that the run answers."),
  target: targetInput.describe("The system under load."),
  load: loadInput.describe("What the producers send."),
  workers: workers.prefault({}).describe("What the workers do."),
  phases: phases.prefault({}).describe("How long each part of the run takes; drain follows the load."),
  faults: z.array(faultInput).prefault([]).describe("What breaks, and when."),
  expect: z
    .record(z.string().meta({ pattern: "^\\s*[A-Za-z]" }), threshold)
    .prefault({})
    .describe(
      'Thresholds by metric, such as lost: 0 or "endToEnd.p99": "<= 250ms"; a list of them for several on one metric.',
    ),
  seed: wholeNumber("a whole number", 0).prefault(1).describe("Seed of everything random in the run."),
  runs: wholeNumber("a whole number", 1, MOST_RUNS).prefault(1).describe("How often the scenario is run."),
});

/** A scenario whose values could be read. */
export type ScenarioInput = z.output<typeof scenarioInput>;
