/** The versioned shape of `gate.json`. Times are nanoseconds, changes are shares (0.1 is 10 % more), unless a name says otherwise. */
import * as z from "zod";

/** Version of `gate.json`; a breaking change adds one. */
export const GATE_SCHEMA_VERSION = 2;

const count = z.int().nonnegative();
const verdict = z.enum(["regression", "improvement", "pass", "inconclusive"]);
const side = z.enum(["baseline", "candidate"]);

const metric = z.strictObject({
  name: z.string(),
  /** For a person: "p50 of end-to-end". */
  label: z.string(),
  unit: z.enum(["ns", "perSecond"]),
  worse: z.enum(["higher", "lower"]),
  verdict,
  /** Pairs in which both sides measured it. */
  pairs: count,
  /** Medians over the slices, in the metric's unit. */
  baseline: z.number(),
  candidate: z.number(),
  /** Change of the candidate against the baseline (Hodges-Lehmann), and its bounds; `null` where there is none. */
  change: z.number(),
  lower: z.number().nullable(),
  upper: z.number().nullable(),
  /** One-sided, in the direction of the change, adjusted over the metrics (Holm); called real when at most `alpha`. */
  pAdjusted: z.number().min(0).max(1),
  alpha: z.number(),
  /** Smallest change for the worse that would be called a regression in 95 of 100 cases at this noise; `null`: none. */
  minimumDetectableChange: z.number().nullable(),
  /** One sentence for a person. */
  text: z.string(),
});

const delivery = z.strictObject({
  sent: count,
  acked: count,
  lost: count,
  phantom: count,
  corrupt: count,
  stuck: count,
  /** What became of them can't be told. */
  unseen: count,
  duplicates: count,
});

/** A threshold or an expectation, held against the candidate. */
const requirement = z.strictObject({
  metric: z.string(),
  expression: z.string(),
  passed: z.boolean(),
  text: z.string(),
  /** Whether it is about a number of messages, and so about delivery. */
  counts: z.boolean(),
});

const slice = z.strictObject({
  side,
  pair: z.int().positive(),
  position: z.int().positive(),
  directory: z.string(),
  /** By the name of the gated metric; `null` when nothing was measured. */
  values: z.record(z.string(), z.number().nullable()),
  delivery,
  expectations: z.array(requirement),
  generatorLimited: z.boolean(),
  /** What it rests on and did not observe: nothing can be said of it. */
  unproven: z.string().nullable(),
  notes: z.array(z.string()),
});

const system = z.strictObject({
  name: z.string(),
  file: z.string(),
  overlays: z.array(z.string()),
  driver: z.string(),
  host: z.string(),
  brokerVersion: z.string().nullable(),
});

const environment = z.strictObject({
  havoqVersion: z.string(),
  nodeVersion: z.string(),
  kernel: z.string(),
  cpuModel: z.string(),
  cores: z.int().positive(),
});

/** The whole of `gate.json`. */
export const gateSchema = z.strictObject({
  schemaVersion: z.literal(GATE_SCHEMA_VERSION),
  kind: z.literal("gate"),
  name: z.string(),
  startedAt: z.iso.datetime(),
  durationSeconds: z.number().nonnegative(),
  interrupted: z.boolean(),
  verdict,
  /** Why, for a person, the most important first. */
  reasons: z.array(z.string()).min(1),
  /** `null` when the baseline is a file of earlier jobs. */
  baseline: system.nullable(),
  candidate: system,
  /** What differs between the two scenarios, as resolved. */
  differences: z.array(z.strictObject({ path: z.string(), baseline: z.string(), candidate: z.string() })),
  settings: z.strictObject({
    looks: z.array(z.strictObject({ pairs: count, alpha: z.number(), passAlpha: z.number() })),
    minEffect: z.number(),
    tolerance: z.number(),
    floorNs: z.number(),
  }),
  /** Pairs that were measured on both sides. */
  pairs: count,
  looksTaken: count,
  metrics: z.array(metric),
  /** Sums over the slices of a side. */
  delivery: z.strictObject({ baseline: delivery.nullable(), candidate: delivery }),
  /** What is wrong with the delivery of the candidate. */
  deliveryFindings: z.array(z.string()),
  thresholds: z.array(requirement),
  expectations: z.array(requirement),
  /** Slices in which havoq itself was the bottleneck. */
  generatorLimited: z.strictObject({ baseline: count, candidate: count }),
  /** How the candidate stands against a file of earlier jobs; `null` when it was measured in pairs. */
  stored: z
    .strictObject({
      file: z.string(),
      /** Jobs with the same fingerprint; fewer than `needed` are no comparable baseline. */
      jobs: count,
      needed: count,
      comparable: z.boolean(),
    })
    .nullable(),
  environment,
  slices: z.array(slice),
});

/** The content of `gate.json`. */
export type GateResult = z.infer<typeof gateSchema>;
