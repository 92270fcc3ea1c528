import { describe, expect, it } from "vitest";
import { conclude, type GateContext } from "../../../src/gate/conclude.js";
import { gateSchema } from "../../../src/gate/schema.js";
import type { Slice } from "../../../src/gate/slice.js";
import { GateState } from "../../../src/gate/state.js";
import { METRICS, SETTINGS, sliceOf } from "./support.js";

const SYSTEM = { name: "sample", file: "s.yaml", overlays: [], driver: "memory", host: "local", brokerVersion: null };
const CONTEXT: GateContext = {
  name: "sample",
  startedAt: "2026-11-25T08:00:00.000Z",
  durationSeconds: 600,
  interrupted: false,
  baseline: SYSTEM,
  candidate: SYSTEM,
  differences: [],
  environment: { havoqVersion: "0.1.0", nodeVersion: "v20", kernel: "6", cpuModel: "cpu", cores: 2 },
  thresholds: [],
  stored: null,
  cutShort: null,
};

/** Values of a slice of a system that is `factor` times slower, with some noise that depends on the pair. */
const valuesOf = (factor: number, pair: number) => {
  const noise = 1 + 0.001 * ((pair * 7) % 5);
  return { "endToEnd.p50": 10e6 * factor * noise, "endToEnd.tail": 30e6 * factor * noise, goodput: 1000 };
};

/** A state after `pairs` pairs, its looks taken as they came due. */
function stateOf(pairs: number, factor: number, over: (pair: number) => Partial<Slice> = () => ({})): GateState {
  const state = new GateState(SETTINGS, METRICS);
  for (let pair = 1; pair <= pairs; pair++) {
    state.add(sliceOf("baseline", pair, valuesOf(1, pair)));
    state.add(sliceOf("candidate", pair, valuesOf(factor, pair + 2), over(pair)));
    if (state.takeDueLook()) break;
  }
  return state;
}

describe("the conclusion of a gate", () => {
  it("names the metric, its change, the interval, the floor and the pairs", () => {
    const result = conclude(stateOf(30, 1.14), CONTEXT);
    expect(gateSchema.parse(result)).toEqual(result);
    expect(result.verdict).toBe("regression");
    expect(result.pairs).toBe(10);
    expect(result.reasons[0]).toMatch(/^p50 of end-to-end \+14 % \[\+14, \+14\], floor 0.2 ms, 10 pairs$/);
  });

  it("passes the same on both sides at the first look", () => {
    const result = conclude(stateOf(30, 1), CONTEXT);
    expect(result).toMatchObject({ verdict: "pass", pairs: 10, looksTaken: 1 });
  });

  it("fails a candidate that loses messages at once, however fast it is", () => {
    const delivery = { sent: 1000, acked: 1000, lost: 3, phantom: 0, corrupt: 0, stuck: 0, unseen: 0, duplicates: 0 };
    const result = conclude(
      stateOf(30, 0.5, () => ({ delivery })),
      CONTEXT,
    );
    expect(result.verdict).toBe("regression");
    expect(result.pairs).toBe(1);
    expect(result.reasons).toEqual(["the candidate has 3 lost of 1,000 acked messages, the baseline none"]);
  });

  it("leaves it to the scenario how many may be lost, if that says so", () => {
    const delivery = { sent: 1000, acked: 1000, lost: 3, phantom: 0, corrupt: 0, stuck: 0, unseen: 0, duplicates: 0 };
    const tolerant = (passed: boolean) => () => ({
      delivery,
      expectations: [{ metric: "lost", expression: "<= 1%", passed, counts: true, text: "lost 3 <= 10 (<= 1%)" }],
    });
    expect(conclude(stateOf(30, 1, tolerant(true)), CONTEXT).verdict).toBe("pass");
    const failed = conclude(stateOf(30, 1, tolerant(false)), CONTEXT);
    expect(failed.verdict).toBe("regression");
    expect(failed.reasons).toEqual(["the candidate in pair 1: lost 3 <= 10 (<= 1%)"]);
  });

  it("is inconclusive when havoq was the bottleneck, and says so", () => {
    const limited = () => ({ generatorLimited: true, notes: ["messages left havoq 80 ms late"] });
    const result = conclude(stateOf(30, 1.5, limited), CONTEXT);
    expect(result.verdict).toBe("inconclusive");
    expect(result.reasons).toEqual([
      "havoq was the bottleneck in 10 of 10 slices of the candidate: messages left havoq 80 ms late",
    ]);
  });

  it("is inconclusive when a slice proves nothing, and puts none of its losses down to the candidate", () => {
    const delivery = { sent: 1000, acked: 1000, lost: 500, phantom: 0, corrupt: 0, stuck: 0, unseen: 0, duplicates: 0 };
    const killed = (pair: number) =>
      pair === 4 ? { delivery, unproven: "something else broke the broker: at 3.00 s redis ended" } : {};
    const result = conclude(stateOf(30, 1, killed), CONTEXT);
    expect(result.verdict).toBe("inconclusive");
    expect(result.reasons).toEqual([
      "pair 4 of the candidate proves nothing: something else broke the broker: at 3.00 s redis ended",
    ]);
  });

  it("is inconclusive when what became of messages can't be told, unless the scenario says how many may be", () => {
    const delivery = { sent: 1000, acked: 1000, lost: 0, phantom: 0, corrupt: 0, stuck: 0, unseen: 9, duplicates: 0 };
    const unseen = conclude(
      stateOf(30, 1, () => ({ delivery })),
      CONTEXT,
    );
    expect(unseen.verdict).toBe("inconclusive");
    expect(unseen.reasons[0]).toBe("what became of 9 messages in pair 1 of the candidate can't be told");
    const asked = { metric: "unseen", expression: "<= 1%", passed: true, counts: true, text: "unseen 9 <= 10" };
    const told = conclude(
      stateOf(30, 1, () => ({ delivery, expectations: [asked] })),
      CONTEXT,
    );
    expect(told.verdict).toBe("pass");
  });

  it("excuses a few slices in which it was", () => {
    const limited = (pair: number) => ({ generatorLimited: pair % 5 === 0 });
    expect(conclude(stateOf(30, 1, limited), CONTEXT).verdict).toBe("pass");
  });

  it("fails a threshold that does not hold, and says by how much", () => {
    const text = "endToEnd p(99) 240 ms is not < 200 ms";
    const thresholds = [{ metric: "endToEnd", expression: "p(99)<200ms", passed: false, counts: false, text }];
    const result = conclude(stateOf(30, 1), { ...CONTEXT, thresholds });
    expect(result.verdict).toBe("regression");
    expect(result.reasons[0]).toBe(`threshold: ${text}`);
  });

  it("holds expectations on times against more than half of the slices", () => {
    const slow = (share: number) => (pair: number) => ({
      expectations: [
        { metric: "endToEnd.p99", expression: "<= 5ms", passed: pair > share * 10, counts: false, text: "slow" },
      ],
    });
    expect(conclude(stateOf(30, 1, slow(0.3)), CONTEXT).verdict).toBe("pass");
    const failed = conclude(stateOf(30, 1, slow(0.6)), CONTEXT);
    expect(failed.verdict).toBe("regression");
    expect(failed.reasons[0]).toBe("expectation: slow (failed in 6 of 10 slices)");
  });

  it("ends early with what there is, and says why it ended", () => {
    const state = stateOf(9, 1.2);
    expect(state.decision).toBeNull();
    state.takeEarlyLook();
    expect(conclude(state, { ...CONTEXT, cutShort: "the time was up after 9 pairs" }).verdict).toBe("regression");
    const few = stateOf(4, 1.2);
    few.takeEarlyLook();
    const result = conclude(few, { ...CONTEXT, cutShort: "interrupted", interrupted: true });
    expect(result.verdict).toBe("inconclusive");
    expect(result.reasons).toEqual(["interrupted", "too few pairs to decide anything"]);
    expect(result.metrics).toHaveLength(3);
  });

  it("can be drawn before the first pair is complete", () => {
    const result = conclude(new GateState(SETTINGS, METRICS), { ...CONTEXT, cutShort: "interrupted" });
    expect(gateSchema.parse(result).metrics).toEqual([]);
  });
});
