import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DelayLine } from "../../../src/faults/proxy/delay-line.js";
import { data, TestPort } from "./support.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A line and what came out of it. */
function lineInto(port: TestPort): DelayLine {
  return new DelayLine((item) => port.pass(item));
}

describe("DelayLine", () => {
  it("passes on at once what needs no delay", () => {
    const port = new TestPort();
    lineInto(port).add(data("a"), 0);
    expect(port.text).toBe("a");
  });

  it("keeps the order, is never early, and adds at most two milliseconds", () => {
    const delays = fc.array(fc.record({ gapMs: fc.nat(20), delayMs: fc.nat(50) }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(delays, (steps) => {
        const port = new TestPort();
        const line = lineInto(port);
        let dueMs = 0;
        const due = steps.map(({ gapMs, delayMs }, index) => {
          vi.advanceTimersByTime(gapMs);
          line.add(data(`${index} `), delayMs);
          dueMs = Math.max(dueMs, performance.now() + delayMs);
          return dueMs;
        });
        vi.advanceTimersByTime(100);
        expect(port.text).toBe(steps.map((_, index) => `${index} `).join(""));
        for (const [index, { atMs }] of port.items.entries()) {
          expect(atMs).toBeGreaterThanOrEqual(due[index] ?? Number.NaN);
          expect(atMs).toBeLessThanOrEqual((due[index] ?? Number.NaN) + 2);
        }
        expect([line.empty, line.heldBytes]).toEqual([true, 0]);
      }),
    );
  });

  it("releases everything in order at a flush", () => {
    const port = new TestPort();
    const line = lineInto(port);
    for (const text of ["a", "b", "c"]) line.add(data(text), 1_000);
    line.flush();
    expect(port.text).toBe("abc");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("drops everything, the timer too, when cleared", () => {
    const port = new TestPort();
    const line = lineInto(port);
    line.add(data("a"), 10);
    line.clear();
    expect(vi.getTimerCount()).toBe(0);
    expect([line.empty, line.heldBytes, port.text]).toEqual([true, 0, ""]);
  });
});
