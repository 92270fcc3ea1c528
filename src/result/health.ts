import type { BeginEvent, RunEvent } from "../record/events.js";
import type { Fold } from "../record/fold.js";
import { percentileNs } from "../record/histogram.js";
import type { RunResult } from "../result-schema.js";
import { formatNs } from "./format.js";

/** Publish delay (p99, outside of faults) above which havoq and not the broker was the bottleneck. */
const MAX_PUBLISH_DELAY_NS = 50e6;
/** Share of stolen CPU above which timings say more about the neighbours. */
const MAX_STEAL = 0.1;
/** Per cent of one core above which a single-threaded process has no time left. */
const SATURATED_PERCENT = 95;

/** Says whether the figures are the broker's, or those of a generator or a machine that could not keep up. */
export function assessHealth(begin: BeginEvent, fold: Fold, events: readonly RunEvent[]): RunResult["health"] {
  const loopDelays = events.flatMap((event) => (event.type === "loopDelay" ? [event.p99Ns] : []));
  const steals = events.flatMap((event) =>
    event.type === "resources" && event.stealShare !== null ? [event.stealShare] : [],
  );
  const stealShare = steals.length === 0 ? null : steals.reduce((sum, share) => sum + share, 0) / steals.length;
  const limited = begin.scenario.load.rate === "closed" ? [] : generatorReasons(fold, events);
  const noisy = stealShare !== null && stealShare > MAX_STEAL;
  return {
    verdict: limited.length > 0 ? "generator-limited" : noisy ? "noisy-machine" : "ok",
    reasons: [
      ...limited,
      ...(noisy ? [`the hypervisor took ${(stealShare * 100).toFixed(0)} % of the CPU time away`] : []),
    ],
    eventLoopDelayP99Ns: loopDelays.length === 0 ? null : Math.max(...loopDelays),
    stealShare,
    proxyOverheadNs: begin.proxyOverheadNs,
  };
}

/** Judged by the baseline phase: during a fault a full window delays the publishes, and that is the broker's doing. */
function generatorReasons(fold: Fold, events: readonly RunEvent[]): string[] {
  const calm = fold.histograms.get("baseline")?.publishDelay;
  if (!calm || calm.totalCount === 0) return [];
  const p99Ns = percentileNs(calm, 99);
  if (p99Ns <= MAX_PUBLISH_DELAY_NS) return [];
  const busy = busyProducers(events);
  const why = busy.length > 0 ? `${busy.join(", ")} used a whole core` : "the window was full or the machine was busy";
  return [
    `messages left havoq ${formatNs(p99Ns)} late (p99 of the baseline): ${why}; lower the rate, or add producers or window`,
  ];
}

function busyProducers(events: readonly RunEvent[]): string[] {
  const samples = events.flatMap((event) => (event.type === "resources" ? event.samples : []));
  const names = [...new Set(samples.filter(({ role }) => role === "producer").map(({ name }) => name))];
  return names.filter((name) => {
    const own = samples.filter((sample) => sample.name === name);
    return own.filter(({ cpuPercent }) => cpuPercent > SATURATED_PERCENT).length * 2 > own.length;
  });
}
