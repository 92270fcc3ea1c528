import type { Expectation, Scenario } from "../scenario/scenario.js";
import { formatMetric } from "./format.js";
import { type Measured, metricValue } from "./metrics.js";
import type { RunResult } from "./schema.js";

type Judged = RunResult["expectations"][number];

/** Holds the scenario's expectations against what was measured. */
export function judge(scenario: Scenario, measured: Measured): Pick<RunResult, "expectations" | "verdict"> {
  const expectations = scenario.expect.map((expectation) => judgeOne(expectation, measured));
  const timed = ({ metric }: Judged) => metricValue(measured, metric).unit !== "count";
  const failed = expectations.filter((expectation) => !expectation.passed);
  // A stalled generator excuses a timing, never a lost message.
  const excused = measured.health.verdict === "generator-limited" && failed.every(timed);
  if (failed.length > 0 && !excused) return { expectations, verdict: "fail" };
  const inconclusive = failed.length > 0 || measured.run.interrupted;
  return { expectations, verdict: inconclusive ? "inconclusive" : "pass" };
}

function judgeOne(expectation: Expectation, measured: Measured): Judged {
  const { metric, expression, operator } = expectation;
  const { value: actual, unit } = metricValue(measured, metric);
  const limit = limitOf(expectation, measured);
  if (actual === null || limit === null) {
    const missing = actual === null ? metric : "what it is compared with";
    return {
      metric,
      expression,
      actual,
      passed: false,
      text: `${metric} ${expression}: nothing was measured for ${missing}`,
    };
  }
  const passed = compare(actual, operator, limit);
  const relation = passed ? "is" : "is not";
  const bound = expectation.value.kind === "number" ? "" : ` (${expression})`;
  const text = `${metric} ${formatMetric(actual, unit)} ${relation} ${operator} ${formatMetric(limit, unit)}${bound}`;
  return { metric, expression, actual: Number.isFinite(actual) ? actual : null, passed, text };
}

function limitOf({ value }: Expectation, measured: Measured): number | null {
  switch (value.kind) {
    case "number":
      return value.number;
    case "share":
      return value.share * measured.delivery.acked;
    case "metric":
      return metricValue(measured, value.metric).value;
  }
}

function compare(actual: number, operator: Expectation["operator"], limit: number): boolean {
  switch (operator) {
    case "<":
      return actual < limit;
    case "<=":
      return actual <= limit;
    case ">":
      return actual > limit;
    case ">=":
      return actual >= limit;
    case "==":
      return actual === limit;
    case "!=":
      return actual !== limit;
  }
}
