/** A gate against earlier jobs, and the file that they are in. */
import { createHash } from "node:crypto";
import { appendFileSync, existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { describeEnvironment } from "../engine/environment.js";
import { EnvironmentError } from "../errors.js";
import { conclude } from "../gate/conclude.js";
import type { GateResult } from "../gate/schema.js";
import {
  COMPARABLE_JOBS,
  comparableJobs,
  decideStored,
  type Fingerprint,
  readStoredJobs,
  type StoredJob,
  valuesOf,
  whyNotComparable,
} from "../gate/stored.js";
import { makeFolder } from "../os/folders.js";
import { readRegular } from "../scenario/read-file.js";
import { forRecord } from "../secrets/places.js";
import type { GatePlan } from "./gate-plan.js";
import { beginningNow, contextOf } from "./gate-result.js";
import { runSlices, type SlicesOutcome, type SlicesRequest } from "./slices.js";

/** A job's slices, and what it is comparable by; `null` when not one slice was complete. */
interface Measured extends SlicesOutcome {
  readonly fingerprint: Fingerprint | null;
}

/** Measures the slices of the candidate. */
export async function measureSlices(request: SlicesRequest): Promise<Measured> {
  const outcome = await runSlices(request);
  const fingerprint = outcome.last === null ? null : fingerprintOf(request, outcome.last.target.brokerVersion);
  return { ...outcome, fingerprint };
}

function fingerprintOf({ plan, command }: SlicesRequest, brokerVersion: string | null): Fingerprint {
  const { cpuModel, cores, kernel, nodeVersion, havoqVersion } = describeEnvironment(command);
  const { name: _, question: __, seed: ___, runs: ____, expect: _____, ...what } = forRecord(plan.candidate.scenario);
  const scenarioHash = createHash("sha256").update(JSON.stringify(what)).digest("hex").slice(0, 16);
  return { cpuModel, cores, kernel, nodeVersion, brokerVersion, scenarioHash, havoqVersion };
}

/** Appends a job to a baseline file; answers with how many comparable ones are in it now. */
export function appendJob(file: string, measured: Measured, plan: GatePlan): number {
  const { fingerprint, slices } = measured;
  if (!fingerprint) return 0;
  const before = readJobs(file);
  const job: StoredJob = {
    schemaVersion: 1,
    kind: "gate-baseline",
    recordedAt: new Date().toISOString(),
    fingerprint,
    values: valuesOf(slices, plan.metrics),
  };
  makeFolder(dirname(resolve(file)));
  appendFileSync(file, `${JSON.stringify(job)}\n`);
  return comparableJobs([...before, job], fingerprint).length;
}

/** Some hundred bytes a job. */
const MOST_BYTES = 64 * 1024 ** 2;

/** The jobs of a baseline file; none when it is not there. Throws an `EnvironmentError` when it is none. */
export function readJobs(file: string): StoredJob[] {
  if (!existsSync(file)) return [];
  const content = readRegular(file, MOST_BYTES);
  if (!content.ok) throw new EnvironmentError(`${file} ${content.message}`, content.hint);
  const { jobs, badLine } = readStoredJobs(content.value.toString("utf8"));
  if (badLine === null) return jobs;
  throw new EnvironmentError(`${file}:${badLine}: not a job of a baseline file`, "`havoq gate record` writes these");
}

/** Measures the candidate and holds it against a baseline file; without enough comparable jobs, only thresholds and expectations count. */
export async function runStored(file: string, request: SlicesRequest): Promise<GateResult> {
  const beginning = beginningNow();
  const { fingerprint, slices, thresholds, last } = await measureSlices(request);
  const context = contextOf(request, last, beginning);
  const { settings, metrics } = request.plan;
  const jobs = readJobs(file);
  const alike = fingerprint ? comparableJobs(jobs, fingerprint) : [];
  const comparable = alike.length >= COMPARABLE_JOBS;
  const [look] = settings.looks;
  const decision = comparable && look ? decideStored(alike, valuesOf(slices, metrics), metrics, look, settings) : null;
  const why = fingerprint && !comparable ? whyNotComparable(jobs, fingerprint) : null;
  const state = { slices, settings, pairs: 0, looksTaken: decision ? 1 : 0, decision, shown: null };
  return conclude(state, {
    ...context,
    baseline: null,
    differences: [],
    thresholds,
    cutShort: context.interrupted ? "interrupted" : why,
    stored: { file, jobs: alike.length, needed: COMPARABLE_JOBS, comparable },
  });
}
