import uPlot from "uplot";
import type { ChartData, Line, RunData } from "../payload.js";
import { logTicks, niceAbove, niceBelow } from "../svg/scale.js";
import { drawStrip, stripHeight } from "./strip.js";
import { colour, DASHES } from "./theme.js";
import { secondsText, tick, tickSteps, written } from "./values.js";

const HEIGHTS = { latency: 230, rate: 200, count: 160, percent: 160, bytes: 160 } as const;
const AXIS_FONT = "11px system-ui, sans-serif";
const NARROW = 520;
/** A moment that went to a position and back may come out a little earlier. */
const ROUNDING_S = 1e-6;
/** The same ways of dashing as the lines have, as far as a border can. */
const LEGEND_DASHES = ["solid", "dashed", "dotted", "dashed"];

/** What all plots of a run share: one time axis, one cursor, one zoom, the phases and the faults. */
export function sharedOptions(run: RunData, width: number, atS: readonly number[], stepped: boolean) {
  const axisWidth = width < NARROW ? 54 : 66;
  const measure = document.createElement("canvas").getContext("2d");
  const strip = stripHeight(run, width - axisWidth - 14, measure);
  const first = atS[0] ?? 0;
  const last = atS.at(-1) ?? 0;
  return {
    width,
    padding: [strip, 14, 0, 0] as uPlot.Padding,
    cursor: {
      y: false,
      points: { size: 6 },
      sync: { key: run.group ?? run.key, scales: ["x", null] as [string, null], setSeries: false },
      dataIdx: (_: uPlot, __: number, closest: number, xS: number) =>
        stepped && closest > 0 && (atS[closest] ?? 0) > xS + ROUNDING_S ? closest - 1 : closest,
    },
    // All data in view means the whole run in view, so that the axes of all plots agree.
    xScale: {
      time: false,
      range: (_: uPlot, min: number, max: number): [number, number] =>
        min <= first && max >= last ? [0, run.endS] : [min, max],
    },
    xAxis: {
      ...axisLook(),
      space: width < NARROW ? 45 : 60,
      size: 26,
      values: (_: uPlot, splits: number[]) =>
        splits.map((seconds) => secondsText(seconds, (splits[1] ?? 1) - (splits[0] ?? 0))),
    },
    axisWidth,
    hooks: { drawClear: [(plot: uPlot) => drawStrip(plot, run)], draw: [markDrawn] },
  };
}

/** Colours and font of an axis. */
export function axisLook() {
  return {
    font: AXIS_FONT,
    stroke: () => colour("dim"),
    grid: { stroke: () => colour("grid"), width: 1 },
    ticks: { show: false },
    gap: 6,
  };
}

function markDrawn(plot: uPlot): void {
  plot.root.parentElement?.setAttribute("data-drawn", "true");
}

/** Draws one chart of lines over time into its element. */
export function drawTimeChart(run: RunData, chart: ChartData, into: HTMLElement, width: number): uPlot {
  const stepped = chart.sliceS !== null;
  const atS = closed(chart.atS, chart.sliceS);
  const { xScale, xAxis, axisWidth, ...shared } = sharedOptions(run, width, atS, stepped);
  const options: uPlot.Options = {
    ...shared,
    height: HEIGHTS[chart.kind],
    scales: { x: xScale, y: yScale(chart) },
    axes: [xAxis, yAxis(chart, axisWidth)],
    legend: { markers: { width: 2, dash: (_, i) => LEGEND_DASHES[chart.lines[i - 1]?.dash ?? 0] ?? "solid" } },
    series: [
      { label: "at", value: (_, seconds) => (seconds === null ? "–" : secondsText(seconds, chart.sliceS ?? 0.1)) },
      ...chart.lines.map((line) => series(chart, line, stepped)),
    ],
  };
  const positive = (value: number | null) => (value !== null && value <= 0 ? null : value);
  const lines = chart.lines.map(({ values }) => {
    const drawn = chart.kind === "latency" ? values.map(positive) : [...values];
    return stepped ? [...drawn, drawn.at(-1) ?? null] : drawn;
  });
  return new uPlot(options, [atS, ...lines], into);
}

/** Steps need the end of the last slice too. */
function closed(atS: readonly number[], sliceS: number | null): number[] {
  return sliceS === null ? [...atS] : [...atS, (atS.at(-1) ?? 0) + sliceS];
}

function series({ kind }: ChartData, line: Line, stepped: boolean): uPlot.Series {
  const paths = stepped ? uPlot.paths.stepped?.({ align: 1 }) : uPlot.paths.linear?.();
  return {
    label: line.label,
    stroke: () => colour(`c${line.colour}`),
    width: line.dash === 0 ? 1.6 : 1.3,
    dash: [...(DASHES[line.dash] ?? [])],
    points: { show: false },
    value: (_, value) => written(kind, value),
    ...(paths && { paths }),
  };
}

function yScale({ kind, top, rangeNs }: ChartData): uPlot.Scale {
  if (kind !== "latency") return { range: (_, __, max) => [0, top ?? (max > 0 ? max * 1.06 : 1)] };
  if (rangeNs) return { distr: 3, range: () => [rangeNs[0], rangeNs[1]] };
  return {
    distr: 3,
    range: (_, min, max) => (max > 0 ? [niceBelow(min / 1.2), niceAbove(Math.max(max, min * 2) * 1.2)] : [1e6, 1e9]),
  };
}

function yAxis({ kind }: ChartData, size: number): uPlot.Axis {
  const look = {
    ...axisLook(),
    size,
    values: (_: uPlot, splits: number[]) => splits.map((value) => tick(kind, value)),
  };
  if (kind === "latency") return { ...look, splits: logSplits, filter: (_, splits) => splits };
  const steps = tickSteps(kind);
  return { ...look, space: 28, ...(steps && { incrs: steps }) };
}

/** Ticks of a logarithmic axis at round numbers. */
export function logSplits(_: uPlot, __: number, min: number, max: number): number[] {
  return logTicks(min, max);
}
