import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tellCounts } from "../../../src/compare/counts.js";
import { estimateMedian } from "../../../src/compare/estimate.js";
import { interleave, timeLeftMs } from "../../../src/compare/order.js";
import { studentCritical, studentTwoSided } from "../../../src/stats/student.js";

describe("Student's t", () => {
  // Two-sided critical values as printed in any table of the distribution.
  it.each([
    [1, 0.05, 12.706],
    [2, 0.05, 4.303],
    [3, 0.01, 5.841],
    [6, 0.05, 2.447],
    [8, 0.001, 5.041],
    [30, 0.01, 2.75],
  ])("with %i degrees of freedom and p %d is %d", (df, p, t) => {
    expect(studentCritical(p, df)).toBeCloseTo(t, 2);
    expect(studentTwoSided(t, df)).toBeCloseTo(p, 3);
  });
});

describe("the median of some runs", () => {
  it("comes with the interval that so few runs allow, and says how sure it is", () => {
    expect(estimateMedian([3, 1, 2])).toEqual({ median: 2, low: 1, high: 3, coverage: 0.75 });
    expect(estimateMedian([1, 2, 3, 4, 5])).toMatchObject({ median: 3, low: 1, high: 5, coverage: 0.9375 });
    // With nine the extremes can go: 1 - 2 (1 + 9) / 512.
    expect(estimateMedian([9, 8, 7, 6, 5, 4, 3, 2, 1])).toMatchObject({ median: 5, low: 2, high: 8 });
    expect(estimateMedian([9, 8, 7, 6, 5, 4, 3, 2, 1]).coverage).toBeCloseTo(0.961, 3);
    expect(estimateMedian([null])).toMatchObject({ median: null });
  });

  it("counts what never ended as the worst", () => {
    const never = Number.POSITIVE_INFINITY;
    expect(estimateMedian([1, never, 2])).toMatchObject({ median: 2, high: never });
  });
});

describe("counts", () => {
  const of = (...counts: number[]) => counts.map((count) => ({ count, acked: 1000 }));

  it("are told apart where the runs agree", () => {
    expect(tellCounts(of(0, 0, 0), of(3, 1, 5))).toBe("worse");
    expect(tellCounts(of(3, 1, 5), of(0, 0, 0))).toBe("better");
    expect(tellCounts(of(10, 12, 11), of(40, 30, 35))).toBe("worse");
  });

  it("are not told apart where they do not, or differ by less than twice, or are too few", () => {
    expect(tellCounts(of(0, 0, 0), of(0, 0, 500))).toBe("~");
    expect(tellCounts(of(470, 480, 460), of(490, 500, 510))).toBe("~");
    expect(tellCounts(of(0, 0), of(5, 5))).toBe("~");
    expect(tellCounts(of(0, 0, 0), of(0, 0, 0))).toBe("~");
  });

  it("are shares: a target that acked less is not better for it", () => {
    const few = [1, 1, 1].map(() => ({ count: 10, acked: 100 }));
    expect(tellCounts(of(10, 10, 10), few)).toBe("worse");
  });
});

describe("the order of runs", () => {
  it("has every target once a round, and depends on the seed alone", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 6 }), fc.nat(), (targets, rounds, seed) => {
        const order = interleave(targets, rounds, seed);
        expect(order).toEqual(interleave(targets, rounds, seed));
        for (let round = 1; round <= rounds; round++) {
          const block = order.slice((round - 1) * targets, round * targets);
          expect(block.every((run) => run.round === round)).toBe(true);
          expect(block.map(({ subject }) => subject).sort((a, b) => a - b)).toEqual([...Array(targets).keys()]);
        }
      }),
    );
  });

  it("puts each target at each place of a round about equally often", () => {
    const firsts = Array.from({ length: 900 }, (_, seed) => interleave(3, 1, seed)[0]?.subject);
    for (const subject of [0, 1, 2]) {
      expect(firsts.filter((first) => first === subject).length).toBeGreaterThan(240);
    }
  });

  it("is known how long it takes once a run of each was seen", () => {
    const done = [{ subject: 0, round: 1, plannedMs: 10_000, tookMs: 14_000 }];
    expect(timeLeftMs([{ subject: 0, round: 2, plannedMs: 10_000 }], done)).toBe(14_000);
    expect(timeLeftMs([{ subject: 1, round: 1, plannedMs: 20_000 }], done)).toBe(24_000);
    expect(timeLeftMs([], done)).toBe(0);
  });
});
