import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { integrate } from "../../../src/load/rate.js";
import { createSchedule, type ScheduleSpec } from "../../../src/load/schedule.js";
import type { RateShape } from "../../../src/scenario/scenario.js";
import { ms, perSecond } from "../../../src/units.js";

const HOUR_NS = 3_600_000_000_000;
const rate = fc.double({ min: 0.01, max: 200_000, noNaN: true }).map(perSecond);
const rateOrNone = fc.oneof(rate, fc.constant(perSecond(0)));
const span = fc.integer({ min: 1, max: 600_000 }).map(ms);
const later = fc.integer({ min: 0, max: 600_000 }).map(ms);

const shape: fc.Arbitrary<Exclude<RateShape, { kind: "trace" }>> = fc.oneof(
  fc.record({ kind: fc.constant("ramp" as const), from: rateOrNone, to: rateOrNone, at: later, over: later }),
  fc.record({
    kind: fc.constant("step" as const),
    from: rateOrNone,
    to: rate,
    steps: fc.integer({ min: 2, max: 12 }),
    every: span,
  }),
  fc
    .record({ base: rateOrNone, peak: rate, at: later, for: span, gap: span, times: fc.integer({ min: 1, max: 6 }) })
    .map(({ gap, times, ...spike }) => ({
      ...spike,
      kind: "spike" as const,
      repeat: { times, every: ms(spike.for + gap) },
    })),
  fc
    .record({ kind: fc.constant("sine" as const), mean: rate, amplitude: rate, period: span })
    .map((sine) => ({ ...sine, amplitude: perSecond(Math.min(sine.mean, sine.amplitude)) })),
);
const trace = fc
  .array(fc.nat({ max: 60_000_000_000 }), { minLength: 1, maxLength: 200 })
  .map((times): RateShape => ({ kind: "trace", file: "t", unit: "s", timesNs: times.sort((a, b) => a - b) }));

/** The rate at a time, written down once more: what the integral is checked against. */
function rateAt(load: Exclude<RateShape, { kind: "trace" }>, t: number): number {
  switch (load.kind) {
    case "ramp":
      if (t < load.at) return load.from;
      return t >= load.at + load.over ? load.to : load.from + ((load.to - load.from) * (t - load.at)) / load.over;
    case "step":
      return (
        load.from + ((load.to - load.from) * Math.min(load.steps - 1, Math.floor(t / load.every))) / (load.steps - 1)
      );
    case "spike": {
      const nth = Math.min(load.repeat.times - 1, Math.floor((t - load.at) / load.repeat.every));
      return t >= load.at && t - load.at - nth * load.repeat.every < load.for ? load.peak : load.base;
    }
    case "sine":
      return load.mean + load.amplitude * Math.sin((2 * Math.PI * t) / load.period);
  }
}

const spec = (of: ScheduleSpec["rate"], more: Partial<ScheduleSpec> = {}): ScheduleSpec => ({
  rate: of,
  arrivals: "even",
  seed: 1,
  producers: 1,
  producer: 0,
  ...more,
});

const anySpec = fc
  .record({
    rate: fc.oneof(rate, shape, trace),
    arrivals: fc.constantFrom("even" as const, "poisson" as const),
    seed: fc.integer(),
    producers: fc.integer({ min: 1, max: 16 }),
    producer: fc.nat({ max: 15 }),
  })
  .map((any): ScheduleSpec => ({ ...any, producer: any.producer % any.producers }));

describe("any schedule", () => {
  it("counts exactly the messages that are due before a time", () => {
    fc.assert(
      fc.property(anySpec, fc.integer({ min: 0, max: 60_000_000_000 }), (any, timeNs) => {
        const schedule = createSchedule(any);
        const count = schedule.countBefore(timeNs);
        expect(schedule.dueNs(count)).toBeGreaterThanOrEqual(timeNs);
        if (count > 0) expect(schedule.dueNs(count - 1)).toBeLessThan(timeNs);
      }),
    );
  });

  it("never goes back in time", () => {
    fc.assert(
      fc.property(anySpec, fc.nat({ max: 1_000_000 }), (any, from) => {
        const schedule = createSchedule(any);
        for (let index = from; index < from + 20; index++)
          expect(schedule.dueNs(index + 1)).toBeGreaterThanOrEqual(schedule.dueNs(index));
      }),
    );
  });

  it("is the same for a process that goes on in the middle", () => {
    fc.assert(
      fc.property(anySpec, fc.nat({ max: 100_000 }), (any, index) => {
        const schedule = createSchedule(any);
        schedule.countBefore(30e9);
        expect(createSchedule(any).dueNs(index)).toBe(schedule.dueNs(index));
      }),
    );
  });
});

describe("an even schedule", () => {
  it("deals the messages of the whole out to the producers, each once", () => {
    const load = fc.oneof(fc.integer({ min: 1, max: 5000 }).map(perSecond), trace, shape);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), load, (producers, of) => {
        const whole = createSchedule(spec(of));
        const count = Math.min(3000, whole.countBefore(60e9));
        fc.pre(count > 0);
        const untilNs = whole.dueNs(count - 1) + 0.001;
        const times = Array.from({ length: producers }, (_, producer) => {
          const schedule = createSchedule(spec(of, { producers, producer }));
          return Array.from({ length: schedule.countBefore(untilNs) }, (_, index) => schedule.dueNs(index));
        }).flat();
        const expected = Array.from({ length: whole.countBefore(untilNs) }, (_, index) => whole.dueNs(index));
        expect(times.sort((a, b) => a - b)).toEqual(expected);
      }),
    );
  });

  it("has sent by any time what the rate's integral says, to a message", () => {
    fc.assert(
      fc.property(shape, fc.integer({ min: 0, max: HOUR_NS }), (of, timeNs) => {
        const exact = integrate(of).countAt(timeNs);
        // A count of 10^8 has its own rounding.
        const rounding = 1e-9 * exact;
        expect(Math.abs(createSchedule(spec(of)).countBefore(timeNs) - exact)).toBeLessThanOrEqual(1 + rounding);
      }),
    );
  });

  it("has the rate that was asked for as the slope of its integral", () => {
    fc.assert(
      fc.property(shape, fc.double({ min: 0, max: 3_600_000, noNaN: true }), (of, t) => {
        const step = 0.001;
        const before = rateAt(of, t);
        // Not across a jump, where there is no one slope.
        fc.pre(Math.abs(rateAt(of, t + step) - before) <= 1e-3 * (before + 1));
        const { countAt } = integrate(of);
        const slope = (countAt((t + step) * 1e6) - countAt(t * 1e6)) / (step / 1000);
        expect(Math.abs(slope - before)).toBeLessThanOrEqual(1e-2 * (before + 1) + (1e-9 * countAt(t * 1e6)) / step);
      }),
    );
  });

  it("ends where its rate falls to nothing", () => {
    const down = createSchedule(
      spec({ kind: "ramp", from: perSecond(100), to: perSecond(0), at: ms(0), over: ms(10_000) }),
    );
    expect(down.countBefore(HOUR_NS)).toBe(500);
    expect(down.dueNs(499)).toBeLessThan(10e9);
    expect(down.dueNs(500)).toBe(Number.POSITIVE_INFINITY);
  });

  it("is what it was for a constant rate: message k at k / rate", () => {
    const schedule = createSchedule(spec(perSecond(1000), { producers: 2, producer: 1 }));
    expect([schedule.dueNs(0), schedule.dueNs(1), schedule.dueNs(1000)]).toEqual([1e6, 3e6, 2001e6]);
  });
});

describe("poisson arrivals", () => {
  const poisson = (of: ScheduleSpec["rate"], more: Partial<ScheduleSpec> = {}) =>
    createSchedule(spec(of, { arrivals: "poisson", ...more }));

  it("deliver their mean within 0.5 % at 5,000/s, from one producer and from four", () => {
    for (const producers of [1, 4]) {
      // 300 s: a standard deviation of 0.08 %.
      const sent = Array.from({ length: producers }, (_, producer) =>
        poisson(perSecond(5000), { producers, producer }).countBefore(300e9),
      ).reduce((sum, count) => sum + count, 0);
      expect(Math.abs(sent / 1_500_000 - 1)).toBeLessThan(0.005);
    }
  });

  it("have gaps of the exponential distribution (Kolmogorov-Smirnov at 0.1 %)", () => {
    for (const seed of [1, 2, 3]) {
      const schedule = poisson(perSecond(5000), { seed });
      const count = 20_000;
      const gaps = Array.from(
        { length: count },
        (_, index) => (schedule.dueNs(index) - (index === 0 ? 0 : schedule.dueNs(index - 1))) / 200_000,
      ).sort((a, b) => a - b);
      const distance = Math.max(
        ...gaps.map((gap, i) =>
          Math.max(Math.abs(1 - Math.exp(-gap) - i / count), Math.abs(1 - Math.exp(-gap) - (i + 1) / count)),
        ),
      );
      expect(distance).toBeLessThan(1.95 / Math.sqrt(count));
    }
  });

  it("have counts of the Poisson distribution over spans longer than a block: as much variance as mean", () => {
    const schedule = poisson(perSecond(1000));
    // 3.7 s hold three to four blocks.
    const counts = Array.from(
      { length: 2000 },
      (_, i) => schedule.countBefore((i + 1) * 3.7e9) - schedule.countBefore(i * 3.7e9),
    );
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1);
    expect(Math.abs(mean / 3700 - 1)).toBeLessThan(0.005);
    expect(variance / mean).toBeGreaterThan(0.85);
    expect(variance / mean).toBeLessThan(1.15);
  });

  it("differ between seeds and between producers, and not from one time to the next", () => {
    const first = (more: Partial<ScheduleSpec>) =>
      Array.from({ length: 50 }, (_, index) => poisson(perSecond(100), { producers: 2, ...more }).dueNs(index));
    expect(first({})).toEqual(first({}));
    expect(first({})).not.toEqual(first({ seed: 2 }));
    expect(first({})).not.toEqual(first({ producer: 1 }));
  });

  it("follow a rate that changes", () => {
    const spike: RateShape = {
      kind: "spike",
      base: perSecond(100),
      peak: perSecond(10_000),
      at: ms(10_000),
      for: ms(10_000),
      repeat: { times: 1, every: ms(0) },
    };
    const schedule = poisson(spike);
    const inSpike = schedule.countBefore(20e9) - schedule.countBefore(10e9);
    expect(Math.abs(inSpike / 100_000 - 1)).toBeLessThan(0.02);
    expect(Math.abs(schedule.countBefore(10e9) / 1000 - 1)).toBeLessThan(0.15);
  });

  it("finds a message hours into the run without drawing all before it", () => {
    const began = process.cpuUsage().user;
    const index = 5000 * 3600 * 10;
    expect(Math.abs(poisson(perSecond(5000)).dueNs(index) / 36_000e9 - 1)).toBeLessThan(0.001);
    // 180 million draws would take minutes; one a block takes less than a second.
    expect(process.cpuUsage().user - began).toBeLessThan(5_000_000);
  });
});
