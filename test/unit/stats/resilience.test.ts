import { describe, expect, it } from "vitest";
import { judged, NEVER, RECOVERED } from "../../../bench/lib/recovery.mjs";
import { seededRandom } from "../../../src/stats/random.js";
import { resilienceOf } from "../../../src/stats/resilience.js";
import type { ResilienceInput } from "../../../src/stats/resilience-input.js";

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

  it("takes noise for noise, but excuses no system by its own", () => {
    const noisy = (second: number) => 1000 + (Math.round(second * 10) % 2 === 0 ? 120 : -120);
    expect(resilienceOf(input(noisy)).onsetNs).toBeNull();
    const less = (second: number) => (second < 20 ? noisy(second) : 850);
    expect(resilienceOf(input(less))).toMatchObject({ onsetNs: 20 * S, timeToRecoverNs: null, tolerance: 0.1 });
  });

  it("is not misled by one odd slice, seven seconds after the recovery", () => {
    const late = (odd: number) => (second: number) =>
      second >= 20 && second < 21.2 ? 0 : Math.abs(second - 28.2) < 0.01 ? odd : 200;
    for (const odd of [170, 0]) expect(resilienceOf(input(late(odd))).timeToRecoverNs).toBe(1.2 * S);
  });

  it("does not take a second outage within ten seconds for one odd slice, nor a burst before it for an excuse", () => {
    const again = (second: number) => {
      if ((second >= 20 && second < 22) || (second >= 27 && second < 29)) return 0;
      return second >= 22 && second < 24 ? 2000 : 1000;
    };
    expect(resilienceOf(input(again)).timeToRecoverNs).toBe(9 * S);
  });

  it("waits for the last of partitions that come back one after another", () => {
    const ramp = (second: number) => (second < 20 || second >= 25 ? 1000 : second < 23 ? 0 : 500);
    expect(resilienceOf(input(ramp))).toMatchObject({ timeToRecoverNs: 5 * S, dipDepth: 1, dipAreaMessages: 4000 });
  });

  it("finds a slow load's dip, and no depth or silence that chance explains", () => {
    const slow = { offered: Array.from({ length: 600 }, (_, slice) => slice % 2) };
    const everySecondSlice = (second: number) => (Math.round(second * 10) % 2 === 0 ? 0 : 10);
    const twice = { ...slow, baseline: [0, 200] as const };
    expect(resilienceOf(input(everySecondSlice, twice))).toMatchObject({ onsetNs: null, unavailableNs: 0 });
    const out = (second: number) => (second >= 20 && second < 25 ? 0 : everySecondSlice(second));
    const figures = resilienceOf(input(out, twice));
    expect(figures.timeToRecoverNs).toBeGreaterThanOrEqual(4.9 * S);
    expect(figures.timeToRecoverNs).toBeLessThanOrEqual(5.2 * S);
  });

  it("says that it can't tell, and not that nothing was, where few messages were", () => {
    const untold = { onsetNs: null, timeToRecoverNs: null, unavailableNs: null, dipDepth: null, dipAreaMessages: null };
    const fewInBaseline = input(() => 5, { offered: Array.from({ length: 600 }, () => 0.5) });
    expect(resilienceOf(fewInBaseline)).toMatchObject(untold);
    expect(resilienceOf(input(() => 1000, { baseline: [200, 200] }))).toMatchObject(untold);
    expect(resilienceOf(input(() => 200, { injectNs: 59.98 * S, scheduled: false }))).toMatchObject({ onsetNs: null });
    expect(resilienceOf(input(() => 20, { injectNs: 59.8 * S, scheduled: false }))).toMatchObject(untold);
  });

  describe("of simulated systems", () => {
    const trials = 12;
    const right = (kind: (typeof RECOVERED)[number], rate: number, seconds: number) =>
      judged(resilienceOf, kind, rate, seconds, trials, seededRandom(rate + seconds)).right;

    it.each(RECOVERED.filter(({ left }) => left === 0))("find the recovery: $name", (kind) => {
      for (const seconds of kind.seconds)
        for (const rate of [50, 200]) expect(right(kind, rate, seconds)).toBeGreaterThanOrEqual(0.9);
    });

    it.each(NEVER)("never say that it recovered: $name", (kind) => {
      for (const seconds of kind.seconds)
        for (const rate of [50, 200]) if (rate >= kind.held) expect(right(kind, rate, seconds)).toBe(1);
    });
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

  it("do not take one later second of high latency for a relapse, but do two in a row", () => {
    const high = (...seconds: number[]) =>
      Array.from({ length: 60 }, (_, second) => (seconds.includes(second) ? 500e6 : 2e6));
    const recovery = (latencyP99Ns: number[]) => resilienceOf(input(() => 1000, { latencyP99Ns })).latencyRecoveryNs;
    expect(recovery(high(20, 21, 28))).toBe(2 * S);
    expect(recovery(high(20, 21, 28, 29))).toBe(10 * S);
    expect(recovery(high(20, 21, 45, 46))).toBe(2 * S);
  });
});
