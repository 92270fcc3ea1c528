import type { PhaseName, RunResult } from "../result-schema.js";

/** A result before it is judged. */
export type Measured = Omit<RunResult, "expectations" | "verdict">;

/** count: messages; ns: nanoseconds; perSecond: messages per second; share: 0 to 1. */
export type MetricUnit = "count" | "ns" | "perSecond" | "share";

/** Units of which a ratio means something. */
export type RatioUnit = Extract<MetricUnit, "ns" | "perSecond">;

/** A quantity that a result holds. */
export interface Metric {
  /** For a person: "p50 of end-to-end". */
  readonly label: string;
  readonly unit: MetricUnit;
  /** Not there for what is neither good nor bad, and for counts. */
  readonly better?: "lower" | "higher";
  /** The one phase that it looks at. */
  readonly phase?: PhaseName | undefined;
  /** The value in its unit; `null` when there was nothing to measure, infinite for what never ended. */
  read(result: Measured): number | null;
}

/** Whether values of a unit are compared by their ratio. */
export const hasRatio = (unit: MetricUnit): unit is RatioUnit => unit === "ns" || unit === "perSecond";
