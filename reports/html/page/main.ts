/** The page's script: draws the charts over time, and fills their tables. */
import type uPlot from "uplot";
import type { RunData } from "../payload.js";
import { drawHeatmap } from "./heat-chart.js";
import { attachKeyboard } from "./keyboard.js";
import { readPayload } from "./payload.js";
import { chartRows, fillWhenOpened, heatmapRows } from "./table.js";
import { onThemeChange } from "./theme.js";
import { drawTimeChart } from "./time-chart.js";

/** Width of a chart on paper, in CSS pixels. */
const PAPER_WIDTH = 690;

/** All plots of a run, by the id of their element. */
class RunCharts {
  private readonly plots = new Map<string, uPlot>();

  constructor(
    readonly run: RunData,
    together: (run: RunData) => readonly RunCharts[],
  ) {
    this.draw(null);
    for (const chart of run.charts) fillWhenOpened(chart.id, () => chartRows(chart));
    const { heatmap } = run;
    if (heatmap) fillWhenOpened(heatmap.id, () => heatmapRows(heatmap));
    const said = document.createElement("p");
    said.className = "unseen";
    said.setAttribute("aria-live", "polite");
    document.getElementById(run.key)?.append(said);
    const all = () => together(run).flatMap(({ plots }) => [...plots.values()]);
    attachKeyboard(run, { own: () => this.plots, together: all }, said);
  }

  /** Draws all anew: colours and label places depend on theme and width. */
  draw(fixedWidth: number | null): void {
    for (const plot of this.plots.values()) plot.destroy();
    this.plots.clear();
    const { run } = this;
    for (const chart of run.charts) {
      this.add(chart.id, fixedWidth, (into, width) => drawTimeChart(run, chart, into, width));
    }
    const { heatmap } = run;
    if (heatmap) this.add(heatmap.id, fixedWidth, (into, width) => drawHeatmap(run, heatmap, into, width));
  }

  private add(id: string, fixedWidth: number | null, draw: (into: HTMLElement, width: number) => uPlot): void {
    const into = document.getElementById(id);
    if (into) this.plots.set(id, draw(into, fixedWidth ?? into.clientWidth));
  }
}

function watchWidth(redraw: () => void): void {
  const main = document.querySelector("main");
  if (!main) return;
  let width = main.clientWidth;
  new ResizeObserver(() => {
    const printing = document.documentElement.classList.contains("print");
    if (printing || main.clientWidth === width) return;
    width = main.clientWidth;
    requestAnimationFrame(redraw);
  }).observe(main);
}

async function start(): Promise<void> {
  const { runs } = await readPayload();
  // The style sheet hides the charts' places until now, and what is hidden has no width to draw to.
  document.documentElement.setAttribute("data-ready", "true");
  const drawn: RunCharts[] = [];
  const groupOf = (run: RunData) => run.group ?? run.key;
  const together = (run: RunData) => drawn.filter((charts) => groupOf(charts.run) === groupOf(run));
  for (const run of runs) drawn.push(new RunCharts(run, together));
  const redraw = (printing: boolean) => {
    for (const charts of drawn) charts.draw(printing ? PAPER_WIDTH : null);
  };
  onThemeChange(redraw);
  watchWidth(() => redraw(false));
}

void start();
