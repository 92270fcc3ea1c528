import type { Measured } from "../metrics/metric.js";
import type { RunResult } from "../result-schema.js";
import type { Expectation, Scenario } from "../scenario/scenario.js";
import { isOfTimings, missing } from "./evidence.js";
import { formatMetric } from "./format.js";
import { metricValue } from "./metrics.js";

type Judged = RunResult["expectations"][number];

/** Holds the scenario's expectations against what was measured. */
export function judge(scenario: Scenario, measured: Measured): Pick<RunResult, "expectations" | "verdict"> {
  const expectations = scenario.expect.map((expectation) => judgeOne(expectation, measured));
  return { expectations, verdict: verdictOf(expectations, measured) };
}

/** What does not rest on missing evidence can fail; what does is neither a pass nor another's fault. */
function verdictOf(expectations: readonly Judged[], measured: Measured): RunResult["verdict"] {
  const open = missing(measured);
  if (open.some((each) => !isOfTimings(each))) return "inconclusive";
  const timed = ({ metric }: Judged) => metricValue(measured, metric).unit !== "count";
  const judged = open.length > 0 ? expectations.filter((expectation) => !timed(expectation)) : expectations;
  if (judged.some(({ passed }) => !passed)) return "fail";
  return judged.length < expectations.length ? "inconclusive" : "pass";
}

function judgeOne(expectation: Expectation, measured: Measured): Judged {
  const { metric, expression, operator } = expectation;
  const { value: actual, unit } = metricValue(measured, metric);
  const limit = limitOf(expectation, measured);
  if (actual === null || limit === null) {
    const what =
      actual === null ? metric : expectation.value.kind === "metric" ? expectation.value.metric : "the limit";
    const text = `${metric} ${expression}: ${nothingOf(what, measured)}`;
    return { metric, expression, actual, passed: false, text };
  }
  const passed = compare(actual, operator, limit);
  const relation = passed ? "is" : "is not";
  const bound = expectation.value.kind === "number" ? "" : ` (${expression})`;
  const text = `${metric} ${formatMetric(actual, unit)} ${relation} ${operator} ${formatMetric(limit, unit)}${bound}`;
  return { metric, expression, actual: Number.isFinite(actual) ? actual : null, passed, text };
}

/** Why a metric has no value. */
function nothingOf(metric: string, { faults }: Measured): string {
  const fault = faults.find(({ id, confirmedNs }) => confirmedNs === null && metric.startsWith(`${id}.`));
  return fault ? `${fault.id} was not injected` : `nothing was measured for ${metric}`;
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
