/** Baselines that earlier jobs left in a file, one JSON object a line; and how a candidate stands against them. */
import { mean, median, sampleStandardDeviation } from "simple-statistics";
import * as z from "zod";
import { studentCritical, studentTwoSided } from "../stats/student.js";
import { type Decision, decideEstimates } from "./decide.js";
import { detectableChange, type Estimate, leastChange } from "./estimate.js";
import type { GateMetric } from "./metrics.js";
import type { GateSettings, Look } from "./settings.js";
import type { Slice } from "./slice.js";

/** Jobs that must share a fingerprint before their numbers mean anything for another one. */
export const COMPARABLE_JOBS = 20;

const fingerprintSchema = z.strictObject({
  cpuModel: z.string(),
  cores: z.int().positive(),
  kernel: z.string(),
  nodeVersion: z.string(),
  brokerVersion: z.string().nullable(),
  /** Of the scenario as resolved, without its names, seed and expectations. */
  scenarioHash: z.string(),
  havoqVersion: z.string(),
});

/** One line of a baseline file: what one job measured. */
export const storedJobSchema = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.literal("gate-baseline"),
  recordedAt: z.iso.datetime(),
  fingerprint: fingerprintSchema,
  /** Values of each slice, by the name of the metric. */
  values: z.record(z.string(), z.array(z.number().positive())),
});

/** What must be the same for two jobs to be comparable. */
export type Fingerprint = z.infer<typeof fingerprintSchema>;
/** One line of a baseline file, as its schema gives it back. */
export type StoredJob = z.infer<typeof storedJobSchema>;

/** Reads a baseline file; answers with the number of the first line that is not one, if there is any. */
export function readStoredJobs(text: string): { readonly jobs: StoredJob[]; readonly badLine: number | null } {
  const jobs: StoredJob[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const job = storedJobSchema.safeParse(parseJson(line));
    if (!job.success) return { jobs, badLine: index + 1 };
    jobs.push(job.data);
  }
  return { jobs, badLine: null };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

const KEYS = ["cpuModel", "cores", "kernel", "nodeVersion", "brokerVersion", "scenarioHash", "havoqVersion"] as const;

/** The jobs that can be compared with one of this fingerprint. */
export const comparableJobs = (jobs: readonly StoredJob[], own: Fingerprint): StoredJob[] =>
  jobs.filter(({ fingerprint }) => KEYS.every((key) => fingerprint[key] === own[key]));

/** Why there is no comparable baseline, and in what the last job differs. */
export function whyNotComparable(jobs: readonly StoredJob[], own: Fingerprint): string {
  const alike = comparableJobs(jobs, own).length;
  const last = jobs.at(-1)?.fingerprint;
  const different = last ? KEYS.filter((key) => last[key] !== own[key]) : [];
  const why = different.length > 0 ? `; the last one differs in ${different.join(", ")}` : "";
  return `no comparable baseline: ${alike} of ${jobs.length} jobs have this fingerprint, ${COMPARABLE_JOBS} are needed${why}`;
}

/** The values of a job's slices, by metric. */
export function valuesOf(slices: readonly Slice[], metrics: readonly GateMetric[]): StoredJob["values"] {
  return Object.fromEntries(metrics.map(({ name }) => [name, slices.flatMap(({ values }) => values[name] ?? [])]));
}

/** Decides on one job by the jobs before it: a prediction interval for the logarithm of its median. */
export function decideStored(
  jobs: readonly StoredJob[],
  own: StoredJob["values"],
  metrics: readonly GateMetric[],
  look: Look,
  settings: GateSettings,
): Decision {
  const measured = metrics.flatMap((metric) => {
    const before = jobs.flatMap(({ values }) => medianOf(values[metric.name]));
    const [value] = medianOf(own[metric.name]);
    if (value === undefined || before.length < COMPARABLE_JOBS) return [];
    return [{ metric, estimate: predict(metric, before, value, { look, settings, family: metrics.length }) }];
  });
  return decideEstimates(measured, look, settings);
}

const medianOf = (values: readonly number[] | undefined): number[] =>
  values && values.length > 0 ? [median([...values])] : [];

interface Held {
  readonly look: Look;
  readonly settings: GateSettings;
  readonly family: number;
}

/** How far a job's value is from those before it, whose logarithms are taken for normal; Student's t with n - 1 degrees. */
function predict(metric: GateMetric, before: readonly number[], value: number, held: Held): Estimate {
  const sign = metric.worse === "higher" ? 1 : -1;
  const logs = before.map((each) => sign * Math.log(each));
  const change = sign * Math.log(value) - mean(logs);
  const degrees = before.length - 1;
  const error = Math.max(sampleStandardDeviation(logs) * Math.sqrt(1 + 1 / before.length), Number.EPSILON);
  const reach = studentCritical(2 * held.look.passAlpha, degrees) * error;
  const baseline = median([...before]);
  return {
    pairs: before.length,
    baseline,
    candidate: value,
    change,
    lower: change - reach,
    upper: change + reach,
    pWorse: studentTail(change / error, degrees),
    pBetter: studentTail(-change / error, degrees),
    detectable: detectableChange(error, leastChange(metric, baseline, held.settings), held.look.alpha / held.family),
  };
}

/** P(T > t). */
function studentTail(t: number, degrees: number): number {
  const beyond = studentTwoSided(t, degrees) / 2;
  return t > 0 ? beyond : 1 - beyond;
}
