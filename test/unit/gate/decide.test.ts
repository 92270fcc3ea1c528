import { describe, expect, it } from "vitest";
import { decide, dueLook, earlyLook } from "../../../src/gate/decide.js";
import type { MetricPairs } from "../../../src/gate/estimate.js";
import { pairOrder } from "../../../src/gate/order.js";
import { fewestPairs, neverFails, planLooks } from "../../../src/gate/settings.js";
import { seededRandom } from "../../../src/stats/random.js";
import { METRICS, metricOf, SETTINGS } from "./support.js";

const [FIRST] = SETTINGS.looks;
if (!FIRST) throw new Error("no look");

/** Ten pairs in which the candidate's value is `factor` times the baseline's, give or take a little. */
const pairsOf = (name: string, factor: number, baseline = 10e6, spread = 0.01): MetricPairs => ({
  metric: metricOf(name),
  pairs: Array.from({ length: 10 }, (_, at) => ({
    baseline,
    candidate: baseline * factor * (1 + spread * ((at - 4.5) / 4.5)),
  })),
});
const steady = [pairsOf("endToEnd.tail", 1), pairsOf("goodput", 1, 1000)];

describe("a look at the pairs", () => {
  it("calls a slower candidate a regression", () => {
    const { verdict, metrics } = decide([pairsOf("endToEnd.p50", 1.14), ...steady], FIRST, SETTINGS);
    expect(verdict).toBe("regression");
    expect(metrics.map((each) => each.verdict)).toEqual(["regression", "pass", "pass"]);
    expect(Math.expm1(metrics[0]?.estimate.change ?? 0)).toBeCloseTo(0.14, 2);
    expect(metrics[0]?.pAdjusted).toBeCloseTo(3 * 2 ** -10, 12);
  });

  it("calls less goodput a regression, and more of it an improvement", () => {
    const others = [pairsOf("endToEnd.p50", 1), pairsOf("endToEnd.tail", 1)];
    expect(decide([...others, pairsOf("goodput", 0.9, 1000)], FIRST, SETTINGS).verdict).toBe("regression");
    expect(decide([...others, pairsOf("goodput", 1.1, 1000)], FIRST, SETTINGS).verdict).toBe("improvement");
  });

  it("calls a faster candidate an improvement only when nothing else may be worse", () => {
    const faster = pairsOf("endToEnd.p50", 0.8);
    expect(decide([faster, ...steady], FIRST, SETTINGS).verdict).toBe("improvement");
    const unsure = pairsOf("endToEnd.tail", 1, 10e6, 0.5);
    expect(decide([faster, unsure], FIRST, SETTINGS).verdict).toBe("inconclusive");
    expect(decide([faster, pairsOf("goodput", 0.8, 1000)], FIRST, SETTINGS).verdict).toBe("regression");
  });

  it("passes a change that is sure and too small to count", () => {
    expect(decide([pairsOf("endToEnd.p50", 1.03), ...steady], FIRST, SETTINGS).verdict).toBe("pass");
  });

  it("neither fails nor doubts a latency that changed by less than the floor", () => {
    // +40 % of 0.3 ms are 0.12 ms.
    const { verdict } = decide([pairsOf("endToEnd.p50", 1.4, 300_000), ...steady], FIRST, SETTINGS);
    expect(verdict).toBe("pass");
    const floorless = { ...SETTINGS, floorNs: 0 };
    expect(decide([pairsOf("endToEnd.p50", 1.4, 300_000), ...steady], FIRST, floorless).verdict).toBe("regression");
  });

  it("is inconclusive when the noise hides what would count, and says what it could have found", () => {
    const { verdict, metrics } = decide([pairsOf("endToEnd.p50", 1, 10e6, 0.4)], FIRST, SETTINGS);
    expect(verdict).toBe("inconclusive");
    expect(metrics[0]?.estimate.detectable).toBeGreaterThan(Math.log1p(0.1));
  });

  it("can say nothing of a metric that was never measured", () => {
    const nothing = { metric: metricOf("endToEnd.p50"), pairs: [] };
    expect(decide([nothing, ...steady], FIRST, SETTINGS).verdict).toBe("inconclusive");
  });
});

describe("the looks", () => {
  it("spend 2 % in all, half of it at the first", () => {
    expect(planLooks([10, 20, 30]).map(({ alpha }) => alpha)).toEqual([0.01, 0.005, 0.005]);
    expect(planLooks([15]).map(({ alpha }) => alpha)).toEqual([0.02]);
  });

  it("are due at their pairs, each once", () => {
    expect(dueLook(SETTINGS, 0, 9)).toBeNull();
    expect(dueLook(SETTINGS, 0, 10)).toBe(FIRST);
    expect(dueLook(SETTINGS, 1, 19)).toBeNull();
    expect(dueLook(SETTINGS, 3, 40)).toBeNull();
  });

  it("can be taken early with enough pairs to reject anything", () => {
    expect(earlyLook(SETTINGS, 0, 8, 3)).toBeNull();
    expect(earlyLook(SETTINGS, 0, 9, 3)).toMatchObject({ pairs: 9, alpha: 0.01 });
    expect(fewestPairs(0.01, 3)).toBe(9);
  });

  it("are refused when they could never fail", () => {
    expect(neverFails({ looks: planLooks([4, 6]) }, 3)).toContain("could never fail; 9 pairs are the least");
    expect(neverFails({ looks: planLooks([9]) }, 3)).toBeNull();
    expect(neverFails(SETTINGS, METRICS.length)).toBeNull();
  });
});

describe("the order of the slices", () => {
  it("begins as often with either side, and depends on the seed alone", () => {
    const take = (seed: number) => {
      const next = pairOrder(seededRandom(seed));
      return Array.from({ length: 30 }, () => next().join());
    };
    expect(take(7)).toEqual(take(7));
    expect(take(7)).not.toEqual(take(8));
    expect(take(7).filter((order) => order === "baseline,candidate")).toHaveLength(15);
  });
});
