import { NS_PER_S } from "../../src/units.js";
import { mergedHeatmaps } from "./charts/merged-heatmap.js";
import { type MultipleRow, multipleBudget, type Panel } from "./charts/multiple-parts.js";
import { multipleRows, panelData } from "./charts/multiples.js";
import type { HeatmapData, Payload } from "./payload.js";
import { endNs } from "./run-view.js";

/** Above this the page is drawn again with half the points, until it is below or they are few. */
const HARD_CAP_BYTES = 5e6;
const FEWEST_POINTS = 60;

/** The charts of several targets on shared scales, and what the page's script draws them from. */
export interface DrawnPanels {
  readonly rows: readonly MultipleRow[];
  readonly maps: readonly (HeatmapData | null)[];
  readonly data: Payload["runs"];
}

/** Draws the charts of the panels, and the page around them, with as many points as the page may have. */
export function withPanels(panels: readonly Panel[], page: (drawn: DrawnPanels) => string): string {
  let budget = multipleBudget(panels);
  for (;;) {
    const text = page(drawPanels(panels, budget));
    if (text.length <= HARD_CAP_BYTES || budget <= FEWEST_POINTS) return text;
    budget = Math.floor(budget / 2);
  }
}

function drawPanels(panels: readonly Panel[], budget: number): DrawnPanels {
  const rows = multipleRows(panels, budget);
  const maps = mergedHeatmaps(panels, budget);
  const endS = Math.max(1, ...panels.flatMap(({ runs }) => runs.map(({ result }) => endNs(result) / NS_PER_S)));
  const data = panels.flatMap((panel, at) => {
    const charts = rows.flatMap(({ charts: own }) => own[at]?.data ?? []);
    return panelData(panel, charts, maps[at] ?? null, endS) ?? [];
  });
  return { rows, maps, data };
}
