/** From the results of some runs to what can be said about their targets: pure. */
import { mergedLatencies } from "../result/merged-latencies.js";
import { tellCounts } from "./counts.js";
import { estimateMedian } from "./estimate.js";
import { fairness } from "./fairness.js";
import { leastHeadroom } from "./headroom.js";
import type { ComparedRun, CompareInput, Side } from "./input.js";
import { differingKnobs } from "./knobs.js";
import { COUNT_METRICS, metricsOf, type RatioMetric } from "./metrics.js";
import { tellApart } from "./ratio.js";
import { COMPARISON_VERSION, type ComparedValue, type Comparison, type Subject } from "./schema.js";

/** Compares; subjects without a run are left out. */
export function buildComparison(input: CompareInput): Comparison {
  const sides = input.subjects
    .map((subject): Side => {
      const runs = input.runs.filter((run) => run.subject === subject.name).sort((a, b) => a.round - b.round);
      return { ...subject, runs };
    })
    .filter(({ runs }) => runs.length > 0);
  const compared = pairsOf(sides, input.reference);
  const knobs = differingKnobs(sides);
  const metrics = metricsOf(sides.flatMap(({ runs }) => runs.map(({ result }) => result)));
  return {
    schemaVersion: COMPARISON_VERSION,
    name: input.name,
    question: input.question,
    havoqVersion: input.havoqVersion,
    command: input.command,
    reference: referenceOf(sides, input.reference)?.name ?? "",
    rounds: input.rounds,
    seed: input.seed,
    interrupted: input.interrupted,
    metrics: metrics.map(({ id, label, unit, better }) => ({ id, label, unit, better })),
    subjects: sides.map((side) => ({ ...describe(side, metrics), capacity: capacityOf(input, side.name) })),
    differences: compared.flatMap(([reference, side]) => differences(metrics, reference, side)),
    countDifferences: compared.flatMap(([reference, side]) =>
      COUNT_METRICS.map(({ id, read }) => {
        const counts = ({ runs }: Side) =>
          runs.map(({ result }) => ({ count: read(result), acked: result.delivery.acked }));
        return {
          subject: side.name,
          reference: reference.name,
          metric: id,
          told: tellCounts(counts(reference), counts(side)),
        };
      }),
    ),
    findings: fairness(sides, knobs),
    knobs,
    failures: input.failures.map((failure) => ({ ...failure })),
  };
}

/** The subject that the others are held against: of the wanted target, or else the first. */
function referenceOf(sides: readonly Side[], wanted: string | null): Side | undefined {
  return sides.find(({ name, target }) => name === wanted || target === wanted) ?? sides[0];
}

/** Each subject with its reference: of the same variation where there are several targets. */
function pairsOf(sides: readonly Side[], wanted: string | null): (readonly [reference: Side, side: Side])[] {
  const first = referenceOf(sides, wanted);
  if (!first) return [];
  const variationOf = ({ variation }: Side) => JSON.stringify(variation);
  const several = new Set(sides.map(({ target }) => target)).size > 1;
  return sides.flatMap((side) => {
    const own = several
      ? sides.find((other) => other.target === first.target && variationOf(other) === variationOf(side))
      : first;
    return own && own !== side ? [[own, side] as const] : [];
  });
}

function differences(metrics: readonly RatioMetric[], reference: Side, side: Side): Comparison["differences"] {
  const answers = tellApart(metrics.map((metric) => ({ ...metric, pairs: pairsByRound(metric, reference, side) })));
  return metrics.flatMap(({ id }, at) => {
    const answer = answers[at];
    if (!answer) return [];
    return [{ subject: side.name, reference: reference.name, metric: id, ...answer, pairs: [...answer.pairs] }];
  });
}

/** Values of the rounds that both have run. */
function pairsByRound(metric: RatioMetric, reference: Side, side: Side): [number | null, number | null][] {
  return reference.runs.flatMap(({ round, result }): [number | null, number | null][] => {
    const other = side.runs.find((run) => run.round === round);
    return other ? [[metric.read(result), metric.read(other.result)]] : [];
  });
}

function describe(side: Side, metrics: readonly RatioMetric[]): Omit<Subject, "capacity"> {
  const { name, target, variation, runs } = side;
  const last = runs[runs.length - 1]?.result;
  return {
    name,
    target,
    variation: { ...variation },
    driver: last?.target.driver ?? "",
    host: last?.target.host ?? "",
    brokerVersion: last?.target.brokerVersion ?? null,
    confirmedIn: last?.target.confirmedIn ?? null,
    durability: last?.target.durability ?? "",
    runs: runs.map(describeRun),
    acked: runs.map(({ result }) => result.delivery.acked),
    metrics: Object.fromEntries(
      metrics.map((metric) => {
        const values = runs.map(({ result }) => metric.read(result));
        const { median, low, high, coverage } = estimateMedian(values);
        const written = { values: values.map(plain), median: plain(median), low: plain(low), high: plain(high) };
        return [metric.id, { unit: metric.unit, ...written, coverage }];
      }),
    ),
    counts: Object.fromEntries(COUNT_METRICS.map(({ id, read }) => [id, runs.map(({ result }) => read(result))])),
    headroom: leastHeadroom(runs.map(({ result }) => result)),
    latency: mergedLatencies(runs.map(({ result }) => result)),
  };
}

function capacityOf({ capacities }: CompareInput, name: string): Subject["capacity"] {
  const found = capacities.find(({ subject }) => subject === name);
  if (!found) return null;
  const { ackedPerSecond, goodputPerSecond } = found.result.throughput;
  return { directory: found.directory, ackedPerSecond, goodputPerSecond };
}

function describeRun({ directory, round, order, result }: ComparedRun): Subject["runs"][number] {
  const { id, seed, startedAt } = result.run;
  const failedExpectations = result.expectations.filter(({ passed }) => !passed).map(({ text }) => text);
  return {
    directory,
    round,
    order,
    id,
    seed,
    startedAt,
    verdict: result.verdict,
    health: result.health.verdict,
    failedExpectations,
  };
}

/** JSON has no infinity. */
const plain = (value: number | null): ComparedValue => (value === Number.POSITIVE_INFINITY ? "never" : value);
