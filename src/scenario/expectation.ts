import { expected, type Parsed, parsed, refused, show } from "../input/parsed.js";
import { NUMBER_PATTERN } from "../input/quantity.js";
import {
  DURATION_PATTERN,
  PERCENT_PATTERN,
  RATE_PATTERN,
  readDuration,
  readRate,
  readShare,
} from "../input/units-text.js";
import type { Metric } from "../metrics/metric.js";
import { NS_PER_MS } from "../units.js";
import { readMetric } from "./metric-name.js";
import type { Expectation } from "./scenario.js";

const OPERATOR = "(?:<=|>=|==|!=|<|>)";
const METRIC_NAME = "[A-Za-z][A-Za-z0-9_.@-]*";

/** Pattern of a comparison such as "<= 250ms"; not anchored. */
export const COMPARISON_PATTERN =
  `${OPERATOR}\\s*` + `(?:${NUMBER_PATTERN}|${PERCENT_PATTERN}|${DURATION_PATTERN}|${RATE_PATTERN}|${METRIC_NAME})`;

/** A comparison whose units are not yet checked against the metric's. */
interface Comparison {
  readonly operator: Expectation["operator"];
  /** What follows the operator. */
  readonly quantity: string;
  readonly expression: string;
}

const COMPARISON = 'a number or a comparison such as "<= 250ms"';
const OPERATORS = ["<=", ">=", "==", "!=", "<", ">"] as const;

/** Reads the form of one threshold, such as 0 or "<= 250ms", without regard to its metric. */
export function readComparison(input: unknown): Parsed<Comparison> {
  if (typeof input === "number" && Number.isFinite(input) && input >= 0)
    return parsed({ operator: "==", quantity: String(input), expression: `== ${input}` });
  if (typeof input !== "string") return refused(expected(COMPARISON, input));
  const text = input.trim();
  const operator = OPERATORS.find((candidate) => text.startsWith(candidate));
  if (operator === undefined) {
    const hint = /^\d/.test(text) ? `write an operator: "<= ${text}", ">= ${text}" or "== ${text}"` : undefined;
    return refused(expected(COMPARISON, input), hint ?? `operators: ${OPERATORS.join(", ")}`);
  }
  if (new RegExp(`^${COMPARISON_PATTERN}$`).test(text))
    return parsed({ operator, quantity: text.slice(operator.length).trim(), expression: text });
  return refused(expected(COMPARISON, input), `after "${operator}": a number, 1%, 250ms, 500/s or another metric`);
}

/** Resolves a threshold to its metric's own unit: nanoseconds, messages, messages per second, or a share. */
export function resolveComparison(
  name: string,
  comparison: Comparison,
  faultIds: readonly string[],
): Parsed<Expectation> {
  const metric = readMetric(name, faultIds);
  if (!metric.ok) return metric;
  const value = resolveQuantity(name, metric.value, comparison.quantity, faultIds);
  if (!value.ok) return value;
  const { operator, expression } = comparison;
  return parsed({ metric: name, expression, operator, value: value.value });
}

type Value = Expectation["value"];
const EXAMPLES = { count: "10 or 0.1%", ns: "250ms", perSecond: "500/s", share: "10%" } as const;
const NOUNS = { count: "a number of messages", ns: "a time", perSecond: "a rate", share: "a share" } as const;

function resolveQuantity(name: string, metric: Metric, quantity: string, faultIds: readonly string[]): Parsed<Value> {
  if (/^[A-Za-z]/.test(quantity)) return otherMetric(name, metric, quantity, faultIds);
  const { unit } = metric;
  const bare = new RegExp(`^${NUMBER_PATTERN}$`).test(quantity);
  if (unit === "count") {
    if (bare) return parsed({ kind: "number", number: Number(quantity) });
    const share = readShare(quantity);
    if (share.ok) return parsed({ kind: "share", share: share.value });
  }
  if (unit === "share") {
    const share = readShare(bare ? Number(quantity) : quantity);
    if (share.ok) return parsed({ kind: "number", number: share.value });
  }
  if (unit === "ns") {
    const duration = readDuration(quantity);
    if (duration.ok) return parsed({ kind: "number", number: Math.round(duration.value * NS_PER_MS) });
  }
  if (unit === "perSecond") {
    // A rate of load is above 0; a threshold may well be 0.
    const rate = /^0+(?:\.0+)?\s*\/s$/.test(quantity) ? parsed(0) : readRate(quantity);
    if (rate.ok) return parsed({ kind: "number", number: rate.value });
  }
  const message = `${name} is ${NOUNS[unit]}; expected one such as ${EXAMPLES[unit]}, got ${show(quantity)}`;
  return refused(message, bare && unit !== "share" ? "write the unit" : undefined);
}

function otherMetric(name: string, metric: Metric, other: string, faultIds: readonly string[]): Parsed<Value> {
  const compared = readMetric(other, faultIds);
  if (!compared.ok) return compared;
  if (compared.value.unit === metric.unit) return parsed({ kind: "metric", metric: other });
  return refused(`${name} is ${NOUNS[metric.unit]} and can't be compared with ${other}, ${NOUNS[compared.value.unit]}`);
}
