import uPlot from "uplot";
import { tickTime } from "../format.js";
import type { HeatmapData, RunData } from "../payload.js";
import { colour } from "./theme.js";
import { axisLook, logSplits, sharedOptions } from "./time-chart.js";
import { secondsText } from "./values.js";

const HEIGHT = 280;
const SHADES = 32;

/** Draws the heatmap as a plot of the same time axis, so that it takes part in the cursor and the zoom. */
export function drawHeatmap(run: RunData, map: HeatmapData, into: HTMLElement, width: number): uPlot {
  const totals = columnTotals(map);
  const atS = Array.from({ length: map.columns + 1 }, (_, column) => column * map.columnS);
  const { xScale, xAxis, axisWidth, hooks, ...shared } = sharedOptions(run, width, atS, true);
  const range = bucketRange(map);
  const options: uPlot.Options = {
    ...shared,
    height: HEIGHT,
    scales: { x: xScale, y: { distr: 3, range: () => range }, total: { range: () => [0, 1] } },
    axes: [
      xAxis,
      {
        ...axisLook(),
        grid: { show: false },
        size: axisWidth,
        splits: logSplits,
        filter: (_, splits) => splits,
        values: (_, splits) => splits.map(tickTime),
      },
    ],
    legend: { markers: { show: false } },
    series: [
      { label: "at", value: (_, seconds) => (seconds === null ? "–" : secondsText(seconds, map.columnS)) },
      {
        label: "messages due",
        scale: "total",
        paths: () => null,
        points: { show: false },
        value: (_, value) => (value === null || value === undefined ? "–" : value.toLocaleString("en-US")),
      },
      // The scale of the latencies needs a series, though the cells are drawn by hand.
      { scale: "y", show: true, label: "", paths: () => null, points: { show: false }, value: () => "" },
    ],
    hooks: { ...hooks, drawAxes: [(plot) => drawCells(plot, map, totals)] },
  };
  const held = atS.map(() => range[0]);
  return new uPlot(options, [atS, [...totals, null], held], into);
}

/** Messages of each column; `null` where there are none. */
function columnTotals({ columns, cells }: HeatmapData): (number | null)[] {
  const totals: (number | null)[] = Array.from({ length: columns }, () => null);
  for (let i = 0; i < cells.length; i += 3) {
    const column = cells[i] ?? 0;
    totals[column] = (totals[column] ?? 0) + (cells[i + 2] ?? 0);
  }
  return totals;
}

/** Bounds of a bucket; the lowest reaches to 0, which a logarithmic axis has not got. */
function bounds(bucketsNs: readonly number[], bucket: number): [number, number] {
  const from = bucketsNs[bucket] || (bucketsNs[1] ?? 2) / 2;
  return [from, bucketsNs[bucket + 1] ?? from * 2 ** (1 / 3)];
}

function bucketRange({ bucketsNs, cells, shared }: HeatmapData): [number, number] {
  if (shared) return [bounds(bucketsNs, shared.lowest)[0] / 1.3, bounds(bucketsNs, shared.highest)[1] * 1.3];
  const used = cells.filter((_, i) => i % 3 === 1);
  const lowest = used.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const highest = used.reduce((a, b) => Math.max(a, b), 0);
  return [bounds(bucketsNs, lowest)[0] / 1.3, bounds(bucketsNs, highest)[1] * 1.3];
}

function drawCells(plot: uPlot, map: HeatmapData, totals: readonly (number | null)[]): void {
  const { ctx, bbox } = plot;
  const toX = (seconds: number) => Math.round(plot.valToPos(seconds, "x", true));
  const toY = (ns: number) => Math.round(plot.valToPos(ns, "y", true));
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  totals.forEach((total, column) => {
    if (total === null) hatch(ctx, toX(column * map.columnS), toX((column + 1) * map.columnS), bbox);
  });
  const shades = ramp(ctx);
  const most = map.shared?.most ?? map.cells.reduce((a, b, i) => (i % 3 === 2 ? Math.max(a, b) : a), 1);
  for (let i = 0; i < map.cells.length; i += 3) {
    const [column = 0, bucket = 0, messages = 0] = map.cells.slice(i, i + 3);
    const [fromNs, toNs] = bounds(map.bucketsNs, bucket);
    const left = toX(column * map.columnS);
    const top = toY(toNs);
    ctx.fillStyle = shades[Math.round(Math.sqrt(messages / most) * (SHADES - 1))] ?? "";
    ctx.fillRect(left, top, Math.max(1, toX((column + 1) * map.columnS) - left), Math.max(1, toY(fromNs) - top));
  }
  ctx.restore();
}

function hatch(ctx: CanvasRenderingContext2D, left: number, right: number, { top, height }: uPlot.BBox): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, right - left, height);
  ctx.clip();
  ctx.strokeStyle = colour("nodata");
  ctx.lineWidth = devicePixelRatio;
  const gap = 7 * devicePixelRatio;
  ctx.beginPath();
  for (let x = Math.floor((left - height) / gap) * gap; x < right; x += gap) {
    ctx.moveTo(x, top + height);
    ctx.lineTo(x + height, top);
  }
  ctx.stroke();
  ctx.restore();
}

/** Colours from few to many messages, as the key above the chart shows them. */
function ramp(ctx: CanvasRenderingContext2D): string[] {
  const gradient = ctx.createLinearGradient(0, 0, SHADES, 0);
  [0, 0.35, 0.7, 1].forEach((at, i) => {
    gradient.addColorStop(at, colour(`h${i}`));
  });
  const canvas = document.createElement("canvas");
  canvas.width = SHADES;
  canvas.height = 1;
  const context = canvas.getContext("2d");
  if (!context) return [];
  context.fillStyle = gradient;
  context.fillRect(0, 0, SHADES, 1);
  const { data } = context.getImageData(0, 0, SHADES, 1);
  return Array.from({ length: SHADES }, (_, i) => `rgb(${data[i * 4]} ${data[i * 4 + 1]} ${data[i * 4 + 2]})`);
}
