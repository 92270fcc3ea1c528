import type { ComparedRun } from "../../../src/compare/input.js";
import type { RunResult } from "../../../src/result-schema.js";
import type { ChartData, Line } from "../payload.js";

/** One target's runs on the page. */
export interface Panel {
  readonly name: string;
  readonly key: string;
  readonly runs: readonly ComparedRun[];
}

/** A chart of one panel, with the sentence that says what it shows. */
export interface MultipleChart {
  readonly data: ChartData;
  readonly sentence: string;
}

/** One kind of chart over all panels. */
export interface MultipleRow {
  readonly id: string;
  readonly title: string;
  readonly charts: readonly MultipleChart[];
}

/** Lines of one chart at most; the figures are of all runs. */
const MOST_LINES = 10;
/** Points that a line may have, so that all of them together stay small. */
export function multipleBudget(panels: readonly Panel[]): number {
  const lines = panels.reduce((sum, { runs }) => sum + Math.min(MOST_LINES, runs.length), 0);
  return Math.max(120, Math.min(1200, Math.floor(9000 / Math.max(1, lines))));
}

/** The runs that are drawn. */
export const drawn = ({ runs }: Panel) => runs.slice(0, MOST_LINES);
/** The greatest length of anything over all drawn runs; at least 1. */
export const longest = (panels: readonly Panel[], length: (result: RunResult) => number): number =>
  Math.max(1, ...panels.flatMap((panel) => drawn(panel).map(({ result }) => length(result))));

/** A line of one run. */
export const runLine = (at: number, { round }: ComparedRun, values: readonly (number | null)[]): Line => ({
  label: `run ${round}`,
  values,
  colour: at % 6,
  dash: at % 4,
});

/** Starts of slices, in seconds. */
export const starts = (length: number, widthS: number): number[] =>
  Array.from({ length }, (_, at) => Math.round(at * widthS * 1e4) / 1e4);
