import type uPlot from "uplot";
import type { BandData, RunData } from "../payload.js";
import { colour } from "./theme.js";

/** Height of a row of labels above a plot, in CSS pixels. */
const ROW = 15;
/** Faults whose labels find no place in this many rows go without; the table names them. */
const MAX_ROWS = 3;
const FONT = "11px system-ui, sans-serif";
const LABEL_GAP = 8;

interface Placed {
  readonly text: string;
  readonly left: number;
  readonly row: number;
}

/** Where the labels of faults go, none over another: the first row that is free at that place. */
export function placeLabels(
  bands: readonly { readonly label: string; readonly at: number; readonly width: number }[],
  right: number,
): Placed[] {
  const ends: number[] = [];
  return bands.flatMap(({ label, at, width }) => {
    const left = Math.max(0, Math.min(at, right - width));
    const free = ends.findIndex((end) => end + LABEL_GAP <= left);
    const row = free >= 0 ? free : ends.length;
    if (row >= MAX_ROWS) return [];
    ends[row] = left + width;
    return [{ text: label, left, row }];
  });
}

/** Rows of labels that a run needs above each of its plots of the given width. */
export function stripHeight(run: RunData, width: number, context: CanvasRenderingContext2D | null): number {
  if (!context) return ROW;
  context.font = FONT;
  const placed = placeLabels(
    measured(run.bands, context, (seconds) => (seconds / run.endS) * width),
    width,
  );
  return ROW * (1 + Math.max(0, ...placed.map(({ row }) => row + 1))) + 3;
}

function measured(bands: readonly BandData[], context: CanvasRenderingContext2D, toX: (seconds: number) => number) {
  return bands.map(({ label, fromS }) => ({ label, at: toX(fromS), width: context.measureText(label).width + 2 }));
}

/** Draws phases and faults behind the lines of a plot, and their names above it. */
export function drawStrip(plot: uPlot, run: RunData): void {
  const ratio = devicePixelRatio;
  const context = plot.ctx;
  const { left, top, width, height } = plot.bbox;
  const toX = (seconds: number) => plot.valToPos(seconds, "x", false);
  const box = { left: left / ratio, top: top / ratio, width: width / ratio, height: height / ratio };
  context.save();
  context.scale(ratio, ratio);
  context.translate(box.left, box.top);
  context.font = FONT;
  context.textBaseline = "alphabetic";
  context.textAlign = "left";
  drawPhases(context, run, toX, box);
  drawBands(context, run, toX, box);
  context.restore();
}

interface Box {
  readonly width: number;
  readonly height: number;
}

function drawPhases(context: CanvasRenderingContext2D, run: RunData, toX: (s: number) => number, box: Box): void {
  // The phases' row is the topmost; those of the faults lie between it and the plot.
  const rowTop = ROW - stripHeight(run, box.width, context);
  for (const { name, fromS, toS } of run.phases) {
    const from = Math.max(0, toX(fromS));
    const to = Math.min(box.width, toX(toS));
    if (to <= 0 || from >= box.width) continue;
    context.strokeStyle = colour("phase");
    context.lineWidth = 1;
    context.setLineDash([3, 3]);
    if (toX(fromS) > 0) strokeLine(context, from, rowTop - ROW + 3, box.height);
    context.setLineDash([]);
    context.fillStyle = colour("dim");
    if (context.measureText(name).width + 6 <= to - from) context.fillText(name, from + 4, rowTop - 4);
  }
}

function drawBands(context: CanvasRenderingContext2D, run: RunData, toX: (s: number) => number, box: Box): void {
  const seen = run.bands.filter(({ fromS, toS }) => toX(toS ?? fromS) >= 0 && toX(fromS) <= box.width);
  for (const { fromS, toS } of seen) {
    const from = Math.max(0, toX(fromS));
    const to = toS === null ? from : Math.min(box.width, toX(toS));
    context.fillStyle = colour("band");
    context.fillRect(from, 0, Math.max(0, to - from), box.height);
    context.strokeStyle = colour("band-edge");
    context.lineWidth = toS === null ? 2 : 1;
    if (toX(fromS) >= 0) strokeLine(context, from, 0, box.height);
    if (toS !== null && toX(toS) <= box.width) strokeLine(context, to, 0, box.height);
  }
  const labels = placeLabels(
    measured(seen, context, (s) => Math.max(0, toX(s))),
    box.width,
  );
  const rows = Math.max(0, ...labels.map(({ row }) => row + 1));
  context.fillStyle = colour("band-text");
  for (const { text, left, row } of labels) context.fillText(text, left, -5 - (rows - 1 - row) * ROW);
}

function strokeLine(context: CanvasRenderingContext2D, x: number, from: number, to: number): void {
  context.beginPath();
  context.moveTo(Math.round(x) + 0.5, from);
  context.lineTo(Math.round(x) + 0.5, to);
  context.stroke();
}
