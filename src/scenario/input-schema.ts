import { z } from "zod";
import { HEADER_BYTES } from "../record/identity.js";
import type { Bytes, PerSecond } from "../units.js";
import { COMPARISON_PATTERN, readComparison } from "./expectation.js";
import { faultInput } from "./fault-schema.js";
import { leaf, textOf, wholeNumber } from "./leaf.js";
import { DURATION_JSON, duration, handlingTime, RATE_JSON, SIZE_JSON, share } from "./leaves.js";
import { expected, type Parsed, parsed, refused } from "./parsed.js";
import { readDuration, readRate, readSize } from "./units-text.js";

/** Reads one value by a function, or takes a word as it is. */
const orWord = <T, Word extends string>(read: (input: unknown) => Parsed<T>, word: Word) => {
  return (input: unknown): Parsed<T | Word> => {
    if (input === word) return parsed(word);
    const result = read(input);
    return result.ok ? result : { ...result, message: result.message.replace(/(?=, got |$)/, ` or "${word}"`) };
  };
};

const readLoadRate = (input: unknown): Parsed<PerSecond | "closed"> =>
  input === "closed" ? parsed(input) : readRate(input);

function readPayload(input: unknown): Parsed<Bytes> {
  const size = readSize(input);
  if (!size.ok || size.value >= HEADER_BYTES) return size;
  const hint = `the header by which havoq knows each message takes ${HEADER_BYTES} bytes`;
  return refused(expected(`at least ${HEADER_BYTES}B`, input), hint);
}

const plainMap = () => z.record(z.string(), z.unknown());

/** The system under load, as written. */
export const targetInput = z.strictObject({
  driver: z.string().min(1).describe("What to load: the name of a driver; `havoq drivers` lists them."),
  host: z
    .enum(["auto", "embedded", "local", "container", "external"])
    .prefault("auto")
    .describe("Where the broker runs; auto takes the first host that this machine has."),
  url: z.string().min(1).optional().describe("Address of the broker; only for `host: external`."),
  options: plainMap().prefault({}).describe("Options of the driver; its README lists them."),
  broker: plainMap().prefault({}).describe("Settings of the broker that havoq starts, such as its durability."),
});

const load = z.strictObject({
  rate: leaf(readLoadRate, { anyOf: [RATE_JSON, { const: "closed" }] }).describe(
    "Messages per second over all producers, such as 500/s, 30000/min or 2k/s; or closed: as fast as the window allows.",
  ),
  payload: leaf(readPayload, SIZE_JSON)
    .prefault("1KiB")
    .describe("Size of each message: 512B, 1KiB (1024 bytes), 10KB (10,000 bytes)."),
  producers: wholeNumber(1, "a number of processes").prefault(1).describe("Producer processes."),
  window: wholeNumber(1, "a number of messages")
    .prefault(256)
    .describe("Unconfirmed messages per producer; what is due beyond waits, and its latency runs."),
  confirmTimeout: duration()
    .prefault("10s")
    .describe("Time after which an unconfirmed message counts as indeterminate."),
});

const failing = z.union([
  share(),
  z.strictObject({
    share: share().describe("Share of the messages, such as 1%."),
    kind: z
      .enum(["transient", "poison"])
      .prefault("transient")
      .describe("transient: each attempt fails by chance; poison: a message fails at every attempt."),
  }),
]);

const workers = z.strictObject({
  processes: wholeNumber(1, "a number of processes").prefault(1).describe("Worker processes."),
  concurrency: wholeNumber(1, "a number of handlers").prefault(8).describe("Handlers at a time in each process."),
  handle: handlingTime()
    .prefault("0ms")
    .describe("How long a handler takes: 5ms, uniform(1ms, 10ms), exponential(5ms) or normal(5ms, 1ms)."),
  fail: failing.prefault(0).describe("Share of the handlers that fail, such as 1%; or a share and a kind."),
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
  name: z.string().min(1).max(200).describe("Name of the scenario in reports."),
  question: z.string().optional().describe("The question that the run answers."),
  target: targetInput.describe("The system under load."),
  load: load.describe("What the producers send."),
  workers: workers.prefault({}).describe("What the workers do."),
  phases: phases.prefault({}).describe("How long each part of the run takes; drain follows the load."),
  faults: z.array(faultInput).prefault([]).describe("What breaks, and when."),
  expect: z
    .record(z.string().meta({ pattern: "^\\s*[A-Za-z]" }), threshold)
    .prefault({})
    .describe(
      'Thresholds by metric, such as lost: 0 or "endToEnd.p99": "<= 250ms"; a list of them for several on one metric.',
    ),
  seed: wholeNumber(0, "a whole number").prefault(1).describe("Seed of everything random in the run."),
  runs: wholeNumber(1, "a whole number").prefault(1).describe("How often the scenario is run."),
});

/** A scenario whose values could be read. */
export type ScenarioInput = z.output<typeof scenarioInput>;
