import { describe, expect, it } from "vitest";
import { formatBytes } from "../../../src/format.js";
import { formatNs } from "../../../src/result/format.js";

describe("a span of time", () => {
  it.each([
    [0, "0 s"],
    [412_300, "412 µs"],
    [3_141_592, "3.14 ms"],
    [99_960_000, "100 ms"],
    [999_499_999, "999 ms"],
    [999_500_000, "1.00 s"],
    [9_996_000_000, "10.0 s"],
    [Number.POSITIVE_INFINITY, "never"],
  ])("%d ns has three digits: %s", (ns, text) => {
    expect(formatNs(ns)).toBe(text);
  });
});

describe("a size", () => {
  it("has three digits", () => {
    expect([0, 1536, 25_270_000].map(formatBytes)).toEqual(["0.00 B", "1.50 KiB", "24.1 MiB"]);
  });
});
