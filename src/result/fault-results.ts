import type { RunEvent } from "../record/events.js";
import type { FaultResult, RunResult } from "../result-schema.js";
import { resilienceOf } from "../stats/resilience.js";
import type { BuildInput } from "./build-input.js";
import { undeliveredAtNs } from "./faults.js";
import { loadEndedNs } from "./load-end.js";

/** Adds to each injection what it did: open messages, losses, and how goodput answered. */
export function faultResults(input: BuildInput, series: RunResult["series"]): FaultResult[] {
  const { begin, events, fold, faults } = input;
  const errorTimes = [...fold.errorTimesNs, ...clientErrorTimes(events)].sort((a, b) => a - b);
  const loadEndNs = loadEndedNs(begin, events, fold.lastNs);
  const backlog = series.backlog.atNs.map((atNs, i) => ({ atNs, ready: series.backlog.ready[i] ?? null }));
  return faults.map((times, i) => {
    const nextFaultNs = faults[i + 1]?.requestedNs ?? null;
    const undeliveredNs = undeliveredAtNs(times, begin.scenario.faults);
    const before = (atNs: number) => nextFaultNs === null || atNs < nextFaultNs;
    return {
      ...times,
      undelivered: fold.open.marks.get(undeliveredNs)?.undelivered ?? 0,
      inFlight: fold.open.marks.get(times.requestedNs)?.inFlight ?? 0,
      resilience:
        times.confirmedNs === null
          ? null
          : resilienceOf({
              sliceNs: series.countSliceNs,
              completed: series.completed,
              offered: series.offered,
              scheduled: begin.scenario.load.rate !== "closed",
              baseline: baselineSlices(input, faults[0]?.requestedNs ?? 0),
              injectNs: times.requestedNs,
              firstErrorNs: errorTimes.find((atNs) => atNs >= times.requestedNs && before(atNs)) ?? null,
              loadEndNs,
              latencySliceNs: series.latencySliceNs,
              latencyP99Ns: series.latency.endToEnd.p99,
              backlog,
              earliestLostAckNs: input.lostByFault[i]?.earliestAckNs ?? null,
              nextFaultNs,
            }),
    };
  });
}

/** The baseline phase, or else what there was of undisturbed load after the warm-up and before the first fault. */
function baselineSlices({ begin, countSliceNs }: BuildInput, firstFaultNs: number): [number, number] {
  const warmupEndNs = begin.phases.find(({ name }) => name === "warmup")?.endNs ?? 0;
  const baseline = begin.phases.find(({ name }) => name === "baseline");
  const startNs = baseline?.startNs ?? warmupEndNs;
  const endNs = Math.min(baseline?.endNs ?? firstFaultNs, firstFaultNs);
  return [
    Math.ceil(startNs / countSliceNs),
    Math.max(Math.ceil(startNs / countSliceNs), Math.floor(endNs / countSliceNs)),
  ];
}

function clientErrorTimes(events: readonly RunEvent[]): number[] {
  return events.flatMap((event) => (event.type === "clientError" ? [event.atNs] : []));
}
