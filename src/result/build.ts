/** From a fold and the events of a run to its result: pure, no clock and no file. */

import { createSchedule, scheduleSpecs } from "../load/schedule.js";
import { LATENCY_NAMES } from "../metrics/latency.js";
import type { BeginEvent, RunEvent } from "../record/events.js";
import type { Fold } from "../record/fold.js";
import { addHistogram, type Histogram, latencyStats, newHistogram } from "../record/histogram.js";
import { SliceCounts } from "../record/slices.js";
import { type LatencyName, type RunResult, SCHEMA_VERSION } from "../result-schema.js";
import { NS_PER_S } from "../units.js";
import type { BuildInput } from "./build-input.js";
import { gatherEvidence } from "./evidence.js";
import { judge } from "./expect.js";
import { faultResults } from "./fault-results.js";
import { assessHealth } from "./health.js";
import { loadEndedNs } from "./load-end.js";
import { resourceSeries } from "./resources.js";

type EventOf<Type extends RunEvent["type"]> = Extract<RunEvent, { type: Type }>;
const ofType = <Type extends RunEvent["type"]>(events: readonly RunEvent[], type: Type): EventOf<Type>[] =>
  events.filter((event): event is EventOf<Type> => event.type === type);

/** Builds and judges the result; throws `InvariantError` when its counts do not add up. */
export function buildResult(input: BuildInput): RunResult {
  const { begin, events, fold } = input;
  const end = ofType(events, "end")[0];
  const residue = ofType(events, "drained")[0]?.residue ?? { inspected: false, anonymous: 0 };
  const series = buildSeries(input);
  const delivery = fold.delivery(residue);
  const handled = fold.workers.completed + fold.workers.failed;
  const health = assessHealth(begin, fold, events);
  const measured = {
    schemaVersion: SCHEMA_VERSION as typeof SCHEMA_VERSION,
    run: {
      id: begin.runId,
      seed: begin.seed,
      startedAt: begin.startedAt,
      durationNs: Math.max(end?.atNs ?? 0, fold.lastNs),
      interrupted: end?.interrupted ?? true,
      notes: [
        ...(end?.notes ?? ["havoq itself was ended before the run was over: what was recorded until then is shown"]),
      ],
    },
    scenario: plainScenario(begin),
    target: begin.target,
    environment: begin.environment,
    phases: [...begin.phases],
    delivery,
    ackLevels: fold.ackLevels,
    latency: buildLatencies(fold),
    ...(begin.scenario.load.priorities ? { priorities: byPriority(fold) } : {}),
    throughput: throughput(input, series),
    workers: workerFigures(fold, begin),
    series,
    resources: resourceSeries(ofType(events, "resources")),
    faults: faultResults(input, series),
    errors: buildErrors(input),
    health,
    evidence: gatherEvidence({ begin, events, faults: input.faults, delivery, handled, health }),
  };
  return { ...measured, ...judge(begin.scenario, measured) };
}

/** The scenario as data; of a trace, which can be long, the number of its messages. */
function plainScenario({ scenario }: BeginEvent): RunResult["scenario"] {
  const { rate } = scenario.load;
  const traced = typeof rate === "object" && rate.kind === "trace";
  const load = traced ? { ...scenario.load, rate: { ...rate, timesNs: rate.timesNs.length } } : scenario.load;
  return JSON.parse(JSON.stringify({ ...scenario, load })) as RunResult["scenario"];
}

function buildLatencies(fold: Fold): RunResult["latency"] {
  const one = (name: LatencyName): RunResult["latency"][LatencyName] => {
    const whole = newHistogram(3);
    const phases: RunResult["latency"][LatencyName]["phases"] = {};
    for (const [phase, histograms] of fold.histograms) {
      const histogram: Histogram = histograms[name];
      phases[phase] = latencyStats(histogram);
      if (phase !== "warmup") addHistogram(whole, histogram);
    }
    return { whole: latencyStats(whole), phases };
  };
  return Object.fromEntries(LATENCY_NAMES.map((name) => [name, one(name)])) as RunResult["latency"];
}

function byPriority({ priorities }: Fold): NonNullable<RunResult["priorities"]> {
  const highestFirst = [...priorities].sort(([a], [b]) => b - a);
  return highestFirst.map(([priority, histogram]) => ({ priority, endToEnd: latencyStats(histogram) }));
}

function buildSeries(input: BuildInput): RunResult["series"] {
  const { begin, events, fold, countSliceNs, latencySliceNs } = input;
  const endNs = begin.phases.at(-1)?.endNs ?? 0;
  const lastNs = Math.max(endNs, fold.lastNs);
  const counts = Math.ceil(lastNs / countSliceNs);
  const latencies = Math.ceil(endNs / latencySliceNs);
  const depths = ofType(events, "depth");
  const errors = new SliceCounts(countSliceNs);
  fold.errors.counts.forEach((count, slice) => void errors.add(slice * countSliceNs, count));
  for (const { atNs } of ofType(events, "clientError")) errors.add(atNs);
  return {
    countSliceNs,
    offered: offeredPerSlice(input, counts),
    sent: fold.sent.padded(counts),
    acked: fold.acked.padded(counts),
    delivered: fold.delivered.padded(counts),
    completed: fold.completed.padded(counts),
    errors: errors.padded(counts),
    latencySliceNs,
    latency: { publish: fold.publishSlices.series(latencies), endToEnd: fold.endToEndSlices.series(latencies) },
    heatmap: fold.endToEndSlices.heatmap(latencies),
    backlog: {
      atNs: depths.map(({ atNs }) => atNs),
      ready: depths.map(({ ready }) => ready),
      inFlight: depths.map(({ inFlight }) => inFlight),
    },
  };
}

/** The offered load is the schedule's, not what was managed to be sent; a closed load offers what it sends. */
function offeredPerSlice({ begin, events, fold, countSliceNs: sliceNs }: BuildInput, slices: number): number[] {
  const specs = scheduleSpecs(begin.scenario);
  if (!specs) return fold.sent.padded(slices);
  const endNs = loadEndedNs(begin, events, fold.lastNs);
  const offered = new Array<number>(slices).fill(0);
  for (const schedule of specs.map(createSchedule)) {
    let before = 0;
    for (let slice = 0; slice < slices; slice++) {
      const count = schedule.countBefore(Math.min((slice + 1) * sliceNs, endNs));
      offered[slice] = (offered[slice] ?? 0) + count - before;
      before = count;
    }
  }
  return offered;
}

/** Over the time that was measured: what was cut short is divided by the time that it lasted. */
function throughput({ begin, events, fold, countSliceNs }: BuildInput, series: RunResult["series"]) {
  const startNs = begin.phases.find(({ name }) => name !== "warmup")?.startNs ?? 0;
  const endNs = loadEndedNs(begin, events, fold.lastNs);
  const planned = endNs === begin.phases.at(-1)?.endNs;
  const first = Math.round(startNs / countSliceNs);
  // A slice that was cut is left out.
  const end = planned ? Math.round(endNs / countSliceNs) : Math.floor(endNs / countSliceNs);
  const seconds = (planned ? endNs - startNs : (end - first) * countSliceNs) / NS_PER_S;
  const rate = (counts: readonly number[]) =>
    seconds > 0 ? counts.slice(first, end).reduce((sum, count) => sum + count, 0) / seconds : 0;
  return {
    offeredPerSecond: rate(series.offered),
    ackedPerSecond: rate(fold.acked.counts),
    goodputPerSecond: rate(fold.completed.counts),
  };
}

function workerFigures({ workers, lastNs }: Fold, { scenario }: BeginEvent): RunResult["workers"] {
  const slots = scenario.workers.processes * scenario.workers.concurrency;
  const utilization = lastNs > 0 && slots > 0 ? workers.busyNs / (lastNs * slots) : 0;
  return { started: workers.started, completed: workers.completed, failed: workers.failed, utilization };
}

function buildErrors({ events, fold }: BuildInput): RunResult["errors"] {
  const byText = new Map<string, RunResult["errors"][number]>();
  const add = (role: "producer" | "worker", text: string, count: number, firstNs: number) => {
    const known = byText.get(`${role} ${text}`);
    if (!known) byText.set(`${role} ${text}`, { role, text, count, firstNs });
    else
      byText.set(`${role} ${text}`, {
        ...known,
        count: known.count + count,
        firstNs: Math.min(known.firstNs, firstNs),
      });
  };
  const texts = ofType(events, "errorText");
  for (const { producer, incarnation, errorCode, count, firstNs } of fold.recordedErrors.values()) {
    const known = texts.find((t) => t.producer === producer && t.incarnation === incarnation && t.code === errorCode);
    add("producer", known?.text ?? "unknown error", count, firstNs);
  }
  for (const { role, text, atNs } of ofType(events, "clientError")) add(role, text, 1, atNs);
  return [...byText.values()].sort((a, b) => b.count - a.count).slice(0, 20);
}
