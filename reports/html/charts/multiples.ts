/** Small multiples: the same chart for each target on the same scales, a line for each run. */
import { NS_PER_MS, NS_PER_S } from "../../../src/units.js";
import { groupSize, sums, worst } from "../downsample.js";
import { time } from "../format.js";
import type { ChartData, HeatmapData, RunData } from "../payload.js";
import type { RunView } from "../run-view.js";
import { niceAbove, niceBelow } from "../svg/scale.js";
import { peak, rounded } from "./chart.js";
import { backlogRow, cpuRow } from "./multiple-gauges.js";
import { drawn, longest, type MultipleChart, type MultipleRow, type Panel, runLine, starts } from "./multiple-parts.js";
import { runData } from "./run-data.js";

/** Above so many times the offered rate the axis ends: what was held comes back all at once. */
const HIGHEST = 2.5;

/** All rows of charts; those in which nothing was measured are left out. */
export function multipleRows(panels: readonly Panel[], budget: number): MultipleRow[] {
  return [goodputRow, latencyRow, backlogRow, cpuRow]
    .map((row) => row(panels, budget))
    .filter(({ charts }) =>
      charts.some(({ data }) => data.lines.some(({ values }) => values.some((value) => value !== null))),
    );
}

function goodputRow(panels: readonly Panel[], budget: number): MultipleRow {
  const sliceNs = panels[0]?.runs[0]?.result.series.countSliceNs ?? 1e8;
  const slices = longest(panels, ({ series }) => series.completed.length);
  // Below half a second a rate is mostly the rounding of the slice.
  const group = Math.max(groupSize(slices, budget), Math.ceil(5e8 / sliceNs));
  const widthS = (sliceNs * group) / NS_PER_S;
  const rates = (counts: readonly number[]) => sums(counts, group).map((sum) => rounded(sum / widthS, 4));
  const all = panels.map((panel) => drawn(panel).map((run) => ({ run, values: rates(run.result.series.completed) })));
  const offered = panels.map((panel) => rates(panel.runs[0]?.result.series.offered ?? []));
  const most = Math.max(...all.flat().map(({ values }) => peak(values)?.value ?? 0), 1);
  const mostOffered = Math.max(...offered.map((values) => peak(values)?.value ?? 0));
  const top =
    mostOffered > 0 ? Math.min(niceAbove(most * 1.05), niceAbove(HIGHEST * mostOffered)) : niceAbove(most * 1.05);
  const charts = panels.map((panel, at): MultipleChart => {
    const lines = (all[at] ?? []).map(({ run, values }, line) => runLine(line, run, values));
    const length = Math.max(...lines.map(({ values }) => values.length), offered[at]?.length ?? 0);
    const title = `Completed per second: ${panel.name}`;
    const steps = { atS: starts(length, widthS), sliceS: widthS, top };
    const data = {
      id: `${panel.key}-goodput`,
      title,
      kind: "rate" as const,
      ...steps,
      lines: [{ label: "offered", values: offered[at] ?? [], colour: 6, dash: 1 }, ...lines],
    };
    return { data, sentence: goodputSentence(panel) };
  });
  return { id: "goodput", title: `Completed per second, in steps of ${time(widthS * NS_PER_S)}`, charts };
}

function goodputSentence({ runs }: Panel): string {
  const silent = runs.flatMap(({ result }) =>
    result.faults.flatMap(({ resilience }) => resilience?.unavailableNs ?? []),
  );
  const faults = runs.some(({ result }) => result.faults.length > 0);
  if (faults && silent.length === 0) return "Too few messages tell whether completions stopped.";
  const most = Math.max(0, ...silent);
  return most === 0 ? "Completions never stopped." : `Nothing was completed for up to ${time(most)}.`;
}

function latencyRow(panels: readonly Panel[], budget: number): MultipleRow {
  const sliceNs = panels[0]?.runs[0]?.result.series.latencySliceNs ?? NS_PER_S;
  const group = groupSize(
    longest(panels, ({ series }) => series.latency.endToEnd.count.length),
    budget,
  );
  const widthS = (sliceNs * group) / NS_PER_S;
  const all = panels.map((panel) =>
    drawn(panel).map((run) => ({
      run,
      values: worst(run.result.series.latency.endToEnd.p99, group).map((ns) => rounded(ns)),
    })),
  );
  const seen = all.flat().flatMap(({ values }) => values.filter((ns) => ns !== null && ns > 0)) as number[];
  const least = seen.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = seen.reduce((a, b) => Math.max(a, b), 0);
  const rangeNs: [number, number] =
    most > 0 ? [niceBelow(least / 1.2), niceAbove(Math.max(most, least * 2) * 1.2)] : [NS_PER_MS, NS_PER_S];
  const charts = panels.map((panel, at): MultipleChart => {
    const lines = (all[at] ?? []).map(({ run, values }, line) => runLine(line, run, values));
    const length = Math.max(0, ...lines.map(({ values }) => values.length));
    const title = `End-to-end p99: ${panel.name}`;
    const steps = { atS: starts(length, widthS), sliceS: widthS, top: null, rangeNs };
    const highest = peak(lines.flatMap(({ values }) => values));
    const sentence = highest ? `The highest p99 of a step was ${time(highest.value)}.` : "No message was measured.";
    return { data: { id: `${panel.key}-latency`, title, kind: "latency", ...steps, lines }, sentence };
  });
  return { id: "latency", title: `End-to-end p99 of the messages due in each ${time(widthS * NS_PER_S)}`, charts };
}

/** What the page's script is given about one panel; the faults are those of its first run. */
export function panelData(
  panel: Panel,
  charts: readonly ChartData[],
  heatmap: HeatmapData | null,
  endS: number,
): RunData | null {
  const [first] = panel.runs;
  if (!first) return null;
  const view: RunView = { result: first.result, key: panel.key, level: 2, budget: 1 };
  return { ...runData(view, [], heatmap), charts, group: "multiples", endS };
}
