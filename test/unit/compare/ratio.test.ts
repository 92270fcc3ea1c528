import { describe, expect, it } from "vitest";
import { type RatioAnswer, type RatioQuestion, tellApart } from "../../../src/compare/ratio.js";
import { comparison, METRICS, NOISE } from "./noise.js";

const REPETITIONS = 2000;
const told = (answers: readonly RatioAnswer[]) => answers.filter((answer) => answer.told !== "~");
const p50 = METRICS.findIndex(({ id }) => id === "endToEnd.p50@baseline");

describe("two equal targets", () => {
  it.each([
    ["quiet", 0.01],
    ["shared", 0.01],
    ["bad", 0.05],
  ] as const)("are told apart on any of the metrics in hardly a comparison (%s machine)", (machine, most) => {
    for (const runs of [3, 5, 10]) {
      const all = Array.from({ length: REPETITIONS }, (_, seed) => comparison({ seed, runs, noise: NOISE[machine] }));
      const wrong = all.filter((questions) => told(tellApart(questions)).length > 0).length / REPETITIONS;
      expect(wrong, `${runs} runs`).toBeLessThanOrEqual(most);
    }
  });

  it("say ~ on every metric in at least 19 of 20 comparisons of 5 runs, a hundred times over", () => {
    for (let series = 0; series < 100; series++) {
      const twenty = Array.from({ length: 20 }, (_, at) =>
        tellApart(comparison({ seed: 100_000 + series * 20 + at, runs: 5, noise: NOISE.shared })),
      );
      expect(twenty.filter((answers) => told(answers).length === 0).length).toBeGreaterThanOrEqual(19);
    }
  });
});

describe("a target that is 2 ms slower", () => {
  it.each([
    [3, 2e6, 0.95],
    [5, 2e6, 0.99],
    [5, 5e6, 0.9],
    [10, 1e7, 0.8],
  ])("is told apart in %i runs where %d ns are usual", (runs, baseNs, least) => {
    const all = Array.from({ length: 500 }, (_, seed) =>
      tellApart(comparison({ seed, runs, noise: NOISE.shared, slowerNs: 2e6, baseNs })),
    );
    expect(all.filter((answers) => answers[p50]?.told === "worse").length / all.length).toBeGreaterThanOrEqual(least);
  });
});

describe("one metric", () => {
  const ask = (pairs: RatioQuestion["pairs"], about: Partial<RatioQuestion> = {}) =>
    tellApart([{ usualSd: 0.08, floor: 2e5, step: 0, better: "lower", pairs, ...about }])[0];

  it("is judged by its direction", () => {
    const pairs = [1, 2, 3].map(() => [1e6, 3e6] as const);
    expect(ask(pairs)?.told).toBe("worse");
    expect(ask(pairs, { better: "higher" })?.told).toBe("better");
    expect(ask(pairs)?.ratio).toBeCloseTo(3);
  });

  it("is not told apart below the smallest effect, or the absolute floor, or with fewer than three pairs", () => {
    const small = Array.from({ length: 10 }, () => [1e7, 1.04e7] as const);
    expect(ask(small, { usualSd: 0.001 })).toMatchObject({ told: "~", why: "less than 5 %" });
    const tiny = Array.from({ length: 5 }, () => [1e4, 1e5] as const);
    expect(ask(tiny)).toMatchObject({ told: "~", why: "too small to matter" });
    expect(ask(tiny.slice(0, 2))).toMatchObject({ told: "~", why: "fewer than 3 pairs of runs" });
    expect(ask([])).toMatchObject({ told: "~", why: "nothing was measured" });
  });

  it("shows the interval by which it was decided: 1 outside of it where it is told apart, inside where it is not", () => {
    for (let seed = 0; seed < 300; seed++) {
      for (const answer of tellApart(comparison({ seed, runs: 4, noise: NOISE.bad, slowerNs: (seed % 5) * 1e6 }))) {
        const outside = (answer.low ?? 0) > 1 || (answer.high ?? 2) < 1;
        if (answer.told !== "~") expect(outside).toBe(true);
        if (answer.why === "within the noise") expect(outside).toBe(false);
      }
    }
  });

  it("never ends: told apart only where all runs of one and none of the other do", () => {
    const never = Number.POSITIVE_INFINITY;
    expect(
      ask([
        [1e9, never],
        [1e9, never],
        [1e9, never],
      ]),
    ).toMatchObject({ told: "worse", ratio: null });
    expect(
      ask([
        [never, 1e9],
        [never, 1e9],
        [never, 1e9],
      ]),
    ).toMatchObject({ told: "better" });
    expect(
      ask([
        [1e9, never],
        [1e9, 1e9],
        [1e9, 1e9],
        [1e9, 1e9],
        [1e9, 1e9],
      ]),
    ).toMatchObject({ told: "~" });
    expect(
      ask([
        [never, never],
        [never, never],
        [never, never],
      ]),
    ).toMatchObject({ told: "~" });
  });

  it("may be 0 on one side: a step of the clock is added to both", () => {
    const answer = ask(
      [
        [0, 5e9],
        [0, 6e9],
        [0, 5e9],
      ],
      { step: 1e8, usualSd: 0.25, floor: 5e8 },
    );
    expect(answer?.told).toBe("worse");
  });

  it("has no ratio where a run has no value: the medians are of other runs", () => {
    const pairs = [
      [6.5e9, 4.7e9],
      [3e9, null],
      [4e9, 6e9],
      [5e9, 8e9],
    ] as const;
    expect(ask(pairs)).toMatchObject({ ratio: null, low: null, high: null, told: "~", why: "some runs have no value" });
    const never = [
      [6.5e9, 4.7e9],
      [3e9, Number.POSITIVE_INFINITY],
      [4e9, 6e9],
    ] as const;
    expect(ask(never)).toMatchObject({ ratio: null, told: "~", why: "some runs ended before it did" });
  });
});
