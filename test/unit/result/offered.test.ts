import { describe, expect, it } from "vitest";
import { planPhases } from "../../../src/load/phases.js";
import type { RunEvent } from "../../../src/record/events.js";
import { buildResult } from "../../../src/result/build.js";
import { parseScenario } from "../../../src/scenario/parse.js";
import type { Scenario } from "../../../src/scenario/scenario.js";
import { foldOf, planOf, recording } from "../../support/recording.js";
import { sampleResult } from "../../support/sample-result.js";

function scenarioOf(load: string): Scenario {
  const text = `name: t\ntarget: { driver: memory }\nload: ${load}\nphases: { warmup: 2s, baseline: 10s, chaos: 8s }\n`;
  const parsed = parseScenario(text, "t.yaml");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.scenario;
}

const ended: RunEvent = { type: "end", atNs: 20e9, loadEndedNs: 20e9, interrupted: false, notes: [] };

/** The result of a run in which nothing was sent, or `sources`: what is offered is the schedule's alone. */
function resultOf(
  scenario: Scenario,
  events: readonly RunEvent[] = [ended],
  sources: Parameters<typeof foldOf>[1] = [],
) {
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
    events,
    fold: foldOf(plan, sources),
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

describe("the rates of a run that was cut short", () => {
  /** 100/s from the beginning, each acked at once, until 6.55 s. */
  const cutNs = 6.55e9;
  const producer = () =>
    recording({ role: "producer", index: 0, incarnation: 0 }, (pack) => {
      for (let sequence = 0; sequence * 1e7 < cutNs; sequence++) {
        const dueNs = sequence * 1e7;
        pack.lease({ firstSequence: sequence, count: 1, atNs: dueNs });
        const about = { outcome: "acked", level: "broker", errorCode: 0 } as const;
        pack.outcome({ ...about, sequence, dueNs, sentNs: dueNs, doneNs: dueNs });
      }
    });
  const cut = (end: RunEvent[]) => resultOf(scenarioOf("{ rate: 100/s }"), end, [producer()]);
  const interrupted = { type: "end", atNs: 9e9, interrupted: true, notes: [] } as const;

  it("are per second of the time that was measured, and nothing is offered after it", () => {
    const { throughput, series } = cut([{ ...interrupted, loadEndedNs: cutNs }]);
    expect(throughput.ackedPerSecond).toBeCloseTo(100, 6);
    expect(throughput.offeredPerSecond).toBeCloseTo(100, 6);
    expect(sum(series.offered)).toBe(655);
  });

  it("are so too when havoq itself was killed and wrote no end", () => {
    expect(cut([]).throughput.ackedPerSecond).toBeCloseTo(100, 6);
  });

  it("are 0 when that was within the warm-up", () => {
    expect(cut([{ ...interrupted, loadEndedNs: 1e9 }]).throughput.ackedPerSecond).toBe(0);
  });
});
