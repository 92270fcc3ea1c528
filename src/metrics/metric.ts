import type { PhaseName, RunResult } from "../result-schema.js";
import type { MetricUnit } from "./unit.js";

/** A result before it is judged. */
export type Measured = Omit<RunResult, "expectations" | "verdict">;

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
