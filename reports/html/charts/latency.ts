import type { RunResult } from "../../../src/result-schema.js";
import { NS_PER_S } from "../../../src/units.js";
import { groupSize, worst } from "../downsample.js";
import { time } from "../format.js";
import { at, type RunView } from "../run-view.js";
import { type Chart, peak, rounded } from "./chart.js";

type Series = RunResult["series"]["latency"]["publish"];

/** Percentiles of a latency over time. */
export function latencyChart({ result, key, budget }: RunView, name: "publish" | "endToEnd"): Chart {
  const { latencySliceNs } = result.series;
  const series: Series = result.series.latency[name];
  const group = groupSize(series.count.length, budget);
  const sliceNs = latencySliceNs * group;
  const line = (label: "p50" | "p99" | "max", colour: number, dash: number) => ({
    label,
    values: worst(series[label], group).map((ns) => rounded(ns)),
    colour,
    dash,
  });
  const slices = Math.ceil(series.count.length / group);
  return {
    data: {
      id: `${key}-latency-${name}`,
      title: name === "publish" ? "Publish latency (due to confirmed)" : "End-to-end latency (due to first delivery)",
      kind: "latency",
      atS: Array.from({ length: slices }, (_, i) => (i * sliceNs) / NS_PER_S),
      sliceS: sliceNs / NS_PER_S,
      top: null,
      lines: [line("p50", 0, 0), line("p99", 1, 0), line("max", 6, 2)],
    },
    sentence: latencySentence(result, series, latencySliceNs),
    note:
      group > 1
        ? `Each step covers ${time(sliceNs)} and shows the worst of its ${group} slices: percentiles are never averaged.`
        : `A message belongs to the ${time(sliceNs)} in which it was due; a gap is a slice in which none was due or none arrived.`,
  };
}

function latencySentence(result: RunResult, series: Series, sliceNs: number): string {
  const most = peak(series.p99);
  const known = series.p99.filter((value) => value !== null).sort((a, b) => a - b);
  const usual = known[Math.floor(known.length / 2)];
  if (!most || usual === undefined) return "No message was measured.";
  const where = at(result, most.index * sliceNs, sliceNs);
  return `p99 peaked at ${time(most.value)} ${where}; in half of the slices it was at most ${time(usual)}.`;
}
