import { tickTime } from "../format.js";
import { type Html, html, trusted } from "../html.js";
import { type CurvePoint, percentileLabel } from "./percentile-curve.js";
import { logScale, logTicks, niceAbove, niceBelow } from "./scale.js";

/** A labelled percentile curve. */
export interface Curve {
  readonly label: string;
  /** Index into the palette, and into the ways of dashing. */
  readonly colour: number;
  /** Way of dashing, where it is not that of the colour. */
  readonly dash?: number;
  readonly points: readonly CurvePoint[];
}

/** A threshold on a latency; `x` is where its percentile lies, `null` when it is not about one (mean, max). */
export interface Limit {
  readonly label: string;
  readonly ns: number;
  readonly x: number | null;
}

/** Latencies below this are drawn here: shorter than what a process can measure of itself. */
const FLOOR_NS = 1000;
const MARGIN = { top: 14, right: 18, bottom: 40, left: 62 };

/** Draws percentile curves into a box of the given size in pixels; an empty plot when there is no curve. */
export function percentilePlot(
  curves: readonly Curve[],
  limits: readonly Limit[],
  width: number,
  height: number,
  className: string,
): Html {
  const points = curves.flatMap((curve) => curve.points);
  const heights = [...points, ...limits].map(({ ns }) => Math.max(FLOOR_NS, ns));
  const low = niceBelow(Math.min(...heights, 1_000_000) / 1.1);
  const high = niceAbove(Math.max(...heights, low * 10) * 1.1);
  const furthest = Math.max(10, ...points.map(({ x }) => x));
  const x = logScale(1, furthest, MARGIN.left, width - MARGIN.right);
  const y = logScale(low, high, height - MARGIN.bottom, MARGIN.top);
  const path = (curve: Curve) =>
    curve.points.map((point, i) => `${i === 0 ? "M" : "L"}${x(point.x)} ${y(point.ns)}`).join("");
  return html`<svg class="${className}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Latency by percentile">
${yAxis(logTicks(low, high), y, width)}
${xAxis(furthest, x, width, height)}
${curves.map((curve) => html`<path class="curve c${curve.colour} d${curve.dash ?? curve.colour}" d="${trusted(path(curve))}"/>`)}
${limits.map((limit) => limitLine(limit, x, y, width))}
</svg>`;
}

function yAxis(ticks: readonly number[], y: (ns: number) => number, width: number): Html[] {
  return ticks.map(
    (ns) =>
      html`<path class="grid" d="M${MARGIN.left} ${y(ns)}H${width - MARGIN.right}"/><text class="tick" text-anchor="end" x="${MARGIN.left - 8}" y="${y(ns) + 4}">${tickTime(ns)}</text>`,
  );
}

function xAxis(furthest: number, x: (at: number) => number, width: number, height: number): Html {
  const bottom = height - MARGIN.bottom;
  const powers = Array.from({ length: Math.floor(Math.log10(furthest)) + 1 }, (_, power) => power);
  const ticks = powers.map((power) => {
    const at = x(10 ** power);
    return html`<path class="grid" d="M${at} ${MARGIN.top}V${bottom}"/><text class="tick" text-anchor="middle" x="${at}" y="${bottom + 16}">${percentileLabel(power)}</text>`;
  });
  const middle = (MARGIN.left + width - MARGIN.right) / 2;
  return html`${ticks}<text class="axis-name" text-anchor="middle" x="${middle}" y="${bottom + 34}">percentile</text>`;
}

/** A dashed line at the threshold, a mark where the curve must be below it, and its name on the other side. */
function limitLine(limit: Limit, x: (at: number) => number, y: (ns: number) => number, width: number): Html {
  const at = y(limit.ns);
  const right = width - MARGIN.right;
  const mark = limit.x === null ? null : x(limit.x);
  const markIsRight = mark !== null && mark > (MARGIN.left + right) / 2;
  const [anchor, textX] = markIsRight ? ["start", MARGIN.left + 6] : ["end", right - 4];
  return html`<path class="limit" d="M${MARGIN.left} ${at}H${right}"/><text class="limit-name" text-anchor="${anchor}" x="${textX}" y="${at - 5}">${limit.label}</text>${
    mark !== null && html`<path class="limit-mark" d="M${mark - 5} ${at - 8}h10l-5 8z"/>`
  }`;
}
