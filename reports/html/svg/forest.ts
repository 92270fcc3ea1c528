/** Ratios and their intervals on one logarithmic axis: a row each, the band of no effect shaded. */
import { type Html, html, trusted } from "../html.js";
import { logScale } from "./scale.js";

/** One ratio: how sure, and from which pairs. */
export interface Ratio {
  readonly ratio: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly pairs: readonly number[];
  readonly told: "better" | "worse" | "~";
}

/** The axis of a group of rows. */
export interface ForestAxis {
  readonly low: number;
  readonly high: number;
  /** Ratios nearer to 1 than this share are no effect. */
  readonly minimumEffect: number;
}

const WIDTH = 320;
const ROW = 24;
const EDGE = 10;
/** What lies further out is drawn at the edge, with an arrow. */
const FURTHEST = 1000;
const TICKS = [0.001, 0.01, 0.1, 0.2, 0.5, 0.8, 1, 1.25, 2, 5, 10, 100, 1000];
const LEAST_GAP = 30;

/** An axis that all rows fit on; never narrower than a quarter to both sides. */
export function forestAxis(rows: readonly Ratio[], minimumEffect: number): ForestAxis {
  const seen = rows.flatMap(({ low, high, pairs }) => [low, high, ...pairs]).filter((value) => value !== null);
  const inside = seen.map((value) => Math.min(FURTHEST, Math.max(1 / FURTHEST, value)));
  return { low: Math.min(0.8, ...inside) / 1.08, high: Math.max(1.25, ...inside) * 1.08, minimumEffect };
}

const scaleOf = ({ low, high }: ForestAxis) => logScale(low, high, EDGE, WIDTH - EDGE);

/** One row: the band, the line of equality, a faint dot for each pair, the interval and the estimate. */
export function forestRow(axis: ForestAxis, row: Ratio | null, label: string): Html {
  const x = scaleOf(axis);
  const middle = ROW / 2;
  const [from, to] = [x(1 / (1 + axis.minimumEffect)), x(1 + axis.minimumEffect)];
  return html`<svg class="forest" viewBox="0 0 ${WIDTH} ${ROW}" role="img" aria-label="${label}"><rect class="no-effect" x="${from}" y="0" width="${(to - from).toFixed(1)}" height="${ROW}"/><path class="equal" d="M${x(1)} 0V${ROW}"/>${row && marks(x, row, middle)}</svg>`;
}

function marks(x: (ratio: number) => number, { ratio, low, high, pairs, told }: Ratio, y: number): Html {
  const dots = pairs.map((pair) => html`<circle class="pair" cx="${x(pair)}" cy="${y}" r="3"/>`);
  const interval =
    low !== null &&
    high !== null &&
    html`<path class="interval t-${word(told)}" d="M${x(low)} ${y}H${x(high)}M${x(low)} ${y - 4}v8M${x(high)} ${y - 4}v8"/>`;
  return html`${dots}${interval}${ratio !== null && html`<path class="estimate t-${word(told)}" d="${trusted(shape(told, x(ratio), y))}"/>`}`;
}

const word = (told: Ratio["told"]): string => (told === "~" ? "same" : told);

/** A ring where nothing can be told, a diamond for better, a square for worse. */
function shape(told: Ratio["told"], x: number, y: number): string {
  if (told === "better") return `M${x - 6} ${y}L${x} ${y - 6}L${x + 6} ${y}L${x} ${y + 6}z`;
  if (told === "worse") return `M${x - 5} ${y - 5}h10v10h-10z`;
  return `M${x - 4} ${y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z`;
}

/** The ticks of an axis. */
export function forestTicks(axis: ForestAxis): Html {
  const x = scaleOf(axis);
  const places: number[] = [];
  const shown = [1, ...TICKS.filter((tick) => tick !== 1)].filter((tick) => {
    const fits =
      tick >= axis.low && tick <= axis.high && places.every((place) => Math.abs(place - x(tick)) >= LEAST_GAP);
    if (fits) places.push(x(tick));
    return fits;
  });
  return html`<svg class="forest" viewBox="0 0 ${WIDTH} 16" aria-hidden="true">${shown.map(
    (tick) => html`<text class="tick" text-anchor="middle" x="${x(tick)}" y="12">×${tick}</text>`,
  )}</svg>`;
}
