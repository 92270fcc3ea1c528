import * as z from "zod";
import { type Milliseconds, ms } from "../../src/units.js";
import { durationOf, durationText } from "../shared/duration.js";

const MOST_VISIBILITY_MS = 12 * 3600 * 1000;
const MOST_WAIT_MS = 20_000;
const MOST_LINGER_MS = 1000;

/** What `target.options` may say for `sqs`. */
export const sqsOptions = z.strictObject({
  visibilityTimeout: durationText({ min: 1000, max: MOST_VISIBILITY_MS, step: 1000 })
    .default("30s")
    .describe("time a received message stays hidden from others; whole seconds"),
  waitTime: durationText({ max: MOST_WAIT_MS, step: 1000 })
    .default("1s")
    .describe("long polling: how long one receive waits for a message; whole seconds"),
  receiveBatch: z.int().min(1).max(10).default(10).describe("messages asked for in one receive"),
  sendBatch: z.int().min(1).max(10).default(1).describe("most messages of one SendMessageBatch; 1: SendMessage"),
  deleteBatch: z.int().min(1).max(10).default(1).describe("most messages of one DeleteMessageBatch; 1: DeleteMessage"),
  linger: durationText({ max: MOST_LINGER_MS })
    .default("0ms")
    .describe("how long a batch waits for more; 0ms: for what comes in the same turn of the event loop"),
  heartbeat: z
    .boolean()
    .default(false)
    .describe("extends the visibility timeout while a handler runs, each half of it"),
  fifo: z.boolean().default(false).describe("a FIFO queue: order within each message group, and deduplication"),
  groups: z.int().min(1).max(100_000).default(1).describe("FIFO: message groups, taken in turn"),
  deduplication: z
    .enum(["id", "content"])
    .default("id")
    .describe("FIFO: by an id that the producer gives each message, or by a digest of its body"),
  deadLetter: z
    .union([z.literal("none"), z.strictObject({ maxReceives: z.int().min(1).max(1000) })])
    .default("none")
    .describe("{ maxReceives: n }: a message received n times goes to a dead-letter queue"),
  onFail: z
    .enum(["visible", "wait"])
    .default("visible")
    .describe("a failed handler makes the message visible at once, or leaves it to the visibility timeout"),
  retries: z
    .int()
    .min(0)
    .max(10)
    .default(0)
    .describe("sends that the SDK repeats by itself; each may make a message twice"),
});

/** Checked options of `sqs`. */
export type SqsOptions = z.infer<typeof sqsOptions>;

/** Options that mean nothing together, as problems for a person. */
export const optionConflicts = ({ fifo, groups, deduplication }: SqsOptions): readonly string[] => [
  ...(!fifo && groups > 1 ? ["groups: only a FIFO queue has message groups; add fifo: true"] : []),
  ...(!fifo && deduplication === "content" ? ["deduplication: only a FIFO queue drops repeats; add fifo: true"] : []),
];

/** A duration in the unit that SQS takes. */
export const secondsOf = (text: string): number => durationOf(text) / 1000;

/** SQS shows a message again when its visibility timeout has run out. */
export const sqsHorizon = ({ visibilityTimeout }: SqsOptions): Milliseconds => ms(durationOf(visibilityTimeout));
