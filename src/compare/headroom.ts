import type { RunResult } from "../result-schema.js";
import { metricUnit } from "../scenario/metric-name.js";

/** How far a run stayed below the nearest of its limits on a time. */
export interface Headroom {
  readonly metric: string;
  /** Limit / measured: 2 is half of what was allowed, below 1 is too slow. */
  readonly ratio: number;
}

/** The least headroom of some runs under their upper limits on times; `null` without such a limit. */
export function leastHeadroom(results: readonly RunResult[]): Headroom | null {
  return results
    .flatMap(headrooms)
    .reduce<Headroom | null>((least, each) => (least === null || each.ratio < least.ratio ? each : least), null);
}

function headrooms({ scenario, expectations }: RunResult): Headroom[] {
  const written: unknown = scenario["expect"];
  return (Array.isArray(written) ? written : []).flatMap((expectation: unknown): Headroom[] => {
    const { metric, operator, expression, value } = fields(expectation);
    const { kind, number: limit } = fields(value);
    const upper = operator === "<" || operator === "<=";
    if (typeof metric !== "string" || !upper || kind !== "number" || typeof limit !== "number") return [];
    if (metricUnit(metric) !== "ns") return [];
    const judged = expectations.find((each) => each.metric === metric && each.expression === expression);
    if (judged?.actual === undefined || judged.actual === null || judged.actual <= 0) return [];
    return [{ metric, ratio: limit / judged.actual }];
  });
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
