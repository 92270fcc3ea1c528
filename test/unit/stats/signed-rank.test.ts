import padjust from "@stdlib/stats-padjust";
import wilcoxon from "@stdlib/stats-wilcoxon";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { holm } from "../../../src/stats/holm.js";
import { criticalRankSum, signedRank } from "../../../src/stats/signed-rank.js";
import { hodgesLehmann, locationInterval, walshAverages } from "../../../src/stats/walsh.js";

/** Differences without zeros and without ties in size. */
const untied = (minLength: number, maxLength: number) =>
  fc
    .uniqueArray(fc.integer({ min: -100_000, max: 100_000 }), { minLength, maxLength, selector: Math.abs })
    .filter((values) => !values.includes(0));
/** Differences of few sizes, so that many are tied or 0. */
const tied = (maxLength: number) => fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength });

/** The definition, by counting all sign patterns of the non-zero differences. */
function bruteForce(differences: readonly number[]): number {
  const sizes = differences.map(Math.abs);
  const rankOf = (size: number) => {
    const below = sizes.filter((other) => other < size).length;
    const equal = sizes.filter((other) => other === size).length;
    return below + (equal + 1) / 2;
  };
  const nonZero = differences.filter((difference) => difference !== 0);
  const ranks = nonZero.map((difference) => rankOf(Math.abs(difference)));
  const sum = (pattern: (at: number) => boolean) =>
    ranks.reduce((total, rank, at) => total + (pattern(at) ? rank : 0), 0);
  const observed = sum((at) => (nonZero[at] ?? 0) > 0);
  let atLeast = 0;
  for (let bits = 0; bits < 2 ** ranks.length; bits++) if (sum((at) => ((bits >> at) & 1) === 1) >= observed) atLeast++;
  return atLeast / 2 ** ranks.length;
}

describe("the exact signed-rank test", () => {
  it("agrees with an independent implementation where that is exact", () => {
    fc.assert(
      fc.property(untied(2, 40), (values) => {
        const { p, statistic } = signedRank(values);
        const oracle = wilcoxon(values, { alternative: "greater" });
        expect(p).toBeCloseTo(oracle.pValue, 10);
        expect(statistic).toBe(oracle.statistic);
      }),
    );
  });

  it("agrees with the count of all sign patterns, ties and zeros included", () => {
    fc.assert(
      fc.property(fc.oneof(untied(1, 11), tied(11)), (values) => {
        expect(signedRank(values).p).toBeCloseTo(bruteForce(values), 12);
      }),
    );
  });

  it("is never surprised by zeros alone", () => {
    expect(signedRank([0, 0, 0])).toEqual({ statistic: 0, nonZero: 0, p: 1 });
  });

  it("has 2^-n as its smallest p", () => {
    expect(signedRank([1, 2, 3, 4, 5]).p).toBe(2 ** -5);
  });

  it("knows the critical values of the tables", () => {
    // Hollander, Wolfe and Chicken, table A.4: P(W <= 5) = .0098 and P(W <= 8) = .0244 at n = 10.
    expect(criticalRankSum(10, 0.01)).toBe(5);
    expect(criticalRankSum(10, 0.025)).toBe(8);
    expect(criticalRankSum(5, 0.01)).toBe(-1);
  });
});

describe("the location and its interval", () => {
  it("estimates the median of all pairwise means", () => {
    expect(hodgesLehmann(walshAverages([1, 2, 6]))).toBe((2 + 3.5) / 2);
    expect(hodgesLehmann(walshAverages([3]))).toBe(3);
  });

  it("moves with the values and mirrors with them", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 20 }), (values) => {
        const estimate = hodgesLehmann(walshAverages(values));
        expect(hodgesLehmann(walshAverages(values.map((value) => value + 8)))).toBe(estimate + 8);
        expect(hodgesLehmann(walshAverages(values.map((value) => -value)))).toBeCloseTo(-estimate, 9);
      }),
    );
  });

  it("holds exactly the locations that the test does not reject", () => {
    const alpha = 0.025;
    fc.assert(
      fc.property(untied(6, 20), fc.integer({ min: -100_000, max: 100_000 }), (values, location) => {
        const { lower, upper } = locationInterval(walshAverages(values), values.length, alpha);
        const moved = values.map((value) => value - location);
        const walsh = walshAverages(moved);
        fc.pre(moved.every((value) => value !== 0) && new Set(moved.map(Math.abs)).size === moved.length);
        fc.pre(walsh.every((average) => average !== 0));
        expect(signedRank(moved).p <= alpha).toBe(location < lower);
        expect(signedRank(moved.map((value) => -value)).p <= alpha).toBe(location > upper);
      }),
    );
  });

  it("says nothing of a side for which there are too few values", () => {
    expect(locationInterval(walshAverages([1, 2, 3]), 3, 0.01)).toEqual({
      lower: Number.NEGATIVE_INFINITY,
      upper: Number.POSITIVE_INFINITY,
    });
  });
});

describe("Holm's adjustment", () => {
  it("agrees with an independent implementation", () => {
    const p = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(p, { minLength: 1, maxLength: 10 }), (values) => {
        const oracle = padjust(values, "holm");
        holm(values).forEach((adjusted, at) => {
          expect(adjusted).toBeCloseTo(oracle[at] ?? Number.NaN, 12);
        });
      }),
    );
  });
});
