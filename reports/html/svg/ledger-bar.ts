import { type Html, html } from "../html.js";

/** A part of a stacked bar. */
export interface Part {
  readonly label: string;
  readonly count: number;
  /** Names the fill in the style sheet; the kinds differ in pattern as well as in colour. */
  readonly fill: string;
}

/** A stacked bar: parts of one sum. */
export interface Bar {
  readonly label: string;
  readonly parts: readonly Part[];
}

const WIDTH = 1000;
const BAR_HEIGHT = 22;
/** A part that is not empty is at least this wide, or one lost message of a million would be drawn as none. */
const MIN_WIDTH = 6;

/** Widths of the parts: in proportion, but none that holds something is narrower than the least. */
export function partWidths(counts: readonly number[], width: number, least = MIN_WIDTH): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return counts.map(() => 0);
  const small = counts.filter((count) => count > 0 && (count / total) * width < least);
  const smallSum = small.reduce((sum, count) => sum + count, 0);
  const left = width - small.length * least;
  return counts.map((count) => {
    if (count === 0) return 0;
    return (count / total) * width < least ? least : (count / (total - smallSum)) * left;
  });
}

/** Draws a stacked bar that stretches to the width of the page. */
export function ledgerBar({ label, parts }: Bar): Html {
  const widths = partWidths(
    parts.map(({ count }) => count),
    WIDTH,
  );
  const left = (i: number) => widths.slice(0, i).reduce((sum, width) => sum + width, 0);
  const rects = parts.map(
    (part, i) =>
      part.count > 0 &&
      html`<rect class="part f-${part.fill}" x="${left(i).toFixed(1)}" y="0" width="${(widths[i] ?? 0).toFixed(1)}" height="${BAR_HEIGHT}"><title>${part.label}: ${part.count.toLocaleString("en-US")}</title></rect>`,
  );
  return html`<svg class="ledger-bar" viewBox="0 0 ${WIDTH} ${BAR_HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${label}">${rects}</svg>`;
}

/** The key to a fill, for a table. */
export function swatch(fill: string): Html {
  return html`<svg class="swatch" viewBox="0 0 12 12" aria-hidden="true"><rect class="part f-${fill}" width="12" height="12"/></svg>`;
}
