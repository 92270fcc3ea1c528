/** The versioned shape of `comparison.json`: what `havoq compare` found. Times are nanoseconds. */
import * as z from "zod";
import { latencyStatsSchema } from "../result-schema.js";
import { CONFIRMED_IN } from "../spi/broker.js";

/** Version of `comparison.json`; a breaking change adds one. */
export const COMPARISON_VERSION = 2;

const count = z.int().nonnegative();
const told = z.enum(["better", "worse", "~"]);
/** `"never"` for what never came to an end, `null` where nothing was measured. */
const value = z.union([z.number(), z.literal("never"), z.null()]);

const unit = z.enum(["ns", "perSecond", "cpuSeconds", "bytes"]);

const run = z.strictObject({
  /** The run's folder, from the folder of the comparison. */
  directory: z.string(),
  /** Which round of the comparison, from 1; runs of one round are compared with each other. */
  round: z.int().positive(),
  /** Place among all runs of the comparison in the order of time, from 1. */
  order: z.int().positive(),
  id: z.string(),
  seed: z.int(),
  startedAt: z.string(),
  verdict: z.enum(["pass", "fail", "inconclusive"]),
  health: z.enum(["ok", "generator-limited", "noisy-machine"]),
  failedExpectations: z.array(z.string()),
});

const estimate = z.strictObject({
  unit,
  values: z.array(value),
  median: value,
  low: value,
  high: value,
  /** Probability that low to high covers the true median, 0 to 1. */
  coverage: z.number(),
});

const subject = z.strictObject({
  name: z.string(),
  /** The target's own name, and what of the scenario was varied. */
  target: z.string(),
  variation: z.record(z.string(), z.string()),
  driver: z.string(),
  host: z.string(),
  brokerVersion: z.string().nullable(),
  confirmedIn: z.enum(CONFIRMED_IN).nullable(),
  durability: z.string(),
  runs: z.array(run),
  /** Of each run, in the order of `runs`. */
  acked: z.array(count),
  metrics: z.record(z.string(), estimate),
  counts: z.record(z.string(), z.array(count)),
  /** The least ratio of limit to measured over the runs' upper limits on times; `null` without such a limit. */
  headroom: z.strictObject({ metric: z.string(), ratio: z.number() }).nullable(),
  /** What it did as fast as it can, in one run without faults; `null` when that was not asked. */
  capacity: z
    .strictObject({ directory: z.string(), ackedPerSecond: z.number(), goodputPerSecond: z.number() })
    .nullable(),
  /** Histograms of all runs, merged. */
  latency: z.strictObject({ publish: latencyStatsSchema, endToEnd: latencyStatsSchema }),
});

const difference = z.strictObject({
  subject: z.string(),
  reference: z.string(),
  metric: z.string(),
  /** Geometric mean over the rounds of subject / reference, with the interval by which it was decided. */
  ratio: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  p: z.number().nullable(),
  confidence: z.number(),
  pairs: z.array(z.number()),
  told,
  why: z.string(),
});

const countDifference = z.strictObject({ subject: z.string(), reference: z.string(), metric: z.string(), told });

/** The whole of `comparison.json`. */
export const comparisonSchema = z.strictObject({
  schemaVersion: z.literal(COMPARISON_VERSION),
  name: z.string(),
  question: z.string().nullable(),
  havoqVersion: z.string(),
  command: z.string(),
  reference: z.string(),
  /** Rounds that were planned; `null` for runs that were made one by one. */
  rounds: z.int().positive().nullable(),
  seed: z.int().nullable(),
  interrupted: z.boolean(),
  /** What was compared by its ratio, in the order of the tables. */
  metrics: z.array(z.strictObject({ id: z.string(), label: z.string(), unit, better: z.enum(["lower", "higher"]) })),
  subjects: z.array(subject),
  differences: z.array(difference),
  countDifferences: z.array(countDifference),
  /** Where the comparison is not like for like, a sentence each. */
  findings: z.array(z.string()),
  /** What differs among the subjects; one value each, in their order. */
  knobs: z.array(
    z.strictObject({
      path: z.string(),
      values: z.array(z.string()),
      /** What was meant to differ, or a mismatch that speaks against the comparison. */
      kind: z.enum(["target", "varied", "mismatch"]),
    }),
  ),
  /** Runs that no figure rests on, and why: they failed, or did not observe what a verdict rests on. */
  failures: z.array(
    z.strictObject({
      subject: z.string(),
      round: z.int().positive(),
      kind: z.enum(["failed", "unproven"]),
      message: z.string(),
    }),
  ),
});

/** The content of `comparison.json`. */
export type Comparison = z.infer<typeof comparisonSchema>;
/** One target of a comparison, with its runs and its figures over all of them. */
export type Subject = z.infer<typeof subject>;
/** A metric of a subject against the reference: its ratio, and whether the two can be told apart. */
export type Difference = z.infer<typeof difference>;
/** A measured value; `"never"` for what never came to an end, `null` where nothing was measured. */
export type ComparedValue = z.infer<typeof value>;
/** A setting that differs among the subjects, with the value of each. */
export type Knob = Comparison["knobs"][number];
