import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attributesOf } from "../../../src/load/attributes.js";
import type { Keys } from "../../../src/scenario/scenario.js";

const of = (keys: Keys | null, more: Partial<Parameters<typeof attributesOf>[0]> = {}) =>
  attributesOf({ keys, priorities: null, seed: 7, producers: 1, producer: 0, ...more });

/** How often each of `count` keys comes in `total` messages. */
function shares(keys: Keys, total: number): number[] {
  const counts = new Array<number>(keys.count).fill(0);
  const attributes = of(keys);
  for (let index = 0; index < total; index++) {
    const { key = -1 } = attributes(index);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts.map((count) => count / total);
}

describe("keys", () => {
  it("are those that there are, and the same each time", () => {
    const keys: fc.Arbitrary<Keys> = fc.oneof(
      fc.record({ count: fc.integer({ min: 1, max: 500 }), distribution: fc.constant("round-robin" as const) }),
      fc.record({ count: fc.integer({ min: 1, max: 500 }), distribution: fc.constant("uniform" as const) }),
      fc.record({
        count: fc.integer({ min: 1, max: 500 }),
        distribution: fc.constant("zipf" as const),
        exponent: fc.double({ min: 0.1, max: 3, noNaN: true }),
      }),
    );
    fc.assert(
      fc.property(keys, fc.nat({ max: 2 ** 31 }), fc.integer(), (any, index, seed) => {
        const { key } = of(any, { seed })(index);
        expect(key).toBeGreaterThanOrEqual(0);
        expect(key).toBeLessThan(any.count);
        expect(of(any, { seed })(index)).toEqual({ key });
      }),
    );
  });

  it("in turn go round over all producers", () => {
    const keys = { count: 4, distribution: "round-robin" as const };
    const [a, b] = [0, 1].map((producer) => of(keys, { producers: 2, producer }));
    const dealt = Array.from({ length: 6 }, (_, i) => [a?.(i).key, b?.(i).key]).flat();
    expect(dealt).toEqual([0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]);
  });

  it("at random are all alike", () => {
    for (const share of shares({ count: 20, distribution: "uniform" }, 100_000)) {
      // Four standard deviations.
      expect(Math.abs(share - 0.05)).toBeLessThan(0.0028);
    }
  });

  it("of zipf fall off with their rank as the exponent says", () => {
    const exponent = 1.2;
    const measured = shares({ count: 100, distribution: "zipf", exponent }, 200_000);
    const sum = Array.from({ length: 100 }, (_, key) => (key + 1) ** -exponent).reduce((a, b) => a + b, 0);
    for (const key of [0, 1, 2, 9, 49]) {
      const wanted = (key + 1) ** -exponent / sum;
      expect(Math.abs((measured[key] ?? 0) - wanted)).toBeLessThan(4 * Math.sqrt(wanted / 200_000) + 0.0005);
    }
  });
});

describe("priorities", () => {
  it("come as often as their weights say, whatever the key", () => {
    const priorities = [
      { priority: 1, weight: 9 },
      { priority: 5, weight: 3 },
    ];
    const attributes = of({ count: 2, distribution: "uniform" }, { priorities });
    const counts = new Map<string, number>();
    for (let index = 0; index < 40_000; index++) {
      const { key, priority } = attributes(index);
      counts.set(`${key}:${priority}`, (counts.get(`${key}:${priority}`) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(["0:1", "0:5", "1:1", "1:5"]);
    for (const key of [0, 1]) expect(Math.abs((counts.get(`${key}:5`) ?? 0) / 5000 - 1)).toBeLessThan(0.06);
  });

  it("are none where the scenario has none", () => {
    expect(of(null)(5)).toEqual({});
  });
});
