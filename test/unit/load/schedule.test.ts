import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawHandlingTime } from "../../../src/load/handling.js";
import { createSchedule } from "../../../src/load/schedule.js";
import type { HandlingTime } from "../../../src/scenario/scenario.js";
import { deriveSeed, hashToUnit, seededRandom } from "../../../src/stats/random.js";
import { ms } from "../../../src/units.js";

const spec = fc.record({
  kind: fc.constant("constant" as const),
  ratePerSecond: fc.double({ min: 0.01, max: 200_000, noNaN: true }),
  producers: fc.integer({ min: 1, max: 16 }),
});

describe("constant schedule", () => {
  it("counts exactly the messages that are due before a time", () => {
    fc.assert(
      fc.property(spec, fc.nat({ max: 15 }), fc.integer({ min: 0, max: 3_600_000_000_000 }), (whole, p, timeNs) => {
        const schedule = createSchedule({ ...whole, producer: p % whole.producers });
        const count = schedule.countBefore(timeNs);
        expect(schedule.dueNs(count)).toBeGreaterThanOrEqual(timeNs);
        if (count > 0) expect(schedule.dueNs(count - 1)).toBeLessThan(timeNs);
      }),
    );
  });

  it("deals the messages of the whole out to the producers, each once", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 5000 }), (producers, ratePerSecond) => {
        const whole = createSchedule({ kind: "constant", ratePerSecond, producers: 1, producer: 0 });
        const times = Array.from({ length: producers }, (_, producer) => {
          const schedule = createSchedule({ kind: "constant", ratePerSecond, producers, producer });
          return Array.from({ length: schedule.countBefore(1e9) }, (_, index) => schedule.dueNs(index));
        }).flat();
        const expected = Array.from({ length: whole.countBefore(1e9) }, (_, index) => whole.dueNs(index));
        expect(times.sort((a, b) => a - b)).toEqual(expected);
      }),
    );
  });
});

describe("handling time", () => {
  const mean = (time: HandlingTime) => {
    const random = seededRandom(42);
    const draws = Array.from({ length: 20_000 }, () => drawHandlingTime(time, random));
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
    return draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
  };

  it("has the mean that was asked for", () => {
    expect(mean({ kind: "constant", value: ms(5) })).toBe(5);
    expect(mean({ kind: "uniform", min: ms(2), max: ms(4) })).toBeCloseTo(3, 1);
    expect(mean({ kind: "exponential", mean: ms(10) }) / 10).toBeCloseTo(1, 1);
    expect(mean({ kind: "normal", mean: ms(10), deviation: ms(2) }) / 10).toBeCloseTo(1, 1);
  });
});

describe("seeded numbers", () => {
  it("repeat with the seed and differ between places", () => {
    const first = Array.from({ length: 10 }, seededRandom(7));
    expect(Array.from({ length: 10 }, seededRandom(7))).toEqual(first);
    expect(Array.from({ length: 10 }, seededRandom(8))).not.toEqual(first);
    expect(deriveSeed(1, 2, 3)).toBe(deriveSeed(1, 2, 3));
    expect(deriveSeed(1, 2, 3)).not.toBe(deriveSeed(1, 3, 2));
  });

  it("spread evenly over [0, 1) by place", () => {
    const units = Array.from({ length: 10_000 }, (_, sequence) => hashToUnit(1, 0, 0, sequence));
    const share = units.filter((unit) => unit < 0.1).length / units.length;
    expect(share).toBeGreaterThan(0.08);
    expect(share).toBeLessThan(0.12);
  });
});
