import type { RunResult } from "../../../src/result-schema.js";
import type { ChartData } from "../payload.js";

/** A chart over time with the sentence that says what it shows. */
export interface Chart {
  readonly data: ChartData;
  readonly sentence: string;
  /** How the points came about, where they are not the result's own. */
  readonly note: string | null;
}

/** Rounds to what the drawing and the tables show. */
export function rounded(value: number | null, digits = 3): number | null {
  return value === null ? null : Number(value.toPrecision(digits));
}

/** Start of the load after the warm-up, and end of the load, in ns. */
export function measuredSpan({ phases }: RunResult): readonly [fromNs: number, toNs: number] {
  const measured = phases.filter(({ name }) => name !== "warmup" && name !== "drain");
  return [measured[0]?.startNs ?? 0, measured.at(-1)?.endNs ?? 0];
}

/** Where the greatest value is; `null` when there is none. */
export function peak(values: readonly (number | null)[]): { readonly index: number; readonly value: number } | null {
  return values.reduce<{ index: number; value: number } | null>(
    (most, value, index) => (value !== null && (most === null || value > most.value) ? { index, value } : most),
    null,
  );
}
