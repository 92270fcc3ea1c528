import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatBandwidth,
  formatBytes,
  formatDuration,
  formatRate,
  formatShare,
  readBandwidth,
  readDuration,
  readRate,
  readShare,
  readSize,
} from "../../../src/input/units-text.js";
import { bytes, ms, perSecond } from "../../../src/units.js";

const value = (read: (input: unknown) => { ok: boolean }, input: unknown) => {
  const result = read(input) as { ok: boolean; value?: number };
  return result.ok ? result.value : undefined;
};

describe("quantities", () => {
  it.each([
    ["250us", 0.25],
    ["0.7us", 0.0007],
    ["5ms", 5],
    ["2 s", 2000],
    ["1.5min", 90_000],
    ["1h", 3_600_000],
    ["0ms", 0],
  ])("reads the duration %s in milliseconds", (text, expected) => {
    expect(value(readDuration, text)).toBe(expected);
  });

  it.each([
    ["500/s", 500],
    ["30000/min", 500],
    ["2k/s", 2000],
    ["1.5M/s", 1_500_000],
    ["3600/h", 1],
  ])("reads the rate %s per second", (text, expected) => {
    expect(value(readRate, text)).toBe(expected);
  });

  it.each([
    ["512B", 512],
    ["1KiB", 1024],
    ["10KB", 10_000],
    ["1.005KB", 1005],
    ["1MiB", 1_048_576],
  ])("reads the size %s in bytes", (text, expected) => {
    expect(value(readSize, text)).toBe(expected);
  });

  it("reads a bandwidth in bytes per second", () => {
    expect(value(readBandwidth, "1MiB/s")).toBe(1_048_576);
  });

  it.each([
    ["1%", 0.01],
    ["0.7%", 0.007],
    ["100%", 1],
    [0.5, 0.5],
  ])("reads the share %s", (input, expected) => {
    expect(value(readShare, input)).toBe(expected);
  });

  it.each([
    [readDuration, 5],
    [readDuration, "5"],
    [readDuration, "5sec"],
    [readDuration, "-5ms"],
    [readDuration, "1e999s"],
    [readDuration, "toString"],
    [readDuration, null],
    [readRate, "0/s"],
    [readRate, 500],
    [readSize, "0.3B"],
    [readSize, "0B"],
    [readBandwidth, "1MiB"],
    [readShare, "101%"],
    [readShare, 5],
    [readShare, "0.01"],
    [readShare, -0.1],
  ])("refuses a value without its unit, out of range or of another kind (case %#)", (read, input) => {
    expect(read(input).ok).toBe(false);
  });

  it("hints at the unit that a bare number may have meant", () => {
    expect(readRate(500)).toEqual({
      ok: false,
      message: 'expected a rate such as "500/s", got 500',
      hint: "write the unit; a bare 500 could mean per second or per minute",
    });
    expect(readDuration("5sec")).toMatchObject({ hint: "units: us, ms, s, min, h" });
    expect(readShare(5)).toMatchObject({ hint: "write 5%" });
  });

  it.each([
    [readRate, ".5/s", "write 0.5/s"],
    [readRate, "+5/s", "write 5/s"],
    [readDuration, "5.s", "write 5s"],
    [readDuration, "+.5ms", "write 0.5ms"],
    [readSize, "+1KiB", "write 1KiB"],
  ])("shows how a number is written (case %#)", (read, input, hint) => {
    expect(read(input)).toMatchObject({ ok: false, hint });
  });
});

describe("formatting", () => {
  it.each([
    [0, "0ms"],
    [0.25, "250us"],
    [250, "250ms"],
    [1500, "1.5s"],
    [60_000, "1min"],
    [90_000, "90s"],
    [3_600_000, "1h"],
  ])("writes %d ms as %s", (duration, text) => {
    expect(formatDuration(ms(duration))).toBe(text);
  });

  it("writes sizes in the unit that needs the fewest digits", () => {
    expect([1024, 1536, 10_000, 512].map((size) => formatBytes(bytes(size)))).toEqual([
      "1KiB",
      "1.5KiB",
      "10KB",
      "512B",
    ]);
  });

  it("rounds to significant digits where asked", () => {
    expect(formatDuration(ms(1234.5678), 3)).toBe("1.23s");
    expect(formatRate(perSecond(1999.7), 3)).toBe("2000/s");
    expect(formatBytes(bytes(10_000), 3)).toBe("9.77KiB");
    expect(formatShare(0.012345, 2)).toBe("1.2%");
  });

  const positive = fc.double({ min: 1e-9, max: 1e8, noNaN: true });

  it("writes every duration, rate and bandwidth so that it reads back exactly", () => {
    fc.assert(
      fc.property(positive, (number) => {
        expect(value(readDuration, formatDuration(ms(number)))).toBe(number);
        expect(value(readRate, formatRate(perSecond(number)))).toBe(number);
        expect(value(readBandwidth, formatBandwidth(perSecond(number)))).toBe(number);
      }),
    );
  });

  it("writes every size so that it reads back exactly", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 45 }), (number) => {
        expect(value(readSize, formatBytes(bytes(number)))).toBe(number);
      }),
    );
  });

  it("writes every share so that it reads back exactly", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
        expect(value(readShare, formatShare(share))).toBe(share === 0 ? 0 : share);
      }),
    );
  });
});
