/** What the page's script is given: plain numbers, ready to draw; types only. */

/** How the values of a chart are written and scaled. */
export type Kind = "rate" | "latency" | "count" | "percent" | "bytes";

/** One line of a chart. */
export interface Line {
  readonly label: string;
  /** One per moment; `null` where there is nothing. */
  readonly values: readonly (number | null)[];
  /** Index into the palette. */
  readonly colour: number;
  /** 0 solid, then dashed in different ways, so that colour is not all there is. */
  readonly dash: number;
}

/** Lines over time. */
export interface ChartData {
  readonly id: string;
  readonly title: string;
  readonly kind: Kind;
  /** Seconds since t0: starts of slices when `stepped`, else times of samples. */
  readonly atS: readonly number[];
  /** Width of a slice in seconds, or `null` for samples. */
  readonly sliceS: number | null;
  /** Where the axis ends although values go on, so that a brief peak does not flatten the rest; else `null`. */
  readonly top: number | null;
  /** Ends of the axis of latencies, where several charts share one. */
  readonly rangeNs?: readonly [low: number, high: number];
  readonly lines: readonly Line[];
}

/** Counts by time and latency. */
export interface HeatmapData {
  readonly id: string;
  readonly title: string;
  readonly columnS: number;
  readonly columns: number;
  /** Lower bounds of the buckets, ascending; the last bucket is as wide as the one before. */
  readonly bucketsNs: readonly number[];
  /** [column, bucket, messages, ...] without the empty cells. */
  readonly cells: readonly number[];
  /** The count that has the last colour and the buckets at the ends, where several maps share one scale. */
  readonly shared?: { readonly most: number; readonly lowest: number; readonly highest: number };
}

/** A fault on the time axis. */
export interface BandData {
  readonly label: string;
  readonly fromS: number;
  /** `null` for one that has no duration. */
  readonly toS: number | null;
}

/** A phase on the time axis. */
export interface PhaseData {
  readonly name: string;
  readonly fromS: number;
  readonly toS: number;
}

/** Everything drawn for one run. */
export interface RunData {
  readonly key: string;
  /** Plots with the same group share one cursor; a run's own ones when not given. */
  readonly group?: string;
  readonly endS: number;
  /** Step of the keyboard cursor. */
  readonly stepS: number;
  readonly phases: readonly PhaseData[];
  readonly bands: readonly BandData[];
  readonly charts: readonly ChartData[];
  readonly heatmap: HeatmapData | null;
}

/** Content of the page's data block. */
export interface Payload {
  readonly runs: readonly RunData[];
}
