import { NS_PER_S } from "../../../src/units.js";
import type { HeatmapData, RunData } from "../payload.js";
import { endNs, faultName, faultSpan, type RunView } from "../run-view.js";
import { blockIoChart } from "./block-io.js";
import type { Chart } from "./chart.js";
import { backlogChart, cpuChart, memoryChart } from "./gauges.js";
import { latencyChart } from "./latency.js";
import { errorChart, throughputChart } from "./throughput.js";

/** The charts over time of a run, in the order of the page. */
export function timeCharts(view: RunView): Chart[] {
  return [
    throughputChart(view),
    latencyChart(view, "endToEnd"),
    latencyChart(view, "publish"),
    backlogChart(view),
    errorChart(view),
    cpuChart(view),
    memoryChart(view),
    blockIoChart(view),
  ].filter(({ data }) => data.atS.length > 0 && data.lines.length > 0);
}

/** What the page's script is given about a run. */
export function runData(view: RunView, charts: readonly Chart[], heatmap: HeatmapData | null): RunData {
  const { result, key } = view;
  const end = endNs(result);
  const loadEndNs = result.phases.at(-1)?.endNs ?? 0;
  const phases = result.phases.map(({ name, startNs, endNs: toNs }) => ({ name: String(name), startNs, toNs }));
  const drains = phases.every(({ name }) => name !== "drain") && end > loadEndNs;
  if (drains) phases.push({ name: "drain", startNs: loadEndNs, toNs: end });
  return {
    key,
    endS: end / NS_PER_S,
    stepS: result.series.latencySliceNs / NS_PER_S,
    phases: phases.map(({ name, startNs, toNs }) => ({ name, fromS: startNs / NS_PER_S, toS: toNs / NS_PER_S })),
    bands: result.faults
      .filter(({ error }) => error === null)
      .map((fault) => {
        const { fromNs, toNs } = faultSpan(fault);
        return {
          label: faultName(fault, result.faults),
          fromS: fromNs / NS_PER_S,
          toS: toNs === null ? null : toNs / NS_PER_S,
        };
      }),
    charts: charts.map(({ data }) => data),
    heatmap,
  };
}
