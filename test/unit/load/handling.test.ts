import { describe, expect, it } from "vitest";
import { drawHandlingTime } from "../../../src/load/handling.js";
import type { HandlingTime } from "../../../src/scenario/scenario.js";
import { deriveSeed, hashToUnit, seededRandom } from "../../../src/stats/random.js";
import { ms } from "../../../src/units.js";

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
