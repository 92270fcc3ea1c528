/** Thresholds in the grammar of k6, with units: `endToEnd: p(99)<200ms`, or relative: `p(99) < baseline * 1.05`. */

import { type Parsed, parsed, refused, show } from "../input/parsed.js";
import { NUMBER_PATTERN } from "../input/quantity.js";
import { didYouMean } from "../input/suggest.js";
import { readDuration, readRate, readShare } from "../input/units-text.js";
import { LATENCY_NAMES } from "../metrics/latency.js";
import { namesWithUnit } from "../metrics/run.js";
import type { MetricUnit } from "../metrics/unit.js";
import { NS_PER_MS } from "../units.js";

/** Which figure of a metric: a percentile (0 to 100) or another statistic. */
export type Aggregate =
  | { readonly kind: "percentile"; readonly percent: number }
  | { readonly kind: "avg" | "min" | "max" | "med" | "count" | "rate" };

/** A threshold as written, taken apart; limits are in ns, messages, messages per second, or a share of the acked ones. */
export interface Threshold {
  readonly metric: string;
  readonly family: "latency" | "delivery" | "throughput";
  readonly expression: string;
  readonly aggregate: Aggregate;
  readonly unit: MetricUnit;
  readonly operator: "<" | "<=" | ">" | ">=" | "==" | "!=";
  readonly limit:
    | { readonly kind: "value"; readonly value: number }
    /** Times the baseline's own figure. */
    | { readonly kind: "baseline"; readonly factor: number };
}

const OPERATORS = ["<=", ">=", "===", "==", "!=", "<", ">"] as const;
const FORM = new RegExp(`^(p\\(\\s*(${NUMBER_PATTERN})\\s*\\)|[a-z]+)\\s*(${OPERATORS.join("|")})\\s*(.+)$`);
const RELATIVE = new RegExp(`^(?:baseline(?:\\s*\\*\\s*(${NUMBER_PATTERN}))?|(${NUMBER_PATTERN})\\s*\\*\\s*baseline)$`);

const FAMILIES = {
  latency: { names: LATENCY_NAMES, aggregates: ["avg", "min", "max", "med", "count", "p(N)"] },
  delivery: { names: namesWithUnit("count"), aggregates: ["count", "rate"] },
  throughput: { names: namesWithUnit("perSecond"), aggregates: ["rate"] },
} as const satisfies Record<Threshold["family"], { names: readonly string[]; aggregates: readonly string[] }>;

/** Reads one threshold, such as "endToEnd: p(99)<200ms"; an unknown metric, statistic or unit is refused. */
export function readThreshold(text: string): Parsed<Threshold> {
  const colon = text.indexOf(":");
  if (colon < 0) return refused(`expected <metric>: <threshold>, got ${show(text)}`, 'such as "endToEnd: p(99)<200ms"');
  const metric = text.slice(0, colon).trim();
  const family = familyOf(metric);
  if (!family) {
    const names = Object.values(FAMILIES).flatMap((each): readonly string[] => each.names);
    return refused(`unknown metric ${show(metric)}`, didYouMean(metric, names, "metrics"));
  }
  const expression = text.slice(colon + 1).trim();
  const [, figure = "", percent, operator = "", limit = ""] = FORM.exec(expression) ?? [];
  if (figure === "")
    return refused(
      `expected a threshold such as p(99)<200ms, got ${show(expression)}`,
      `of ${metric}: ${known(family)}`,
    );
  const aggregate = readAggregate(figure, percent, family);
  if (!aggregate.ok) return refused(`${metric} has no ${figure}`, `there is ${known(family)}`);
  const unit = unitOf(family, aggregate.value);
  const value = readLimit(limit.trim(), unit);
  if (!value.ok) return value;
  const plain = OPERATORS.find((each) => each === operator);
  if (plain === undefined) return refused(`unknown operator ${show(operator)}`);
  return parsed({
    metric,
    family,
    expression,
    aggregate: aggregate.value,
    unit,
    operator: plain === "===" ? "==" : plain,
    limit: value.value,
  });
}

const known = (family: Threshold["family"]) => FAMILIES[family].aggregates.join(", ");

function familyOf(metric: string): Threshold["family"] | undefined {
  const families = ["latency", "delivery", "throughput"] as const;
  return families.find((family) => (FAMILIES[family].names as readonly string[]).includes(metric));
}

function readAggregate(figure: string, percent: string | undefined, family: Threshold["family"]): Parsed<Aggregate> {
  if (percent !== undefined) {
    const value = Number(percent);
    if (family === "latency" && value <= 100) return parsed({ kind: "percentile", percent: value });
    return refused(figure);
  }
  const kinds = ["avg", "min", "max", "med", "count", "rate"] as const;
  const kind = kinds.find((each) => each === figure);
  const allowed: readonly string[] = FAMILIES[family].aggregates;
  return kind !== undefined && allowed.includes(kind) ? parsed({ kind }) : refused(figure);
}

function unitOf(family: Threshold["family"], { kind }: Aggregate): Threshold["unit"] {
  if (kind === "count") return "count";
  if (family === "latency") return "ns";
  return family === "delivery" ? "share" : "perSecond";
}

function readLimit(text: string, unit: Threshold["unit"]): Parsed<Threshold["limit"]> {
  const [relative, before, after] = RELATIVE.exec(text) ?? [];
  if (relative !== undefined) return parsed({ kind: "baseline", factor: Number(before ?? after ?? 1) });
  const bare = new RegExp(`^${NUMBER_PATTERN}$`).test(text);
  const as = (read: Parsed<number>): Parsed<Threshold["limit"]> =>
    read.ok ? parsed({ kind: "value", value: read.value }) : read;
  if (unit === "count") {
    return bare ? as(parsed(Number(text))) : refused(`expected a number of messages, got ${show(text)}`);
  }
  if (unit === "share") return as(readShare(bare ? Number(text) : text));
  if (unit === "perSecond") return as(readRate(text));
  const duration = readDuration(text);
  return duration.ok ? as(parsed(Math.round(duration.value * NS_PER_MS))) : duration;
}
