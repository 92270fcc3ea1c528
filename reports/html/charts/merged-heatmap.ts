import { NS_PER_S } from "../../../src/units.js";
import { groupSize } from "../downsample.js";
import type { HeatmapData } from "../payload.js";
import type { Panel } from "./multiple-parts.js";

/** Columns of one of several maps; more are finer than its pixels. */
const MAX_COLUMNS = 240;

/** One map for each panel, of all its runs together, on one scale of time, latency and colour. */
export function mergedHeatmaps(panels: readonly Panel[], budget: number): (HeatmapData | null)[] {
  const results = panels.flatMap(({ runs }) => runs.map(({ result }) => result));
  // Every run has the same buckets, as many of them as its slowest message needs.
  const bucketsNs = results.reduce<readonly number[]>(
    (longest, { series }) => (series.heatmap.bucketsNs.length > longest.length ? series.heatmap.bucketsNs : longest),
    [],
  );
  const slices = Math.max(1, ...results.map(({ series }) => series.latency.endToEnd.count.length));
  const group = groupSize(slices, Math.min(MAX_COLUMNS, budget));
  const all = panels.map((panel) => summed(panel, group, bucketsNs.length));
  const used = all.flatMap((cells) => [...cells]);
  const buckets = used.map(([cell]) => cell % bucketsNs.length);
  const shared = {
    most: used.reduce((most, [, messages]) => Math.max(most, messages), 1),
    lowest: buckets.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    highest: buckets.reduce((a, b) => Math.max(a, b), 0),
  };
  return panels.map((panel, at) => {
    const cells = [...(all[at] ?? [])].sort(([a], [b]) => a - b);
    if (cells.length === 0) return null;
    const place = (cell: number) => [Math.floor(cell / bucketsNs.length), cell % bucketsNs.length] as const;
    return {
      id: `${panel.key}-heatmap`,
      title: `End-to-end latency: ${panel.name}`,
      columnS: ((panel.runs[0]?.result.series.latencySliceNs ?? NS_PER_S) * group) / NS_PER_S,
      columns: Math.ceil(slices / group),
      bucketsNs,
      cells: cells.flatMap(([cell, messages]) => [...place(cell), messages]),
      shared,
    };
  });
}

/** Messages by cell (column * height + bucket), over all runs of a panel. */
function summed({ runs }: Panel, group: number, height: number): ReadonlyMap<number, number> {
  const cells = new Map<number, number>();
  for (const { result } of runs) {
    for (const [slice, bucket, messages] of result.series.heatmap.cells) {
      const cell = Math.floor(slice / group) * height + bucket;
      cells.set(cell, (cells.get(cell) ?? 0) + messages);
    }
  }
  return cells;
}
