import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { bandwidth } from "../../../src/faults/proxy/effects/bandwidth.js";
import type { Stage } from "../../../src/faults/proxy/stage.js";
import { effect, pattern, startPath, TestPort, testHost, until } from "./support.js";

afterEach(() => {
  vi.useRealTimers();
});

/** A bandwidth stage of the up direction on a port of its own, under fake time. */
function stageOn(port: TestPort, bytesPerSecond: number): Stage {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  const make = bandwidth.stages[0]?.(effect({ bandwidth: bytesPerSecond }), testHost()).up;
  if (make === undefined) throw new Error("no stage");
  return make(port);
}

describe("bandwidth", () => {
  it("lets through the rate, whatever the rate and the chunks, and every byte in order", () => {
    const rates = fc.integer({ min: 10, max: 50_000_000 });
    const sizes = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(rates, sizes, (bytesPerSecond, chunkBytes) => {
        const port = new TestPort();
        const stage = stageOn(port, bytesPerSecond);
        const chunks = chunkBytes.map((bytes) => pattern(bytes));
        const sent = Buffer.concat(chunks);
        for (const chunk of chunks) stage.push({ kind: "data", chunk });
        stage.push({ kind: "end" });
        const wholeMs = (sent.length / bytesPerSecond) * 1000;
        vi.advanceTimersByTime(wholeMs / 2);
        expect(port.dataBytes).toBeLessThanOrEqual(sent.length / 2 + 1);
        vi.advanceTimersByTime(wholeMs / 2 + 20);
        const passed = port.items.map(({ item }) => (item.kind === "data" ? item.chunk : Buffer.alloc(0)));
        expect(Buffer.concat(passed).equals(sent)).toBe(true);
        expect(port.items.at(-1)?.item.kind).toBe("end");
        vi.useRealTimers();
      }),
      { numRuns: 60 },
    );
  });

  it("saves up little while nothing is sent", () => {
    const port = new TestPort();
    const stage = stageOn(port, 1_000);
    vi.advanceTimersByTime(60_000);
    stage.push({ kind: "data", chunk: pattern(1_000) });
    expect(port.dataBytes).toBeLessThanOrEqual(55);
  });

  it("says that the last byte of a chunk was written, once", () => {
    const port = new TestPort();
    const stage = stageOn(port, 1_000);
    let written = 0;
    stage.push({ kind: "data", chunk: pattern(100), written: () => written++ });
    vi.advanceTimersByTime(200);
    for (const { item } of port.items) if (item.kind === "data") item.written?.();
    expect([port.dataBytes, written]).toEqual([100, 1]);
  });

  it("is full beyond 64 KiB, and passes everything on at the heal", () => {
    const port = new TestPort();
    const stage = stageOn(port, 1_000);
    stage.push({ kind: "data", chunk: pattern(64 * 1024) });
    expect(stage.full).toBe(false);
    stage.push({ kind: "data", chunk: pattern(1) });
    expect(stage.full).toBe(true);
    stage.heal();
    expect([port.dataBytes, port.isDone, stage.full]).toEqual([64 * 1024 + 1, true, false]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("slows a connection to about the rate, holds the sender back, and heals", async () => {
    const { proxy, client, broker } = await startPath();
    const sent = pattern(64 * 1024 * 1024);
    // Before the limit is there, and its bucket is empty then: so no stall can make this too short.
    const startMs = performance.now();
    proxy.inject("thin#1", "all", effect({ bandwidth: 400_000, direction: "up" }));
    client.socket.end(sent);
    await until(() => broker.bytes >= 200_000, "half a second's worth");
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(500);
    expect(client.socket.writableLength).toBeGreaterThan(0);
    proxy.heal("thin#1");
    await until(() => broker.ended, "end");
    expect(broker.received.equals(sent)).toBe(true);
  });
});
