import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { metricsOf } from "../../../src/compare/metrics.js";
import { readGateMetric } from "../../../src/gate/metrics.js";
import { readThreshold } from "../../../src/gate/thresholds.js";
import { FAULT_METRICS } from "../../../src/metrics/fault.js";
import { LATENCIES, LATENCY_NAMES, LATENCY_STATS, METRIC_PHASES } from "../../../src/metrics/latency.js";
import { RUN_METRICS } from "../../../src/metrics/run.js";
import { hasRatio } from "../../../src/metrics/unit.js";
import { formatMetric } from "../../../src/result/format.js";
import { metricValue } from "../../../src/result/metrics.js";
import { resultSchema } from "../../../src/result-schema.js";
import { readMetric } from "../../../src/scenario/metric-name.js";
import { sampleResult } from "../../support/sample-result.js";

const result = sampleResult();
const faultIds = [...new Set(result.faults.map(({ id }) => id))];
const statistics = LATENCY_NAMES.flatMap((name) => Object.keys(LATENCY_STATS).map((stat) => `${name}.${stat}`));
const ofFaults = faultIds.flatMap((id) => FAULT_METRICS.map(({ name }) => `${id}.${name}`));
const documented = readFileSync(new URL("../../../docs/scenarios.md", import.meta.url), "utf8");
const EVERY = [...RUN_METRICS.map(({ name }) => name), ...statistics, ...ofFaults];

describe("metrics", () => {
  it("have names of their own", () => {
    expect(new Set(EVERY).size).toBe(EVERY.length);
    expect(faultIds.length).toBeGreaterThan(0);
  });

  it.each(EVERY)("%s can be named in an expectation, and read from a result and written in its unit", (name) => {
    const read = readMetric(name, faultIds);
    if (!read.ok) throw new Error(read.message);
    expect(read.value.label).not.toBe("");
    const { value, unit } = metricValue(result, name);
    expect(value).toBe(read.value.read(result));
    expect(value).toBeGreaterThanOrEqual(0);
    expect(formatMetric(value ?? 0, unit)).toMatch(/^(never|∞|[\d.,]+( (ns|µs|ms|s|%)|\/s)?)$/);
  });

  it.each(RUN_METRICS)("$name can be gated and held to a threshold, as its unit allows", ({ name, unit, better }) => {
    expect(readGateMetric(name).ok).toBe(better !== undefined && hasRatio(unit));
    const threshold = unit === "count" ? "count < 10" : "rate < 5/s";
    expect(readThreshold(`${name}: ${threshold}`).ok).toBe(unit === "count" || unit === "perSecond");
  });

  it("are compared as they say", () => {
    const compared = metricsOf([result]).map(({ id }) => id);
    for (const { name, usualSd } of RUN_METRICS) expect(compared.includes(name)).toBe(usualSd !== undefined);
    for (const { name, compared: own, unit } of FAULT_METRICS) {
      expect(faultIds.some((id) => compared.includes(`${id}.${name}`))).toBe(own !== undefined);
      expect(own === undefined || hasRatio(unit)).toBe(true);
    }
  });

  it.each([...RUN_METRICS, ...FAULT_METRICS])("$name is documented", ({ name }) => {
    expect(documented).toContain(`${name}\``);
  });

  it("are there for every count, every rate and every statistic of the result", () => {
    const { delivery, latency } = resultSchema.shape;
    const nested = (["duplicates", "leftover"] as const).flatMap((part) =>
      Object.keys(delivery.shape[part].shape).map((name) => `${part}.${name}`),
    );
    const names = RUN_METRICS.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...Object.keys(delivery.shape), ...nested]));
    const values = RUN_METRICS.map((metric) => metric.read(result));
    expect(values).toEqual(expect.arrayContaining(Object.values(result.throughput)));
    const { whole } = latency.shape.handle.shape;
    expect(Object.keys(latency.shape).sort()).toEqual(Object.keys(LATENCIES).sort());
    expect(Object.keys(LATENCY_STATS).sort()).toEqual(
      Object.keys(whole.shape)
        .filter((name) => name !== "histogram")
        .sort(),
    );
    expect(resultSchema.shape.phases.element.shape.name.options).toEqual(METRIC_PHASES);
  });
});
