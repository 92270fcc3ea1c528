import { describe, expect, it } from "vitest";
import { type ResilienceInput, resilienceOf } from "../../../src/stats/resilience.js";

const S = 1e9;
/** 60 s at 1000/s in 100 ms slices; `rate` says how many completions a slice has. */
function input(rate: (second: number) => number, changes: Partial<ResilienceInput> = {}): ResilienceInput {
  const seconds = Array.from({ length: 600 }, (_, slice) => slice / 10);
  return {
    sliceNs: 1e8,
    completed: seconds.map((second) => rate(second) / 10),
    offered: seconds.map(() => 100),
    scheduled: true,
    baseline: [50, 190],
    injectNs: 20 * S,
    healNs: 25 * S,
    firstErrorNs: 20.3 * S,
    loadEndNs: 60 * S,
    latencySliceNs: S,
    latencyP99Ns: Array.from({ length: 60 }, () => 2e6),
    backlog: [],
    earliestLostAckNs: null,
    nextFaultNs: null,
    ...changes,
  };
}

describe("resilience figures", () => {
  it("sees nothing where nothing happened", () => {
    const figures = resilienceOf(input(() => 1000, { firstErrorNs: null }));
    expect(figures).toMatchObject({
      baselinePerSecond: 1000,
      onsetNs: null,
      unavailableNs: 0,
      dipDepth: 0,
      dipAreaMessages: 0,
      timeToDetectNs: null,
    });
  });

  it("measures an outage of 5 s: onset, detection, silence, recovery, depth and area", () => {
    const figures = resilienceOf(input((second) => (second >= 20.5 && second < 25.5 ? 0 : 1000)));
    expect(figures.onsetNs).toBe(20.5 * S);
    expect(figures.timeToDetectNs).toBeCloseTo(0.3 * S, -3);
    expect(figures.unavailableNs).toBeCloseTo(5 * S, -3);
    expect(figures.timeToRecoverNs).toBe(5.5 * S);
    expect(figures.dipDepth).toBe(1);
    expect(figures.dipAreaMessages).toBeCloseTo(5000, 3);
  });

  it("does not call a moment a recovery: goodput must stay", () => {
    const flapping = (second: number) => (second < 20 || second >= 40 || (second >= 25 && second < 27) ? 1000 : 100);
    expect(resilienceOf(input(flapping)).timeToRecoverNs).toBe(20 * S);
  });

  it("says null when goodput never comes back", () => {
    expect(resilienceOf(input((second) => (second < 20 ? 1000 : 500)))).toMatchObject({
      timeToRecoverNs: null,
      dipDepth: 0.5,
    });
  });

  describe("of a load that changes", () => {
    /** 1000/s, and from 30 s on 300/s. */
    const offered = Array.from({ length: 600 }, (_, slice) => (slice < 300 ? 100 : 30));
    const served = (second: number) => (second < 30 ? 1000 : 300);

    it("take no dip from a load that falls", () => {
      expect(resilienceOf(input(served, { offered }))).toMatchObject({
        onsetNs: null,
        timeToRecoverNs: 0,
        dipDepth: 0,
      });
    });

    it("see the fault's dip and its end although less is offered by then", () => {
      const figures = resilienceOf(input((second) => (second >= 28 && second < 33 ? 0 : served(second)), { offered }));
      expect(figures).toMatchObject({ onsetNs: 28 * S, timeToRecoverNs: 13 * S, dipDepth: 1 });
      // 2 s of 1000/s and 3 s of 300/s, less what the smoothing of the edge takes.
      expect(figures.dipAreaMessages).toBeGreaterThan(2400);
      expect(figures.dipAreaMessages).toBeLessThanOrEqual(2900);
    });

    it("expect no more than the baseline's goodput when more is offered", () => {
      const spike = Array.from({ length: 600 }, (_, slice) => (slice >= 300 && slice < 350 ? 1000 : 100));
      expect(resilienceOf(input(() => 1000, { offered: spike })).onsetNs).toBeNull();
    });

    it("take a baseline that swings with its load for a calm one", () => {
      const swing = (second: number) => 1000 + 500 * Math.sin((2 * Math.PI * second) / 8);
      const swinging = Array.from({ length: 600 }, (_, slice) => swing(slice / 10) / 10);
      const half = (second: number) => (second >= 24 && second < 28 ? 0.5 : 1) * swing(second);
      const calm = resilienceOf(input(swing, { offered: swinging }));
      expect(calm).toMatchObject({ onsetNs: null });
      expect(calm.tolerance).toBeLessThan(0.4);
      expect(resilienceOf(input(half, { offered: swinging }))).toMatchObject({
        onsetNs: 24 * S,
        timeToRecoverNs: 8 * S,
      });
    });

    it("take a closed load, which a fault itself stops, for one that would have gone on", () => {
      const stopped = (second: number) => (second >= 20 && second < 25 ? 0 : 1000);
      const sent = Array.from({ length: 600 }, (_, slice) => stopped(slice / 10) / 10);
      expect(resilienceOf(input(stopped, { offered: sent, scheduled: false })).timeToRecoverNs).toBe(5 * S);
    });
  });

  it("takes noise for noise: a dip within three deviations has no onset", () => {
    const noisy = (second: number) => 1000 + (Math.round(second * 10) % 2 === 0 ? 120 : -120);
    expect(resilienceOf(input((second) => (second < 20 ? noisy(second) : 850))).onsetNs).toBeNull();
  });

  it("judges a slow load by slices wide enough to hold messages", () => {
    const everySecondSlice = (second: number) => (Math.round(second * 10) % 2 === 0 ? 10 : 0);
    expect(resilienceOf(input(everySecondSlice)).onsetNs).toBeNull();
  });

  it("tells the backlog's peak and how long it took to drain", () => {
    const backlog = Array.from({ length: 60 }, (_, second) => ({
      atNs: second * S,
      ready: second < 20 ? 3 : Math.max(0, 500 - Math.abs(second - 25) * 100),
    }));
    expect(resilienceOf(input(() => 1000, { backlog }))).toMatchObject({ backlogPeak: 500, drainNs: 5 * S });
  });

  it("tells when the latency was back to what it had been", () => {
    const latencyP99Ns = Array.from({ length: 60 }, (_, second) => (second >= 20 && second < 33 ? 500e6 : 2e6));
    expect(resilienceOf(input(() => 1000, { latencyP99Ns })).latencyRecoveryNs).toBe(13 * S);
    expect(
      resilienceOf(input(() => 1000, { latencyP99Ns: latencyP99Ns.map((p99, i) => (i >= 20 ? 500e6 : p99)) }))
        .latencyRecoveryNs,
    ).toBeNull();
  });
});
