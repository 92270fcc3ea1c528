import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { latency } from "../../../src/faults/proxy/effects/latency.js";
import { jitterNumbers } from "../../../src/faults/proxy/jitter.js";
import type { Stage } from "../../../src/faults/proxy/stage.js";
import { data, dial, effect, pattern, startEcho, startPath, startRig, TestPort, testHost, until } from "./support.js";

const place = { side: "producers", connection: 0, fault: "slow#1", direction: "up" } as const;

afterEach(() => {
  vi.useRealTimers();
});

/** A latency stage of the up direction on a port of its own. */
function stageOn(port: TestPort, latencyMs: number, jitterMs: number, random: () => number = () => 0.5): Stage {
  const make = latency.stages[0]?.(
    effect({ latency: latencyMs, jitter: jitterMs }),
    testHost({ random: () => random }),
  ).up;
  if (make === undefined) throw new Error("no stage");
  return make(port);
}

/** Release times of ten chunks that arrive 100 ms apart, from their arrival. */
function delaysWith(random: () => number): number[] {
  const port = new TestPort();
  const stage = stageOn(port, 20, 15, random);
  const arrivals: number[] = [];
  for (let chunk = 0; chunk < 10; chunk++) {
    arrivals.push(performance.now());
    stage.push(data("x"));
    vi.advanceTimersByTime(100);
  }
  return port.items.map(({ atMs }, index) => atMs - (arrivals[index] ?? Number.NaN));
}

describe("latency", () => {
  it("keeps every byte in its place under jitter and any chunking", async () => {
    const echo = await startEcho();
    const { proxy, port } = await startRig(echo.port);
    proxy.inject("slow#1", "all", effect({ latency: 3, jitter: 3 }));
    const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 400 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(chunks, async (sent) => {
        const client = await dial(port);
        for (const chunk of sent) {
          client.socket.write(chunk);
          await new Promise(setImmediate);
        }
        client.socket.end();
        await until(() => client.closed, "close");
        expect(client.received.equals(Buffer.concat(sent))).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it("delays each direction that it names, and no other", async () => {
    const echo = await startEcho();
    const { proxy, port } = await startRig(echo.port);
    const client = await dial(port);
    const roundTripMs = async (text: string): Promise<number> => {
      const startMs = performance.now();
      client.socket.write(text);
      await until(() => client.text.endsWith(text), "answer");
      return performance.now() - startMs;
    };
    await roundTripMs("connected");
    proxy.inject("up#1", "all", effect({ latency: 150, direction: "up" }));
    const oneWayMs = await roundTripMs("one way");
    proxy.inject("down#1", "all", effect({ latency: 200, direction: "down" }));
    const bothWaysMs = await roundTripMs("both ways");
    expect(oneWayMs).toBeGreaterThanOrEqual(150);
    expect(bothWaysMs).toBeGreaterThanOrEqual(350);
    proxy.heal("up#1");
    proxy.heal("down#1");
    // The shortest of several: a machine that stalls once says nothing about the proxy.
    const healedMs: number[] = [];
    for (let trip = 0; trip < 5; trip++) healedMs.push(await roundTripMs(`healed ${trip}`));
    expect(Math.min(...healedMs)).toBeLessThan(150);
  });

  it("does not throttle: a long line holds many chunks", async () => {
    const { proxy, client, broker } = await startPath();
    proxy.inject("slow#1", "all", effect({ latency: 300 }));
    const sent = pattern(8 * 1024 * 1024);
    const startMs = performance.now();
    client.socket.end(sent);
    await until(() => broker.ended, "end");
    const tookMs = performance.now() - startMs;
    expect(broker.received.equals(sent)).toBe(true);
    expect(tookMs).toBeGreaterThanOrEqual(300);
    // 8 MiB are at least 128 reads: one at a time in the line would take 38 s.
    expect(tookMs).toBeLessThan((300 * 128) / 4);
  });

  it("releases what is in the line in order after the heal, ahead of what comes then", async () => {
    const { proxy, client, broker } = await startPath();
    proxy.inject("slow#1", "all", effect({ latency: 100 }));
    client.socket.write("first ");
    await until(() => client.socket.bytesWritten === 6, "write");
    await new Promise((resolve) => setTimeout(resolve, 20));
    proxy.heal("slow#1");
    client.socket.end("second");
    await until(() => broker.ended, "end");
    expect(broker.text).toBe("first second");
  });

  it("keeps its place until the line is empty, then steps aside", () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const port = new TestPort();
    const stage = stageOn(port, 50, 0);
    stage.push(data("a"));
    vi.advanceTimersByTime(30);
    stage.heal();
    stage.push(data("b"));
    expect([port.text, port.isDone]).toEqual(["", false]);
    vi.advanceTimersByTime(21);
    expect([port.text, port.isDone]).toEqual(["ab", true]);
  });

  it("repeats its jitter with the same seed, within its bounds", () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const delays = delaysWith(jitterNumbers(42, place));
    expect(delaysWith(jitterNumbers(42, place))).toEqual(delays);
    expect(delaysWith(jitterNumbers(43, place))).not.toEqual(delays);
    expect(new Set(delays).size).toBeGreaterThan(5);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(5);
    expect(Math.max(...delays)).toBeLessThanOrEqual(36);
  });

  it("is full at 64 MiB", () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const port = new TestPort();
    const stage = stageOn(port, 500, 0);
    const chunk = Buffer.alloc(1024 * 1024);
    for (let count = 0; count < 63; count++) stage.push({ kind: "data", chunk });
    expect(stage.full).toBe(false);
    stage.push({ kind: "data", chunk });
    expect(stage.full).toBe(true);
    vi.advanceTimersByTime(510);
    expect(stage.full).toBe(false);
  });
});

describe("jitterNumbers", () => {
  it("differ by side, connection, fault and direction", () => {
    const places = [
      place,
      { ...place, side: "workers" as const },
      { ...place, connection: 1 },
      { ...place, fault: "slow#2" },
      { ...place, direction: "down" as const },
    ];
    const firsts = places.map((where) => jitterNumbers(42, where)());
    expect(new Set(firsts).size).toBe(places.length);
  });
});
