import * as z from "zod";
import { leaf, wholeNumber } from "../input/leaf.js";
import { duration, RATE_JSON, rateOrNone, SIZE_JSON } from "../input/leaves.js";
import { expected, type Parsed, parsed, refused } from "../input/parsed.js";
import { formatBytes, readRate, readSize } from "../input/units-text.js";
import { HEADER_BYTES } from "../payload-header.js";
import { type Bytes, bytes, type PerSecond } from "../units.js";
import { phaseMoment } from "./leaves.js";
import type { Entropy } from "./scenario.js";

const readLoadRate = (input: unknown): Parsed<PerSecond | "closed"> =>
  input === "closed" ? parsed(input) : readRate(input);

function readPayload(input: unknown): Parsed<Bytes> {
  const size = readSize(input);
  if (!size.ok) return size;
  if (size.value > LARGEST_PAYLOAD) return refused(expected(`at most ${formatBytes(LARGEST_PAYLOAD)}`, input));
  if (size.value >= HEADER_BYTES) return size;
  const hint = `the header by which havoq knows each message takes ${HEADER_BYTES} bytes`;
  return refused(expected(`at least ${HEADER_BYTES}B`, input), hint);
}

/** Largest payload: no broker takes more by default, and a producer holds a window of them. */
export const LARGEST_PAYLOAD = bytes(128 * 1024 ** 2);

/** Keys and their last deliveries are held in memory. */
const MOST_KEYS = 1_000_000;
const MOST_PRIORITY = 255;
/** Each takes about 50 MB; and a message's header has 16 bits for its producer. */
export const MOST_PROCESSES = 1000;
/** Most times that something is repeated in a run. */
export const MOST_REPEATS = 10_000;
const MOST_UNCONFIRMED = 1_000_000;

const readKeyCount = (input: unknown): Parsed<number> =>
  Number.isInteger(input) && Number(input) >= 1 && Number(input) <= MOST_KEYS
    ? parsed(Number(input))
    : refused(expected(`a number of keys from 1 to ${MOST_KEYS}`, input));

const repeat = z.strictObject({
  times: wholeNumber("a whole number", 1, MOST_REPEATS).describe("How many spikes there are in all."),
  every: duration().describe("Time from the start of one spike to the start of the next; longer than `for`."),
});

const rateShape = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("ramp").describe("A rate that changes evenly from one to another."),
    from: rateOrNone().describe("Rate before."),
    to: rateOrNone().describe("Rate after."),
    at: phaseMoment().prefault("warmup").describe("When it begins to change: a phase, and optionally + a duration."),
    over: duration().describe("How long it changes."),
  }),
  z.strictObject({
    kind: z.literal("step").describe("Levels, evenly apart; the last one stays."),
    from: rateOrNone().describe("First level."),
    to: rateOrNone().describe("Last level."),
    steps: wholeNumber("a number of levels", 2, MOST_REPEATS).describe(
      "Levels in all, the first and the last among them.",
    ),
    every: duration().describe("How long each level lasts."),
  }),
  z.strictObject({
    kind: z.literal("spike").describe("A rate with one spike or several."),
    base: rateOrNone().describe("Rate outside of the spikes."),
    peak: rateOrNone().describe("Rate in a spike."),
    at: phaseMoment().describe("When the first spike begins: a phase, and optionally + a duration."),
    for: duration().describe("How long a spike lasts."),
    repeat: repeat.prefault({ times: 1, every: "0s" }).describe("More spikes after the first."),
  }),
  z.strictObject({
    kind: z.literal("sine").describe("A rate that swings about a mean; it begins at the mean, and rises."),
    mean: leaf(readRate, RATE_JSON).describe("The mean."),
    amplitude: leaf(readRate, RATE_JSON).describe("Most that it is above and below the mean."),
    period: duration().describe("Time from one peak to the next."),
  }),
  z.strictObject({
    kind: z.literal("trace").describe("The times of a file, one a line, counted from the first."),
    file: z.string().min(1).describe("The file; a relative path is meant from the scenario's folder."),
    unit: z.enum(["s", "ms"]).prefault("s").describe("Unit of the times, which may have decimals."),
  }),
]);

/** A rate that changes with time, as written. */
export type RateShapeInput = z.output<typeof rateShape>;

const positive = (what: string, hint?: string) =>
  leaf(
    (input): Parsed<number> =>
      typeof input === "number" && input > 0 && Number.isFinite(input)
        ? parsed(input)
        : refused(expected(what, input), hint),
    { type: "number", exclusiveMinimum: 0 },
  );

const weight = () =>
  positive("a weight above 0", "weights are relative: 9 and 1 make 90 % and 10 %")
    .prefault(1)
    .describe("How often it is taken, relative to the others.");

const readEntropy = (input: unknown): Parsed<Entropy> => {
  const word = ENTROPIES.find((name) => name === input);
  if (word !== undefined) return parsed(word);
  if (typeof input === "number" && input >= 0 && input <= 1) return parsed(input);
  return refused(expected('"random", "text", "zero" or the share of random bytes from 0 to 1', input));
};
const ENTROPIES = ["random", "text", "zero"] as const;

const payloadPart = z.strictObject({
  size: leaf(readPayload, SIZE_JSON).optional().describe("Size of the message."),
  file: z
    .string()
    .min(1)
    .optional()
    .describe("A file that is sent as it is, behind havoq's header, in place of `size`."),
  entropy: leaf(readEntropy, { anyOf: [{ enum: [...ENTROPIES] }, { type: "number", minimum: 0, maximum: 1 }] })
    .optional()
    .describe("random (default), text (English-like words), zero, or the share of the bytes that is random."),
  weight: weight(),
});

const keys = z.strictObject({
  count: leaf(readKeyCount, { type: "integer", minimum: 1, maximum: MOST_KEYS }).describe("How many keys there are."),
  distribution: z
    .enum(["round-robin", "uniform", "zipf"])
    .prefault("round-robin")
    .describe("Keys in turn, all alike at random, or a few of them most of the time."),
  exponent: positive("an exponent above 0")
    .optional()
    .describe("zipf: how much the first keys are preferred, default 1."),
});

const priority = z.strictObject({
  priority: leaf(
    (input): Parsed<number> =>
      Number.isInteger(input) && Number(input) >= 0 && Number(input) <= MOST_PRIORITY
        ? parsed(Number(input))
        : refused(expected(`a priority from 0 to ${MOST_PRIORITY}`, input)),
    { type: "integer", minimum: 0, maximum: MOST_PRIORITY },
  ).describe("A number; a higher one goes first."),
  weight: weight(),
});

/** What the producers send, as written. */
export const loadInput = z.strictObject({
  rate: z
    .union([leaf(readLoadRate, { anyOf: [RATE_JSON, { const: "closed" }] }), rateShape])
    .describe(
      "Messages per second over all producers, such as 500/s, 30000/min or 2k/s; a map for one that changes; or closed: as fast as the window allows.",
    ),
  arrivals: z
    .enum(["even", "poisson"])
    .prefault("even")
    .describe("How messages are spread at this rate: evenly, or at random like independent senders (Poisson)."),
  payload: z
    .union([leaf(readPayload, SIZE_JSON), payloadPart, z.array(payloadPart).min(1)])
    .prefault("1KiB")
    .describe("Size of each message: 512B, 1KiB (1024 bytes), 10KB (10,000 bytes); or one sort or several, as maps."),
  keys: keys.optional().describe("Gives messages keys, where the system has them: those of one key belong together."),
  priorities: z.array(priority).min(1).optional().describe("Gives messages priorities, where the system has them."),
  producers: wholeNumber("a number of processes", 1, MOST_PROCESSES).prefault(1).describe("Producer processes."),
  window: wholeNumber("a number of messages", 1, MOST_UNCONFIRMED)
    .prefault(256)
    .describe("Unconfirmed messages per producer; what is due beyond waits, and its latency runs."),
  confirmTimeout: duration()
    .prefault("10s")
    .describe("Time after which an unconfirmed message counts as indeterminate."),
});

/** One sort of payload, as written. */
export type PayloadInput = z.output<typeof payloadPart>;

/** A load whose values could be read. */
export type LoadInput = z.output<typeof loadInput>;
