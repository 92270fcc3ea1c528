import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { payloadMaker } from "../../../src/load/payload.js";
import { HEADER_BYTES, openPayload, sealPayload } from "../../../src/payload-header.js";
import type { PayloadPart } from "../../../src/scenario/scenario.js";
import { bytes } from "../../../src/units.js";

const noFile = (file: string): Buffer => {
  throw new Error(`no file ${file}`);
};
const maker = (payload: Parameters<typeof payloadMaker>[0]["payload"], seed = 1) =>
  payloadMaker({ payload, seed }, noFile);
const sized = (size: number, more: Partial<Extract<PayloadPart, { size: unknown }>> = {}) => ({
  size: bytes(size),
  entropy: "random" as const,
  weight: 1,
  ...more,
});

/** What deflate makes of a payload without its header, as a share of it. */
function compressed(payload: Buffer): number {
  return deflateSync(payload.subarray(HEADER_BYTES)).length / (payload.length - HEADER_BYTES);
}

describe("payloads", () => {
  const part = fc.record({
    size: fc.integer({ min: HEADER_BYTES, max: 5000 }).map(bytes),
    entropy: fc.oneof(fc.constantFrom("random" as const, "text" as const, "zero" as const), fc.constant(0.4)),
    weight: fc.integer({ min: 1, max: 9 }),
  });

  it("are the same for the same seed and message, and carry header and CRC", () => {
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 3 }),
        fc.nat({ max: 1e9 }),
        fc.integer(),
        (mix, index, seed) => {
          const payload = maker(mix, seed)(index);
          expect(maker(mix, seed)(index)).toEqual(payload);
          expect(mix.map(({ size }) => size)).toContain(payload.length);
          const header = { producer: 1, incarnation: 2, sequence: 3, dueNs: 4, key: 5 };
          sealPayload(payload, 9, header);
          expect(openPayload(payload, 9)).toEqual(header);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("differ from message to message and from seed to seed, and are each their own", () => {
    const make = maker(bytes(256));
    expect(make(0)).not.toEqual(make(1));
    expect(make(0)).not.toEqual(maker(bytes(256), 2)(0));
    const first = make(0);
    first.fill(0);
    expect(make(0)).not.toEqual(first);
  });

  it("have their sizes as often as the weights say", () => {
    const make = maker([sized(100, { weight: 9 }), sized(200, { weight: 1 })]);
    const large = Array.from({ length: 20_000 }, (_, index) => make(index).length).filter((length) => length === 200);
    expect(Math.abs(large.length / 2000 - 1)).toBeLessThan(0.1);
  });

  it("compress as their entropy says", () => {
    const of = (entropy: "random" | "text" | "zero" | number) => compressed(maker([sized(32_768, { entropy })])(0));
    expect(of("random")).toBeGreaterThan(0.99);
    expect(of("zero")).toBeLessThan(0.01);
    expect(of("text")).toBeGreaterThan(0.25);
    expect(of("text")).toBeLessThan(0.5);
    for (const share of [0.25, 0.5, 0.75]) expect(Math.abs(of(share) - share)).toBeLessThan(0.06);
  });

  it("leave a compressor of whole batches nothing to find when they are random", () => {
    const make = maker(bytes(1024));
    const batch = Buffer.concat(Array.from({ length: 16 }, (_, index) => make(index).subarray(HEADER_BYTES)));
    expect(deflateSync(batch).length / batch.length).toBeGreaterThan(0.99);
  });

  it("are a file as it is, behind the header", () => {
    const make = payloadMaker({ payload: [{ file: "/f", weight: 1 }], seed: 1 }, (file) =>
      Buffer.from(`content of ${file}`),
    );
    expect(make(3).subarray(HEADER_BYTES).toString()).toBe("content of /f");
  });
});
