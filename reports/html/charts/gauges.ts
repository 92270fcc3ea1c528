import type { RunResult } from "../../../src/result-schema.js";
import { NS_PER_MS } from "../../../src/units.js";
import { firsts, groupSize, means, worst } from "../downsample.js";
import { count, size } from "../format.js";
import { at, type RunView } from "../run-view.js";
import { type Chart, peak, rounded } from "./chart.js";

/** Queue lengths as the broker reported them. */
export function backlogChart({ result, key, budget }: RunView): Chart {
  const { atNs, ready, inFlight } = result.series.backlog;
  const group = groupSize(atNs.length, budget);
  return {
    data: {
      id: `${key}-backlog`,
      title: "Backlog",
      kind: "count",
      atS: seconds(firsts(atNs, group)),
      sliceS: null,
      top: null,
      lines: [
        { label: "ready", values: worst(ready, group), colour: 0, dash: 0 },
        { label: "in flight", values: worst(inFlight, group), colour: 1, dash: 1 },
      ],
    },
    sentence: backlogSentence(result),
    note: group > 1 ? `Each point is the greatest of ${group} samples.` : null,
  };
}

function backlogSentence(result: RunResult): string {
  const { atNs, ready, inFlight } = result.series.backlog;
  const most = peak(ready);
  const taken = peak(inFlight);
  if (!most) return "The broker reported no queue length.";
  const last = ready.findLast((value) => value !== null) ?? 0;
  const head =
    most.value === 0
      ? "No message was ever seen waiting"
      : `At most ${count(most.value)} messages waited (${at(result, atNs[most.index] ?? 0)}) and ${count(last)} at the end`;
  return taken === null ? `${head}.` : `${head}; at most ${count(taken.value)} were in flight.`;
}

/** CPU of each process, in per cent of one core. */
export function cpuChart(view: RunView): Chart {
  const { result, key } = view;
  const busiest = result.resources
    .map((resource) => ({ resource, most: peak(resource.cpuPercent) }))
    .sort((a, b) => (b.most?.value ?? 0) - (a.most?.value ?? 0))[0];
  return {
    data: {
      ...processLines(view, "cpuPercent"),
      id: `${key}-cpu`,
      title: "CPU (% of one core)",
      kind: "percent",
    },
    sentence: busiest?.most
      ? `${busiest.resource.name} was the busiest with ${count(busiest.most.value)} % of one core ${at(result, busiest.resource.atNs[busiest.most.index] ?? 0)}.`
      : "No CPU time was measured.",
    note: null,
  };
}

/** Resident memory of each process; a broker of several is shown as one, what its processes share counted once. */
export function memoryChart(view: RunView): Chart {
  const { result, key } = view;
  const parts = result.resources.flatMap(({ name, rssBytes }) => {
    const most = peak(rssBytes);
    return most ? [{ name, from: rssBytes[0] ?? 0, most: most.value }] : [];
  });
  const grown = parts.sort((a, b) => b.most - b.from - (a.most - a.from))[0];
  return {
    data: { ...processLines(view, "rssBytes"), id: `${key}-memory`, title: "Memory (resident)", kind: "bytes" },
    sentence: grown
      ? `${grown.name} grew the most, from ${size(grown.from)} to ${size(grown.most)}.`
      : "No memory was measured.",
    note: "Resident memory; what the processes of one broker share is counted once (proportional set size).",
  };
}

/** One line per process over the moments at which any was looked at. */
function processLines({ result, budget }: RunView, field: "cpuPercent" | "rssBytes") {
  const moments = [...new Set(result.resources.flatMap(({ atNs }) => atNs))].sort((a, b) => a - b);
  const group = groupSize(moments.length, budget);
  const reduce = field === "cpuPercent" ? means : worst;
  const lines = result.resources.map((resource, i) => {
    const known = new Map(resource.atNs.map((atNs, sample) => [atNs, resource[field][sample] ?? null]));
    const values = moments.map((atNs) => known.get(atNs) ?? null);
    return {
      label: resource.name,
      values: reduce(values, group).map((value) => rounded(value, 4)),
      colour: i % 7,
      dash: Math.floor(i / 2) % 4,
    };
  });
  return { atS: seconds(firsts(moments, group)), sliceS: null, top: null, lines };
}

const seconds = (atNs: readonly number[]): number[] => atNs.map((ns) => Math.round(ns / NS_PER_MS) / 1e3);
