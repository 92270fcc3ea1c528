import type { RunResult } from "../../../src/result-schema.js";
import { NS_PER_S } from "../../../src/units.js";
import { groupSize } from "../downsample.js";
import { share, time } from "../format.js";
import type { HeatmapData } from "../payload.js";
import type { RunView } from "../run-view.js";

/** More columns than this are finer than the pixels they are drawn with. */
const MAX_COLUMNS = 600;

/** End-to-end latencies by time: counts of a cell are summed when columns are merged. */
export function heatmapData({ result, key, budget }: RunView): HeatmapData | null {
  const { latencySliceNs, heatmap, latency } = result.series;
  if (heatmap.cells.length === 0) return null;
  const slices = latency.endToEnd.count.length;
  const group = groupSize(slices, Math.min(MAX_COLUMNS, budget));
  const sums = new Map<number, number>();
  const height = heatmap.bucketsNs.length;
  for (const [slice, bucket, messages] of heatmap.cells) {
    const cell = Math.floor(slice / group) * height + bucket;
    sums.set(cell, (sums.get(cell) ?? 0) + messages);
  }
  const cells = [...sums].sort(([a], [b]) => a - b);
  return {
    id: `${key}-heatmap`,
    title: "End-to-end latency",
    columnS: (latencySliceNs * group) / NS_PER_S,
    columns: Math.ceil(slices / group),
    bucketsNs: heatmap.bucketsNs,
    cells: cells.flatMap(([cell, messages]) => [Math.floor(cell / height), cell % height, messages]),
  };
}

/** Greatest count of a cell. */
export function densest({ cells }: HeatmapData): number {
  return cells.reduce((most, value, i) => (i % 3 === 2 && value > most ? value : most), 0);
}

/** Says where half of the messages are, and how far the slowest are from them. */
export function heatmapSentence({ latency }: RunResult): string {
  const { whole } = latency.endToEnd;
  const far = whole.p50 > 0 ? whole.max / whole.p50 : 0;
  const times = far >= 10 ? `, ${Math.round(far).toLocaleString("en-US")} times as much` : "";
  return `Half of the messages were delivered within ${time(whole.p50)} and ${share(0.9)} within ${time(whole.p90)}; the slowest took ${time(whole.max)}${times}.`;
}
