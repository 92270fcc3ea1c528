import { describe, expect, it } from "vitest";
import { planPhases } from "../../../src/engine/plan.js";
import { buildResult } from "../../../src/result/build.js";
import { parseScenario } from "../../../src/scenario/parse.js";
import type { Scenario } from "../../../src/scenario/scenario.js";
import { foldOf, planOf } from "../../support/recording.js";
import { sampleResult } from "../../support/sample-result.js";

function scenarioOf(load: string): Scenario {
  const text = `name: t\ntarget: { driver: memory }\nload: ${load}\nphases: { warmup: 2s, baseline: 10s, chaos: 8s }\n`;
  const parsed = parseScenario(text, "t.yaml");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.scenario;
}

/** The result of a run in which nothing was sent: what is offered is the schedule's alone. */
function resultOf(scenario: Scenario) {
  const { target, environment } = sampleResult();
  const phases = planPhases(scenario);
  const plan = { ...planOf(20), phases };
  const begin = {
    type: "begin" as const,
    runId: "r",
    seed: scenario.seed,
    startedAt: "2026-01-01T00:00:00.000Z",
    proxyOverheadNs: null,
    ...{ scenario, target, environment, phases },
  };
  const { countSliceNs, latencySliceNs } = plan;
  return buildResult({
    begin,
    events: [],
    fold: foldOf(plan, []),
    faults: [],
    lostByFault: [],
    countSliceNs,
    latencySliceNs,
  });
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

describe("the offered load", () => {
  it("follows a rate that changes, slice by slice, and its mean leaves the warm-up out", () => {
    const load = "{ rate: { kind: spike, base: 100/s, peak: 1000/s, at: chaos, for: 2s }, producers: 3 }";
    const { series, throughput } = resultOf(scenarioOf(load));
    const perSecond = Array.from({ length: 20 }, (_, s) => sum(series.offered.slice(s * 10, (s + 1) * 10)));
    expect(perSecond.slice(11, 16)).toEqual([100, 1000, 1000, 100, 100]);
    expect(sum(series.offered)).toBe(2000 + 1800);
    expect(throughput.offeredPerSecond).toBeCloseTo((10 * 100 + 2 * 1000 + 6 * 100) / 18, 6);
  });

  it("is what Poisson producers will send, and no two slices are alike", () => {
    const scenario = scenarioOf("{ rate: 1000/s, arrivals: poisson, producers: 2 }");
    const { series, throughput } = resultOf(scenario);
    expect(new Set(series.offered).size).toBeGreaterThan(20);
    expect(Math.abs(throughput.offeredPerSecond / 1000 - 1)).toBeLessThan(0.03);
    expect(resultOf({ ...scenario, seed: 2 }).series.offered).not.toEqual(series.offered);
  });

  it("ends with the load, and with a trace", () => {
    const scenario = scenarioOf("{ rate: { kind: trace, file: t.txt } }");
    const timesNs = [0, 1e6, 5e9, 5e9, 30e9];
    const rate = { kind: "trace" as const, file: "t.txt", unit: "s" as const, timesNs };
    const { series, scenario: told } = resultOf({ ...scenario, load: { ...scenario.load, rate } });
    expect(sum(series.offered)).toBe(4);
    expect([series.offered[0], series.offered[50]]).toEqual([2, 2]);
    // A long trace stays out of the result.
    expect(told["load"]).toMatchObject({ rate: { file: "t.txt", timesNs: 5 } });
  });
});
