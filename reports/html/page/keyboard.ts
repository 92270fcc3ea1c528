import type uPlot from "uplot";
import type { RunData } from "../payload.js";
import { secondsText } from "./values.js";

const MANY = 10;

/** Plots by the id of their element: a run's own, and those of all runs that share its cursor. */
export interface Plots {
  own(): ReadonlyMap<string, uPlot>;
  together(): readonly uPlot[];
}

/** Moves one cursor through all plots that share it, with the arrow keys of whichever of a run's has the focus. */
export function attachKeyboard(run: RunData, plots: Plots, said: HTMLElement): void {
  const slots = Math.max(1, Math.ceil(run.endS / run.stepS));
  let slot: number | null = null;
  for (const id of plots.own().keys()) {
    document.getElementById(id)?.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const next = nextSlot(event.key, event.shiftKey ? MANY : 1, slot, slots);
      if (next === undefined) return;
      event.preventDefault();
      slot = next;
      for (const plot of plots.together()) moveTo(plot, slot === null ? null : (slot + 0.5) * run.stepS);
      const own = plots.own().get(id);
      said.textContent = slot === null || !own ? "" : spoken(own, slot * run.stepS, run.stepS);
    });
  }
}

/** The slot that a key leads to; `null` for none, `undefined` for a key without meaning here. */
export function nextSlot(key: string, step: number, slot: number | null, slots: number): number | null | undefined {
  const clamp = (value: number) => Math.max(0, Math.min(slots - 1, value));
  if (key === "ArrowRight") return slot === null ? 0 : clamp(slot + step);
  if (key === "ArrowLeft") return slot === null ? slots - 1 : clamp(slot - step);
  if (key === "Home") return 0;
  if (key === "End") return slots - 1;
  return key === "Escape" ? null : undefined;
}

function moveTo(plot: uPlot, seconds: number | null): void {
  const left = seconds === null ? -10 : plot.valToPos(seconds, "x");
  plot.setCursor({ left, top: seconds === null ? -10 : plot.over.clientHeight / 2 });
}

/** What the legend shows, as a sentence for a screen reader. */
function spoken(plot: uPlot, atS: number, stepS: number): string {
  const values = [...plot.root.querySelectorAll(".u-series")].slice(1).map((row) => {
    const [name, value] = [row.querySelector(".u-label"), row.querySelector(".u-value")];
    return `${name?.textContent ?? ""} ${value?.textContent ?? ""}`.trim();
  });
  return `${secondsText(atS, stepS)}: ${values.filter((text) => text !== "").join(", ")}`;
}
