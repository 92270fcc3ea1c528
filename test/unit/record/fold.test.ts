import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addHistogram, histogramOf, latencyStats, newHistogram, recordNs } from "../../../src/record/histogram.js";
import { SliceHistograms } from "../../../src/record/slices.js";
import { foldOf, planOf, recording } from "../../support/recording.js";

const MS = 1e6;
const id = (sequence: number, producer = 0, incarnation = 0) => ({ producer, incarnation, sequence });

/** A producer that sends `count` messages, 10 ms apart, each acked 1 ms after it was due. */
const steadyProducer = (count: number) =>
  recording({ role: "producer", index: 0, incarnation: 0 }, (pack) => {
    for (let sequence = 0; sequence < count; sequence++) {
      const dueNs = sequence * 10 * MS;
      pack.lease({ firstSequence: sequence, count: 1, atNs: dueNs });
      pack.outcome({
        outcome: "acked",
        level: "broker",
        errorCode: 0,
        sequence,
        dueNs,
        sentNs: dueNs + 0.2 * MS,
        doneNs: dueNs + MS,
      });
    }
  });

describe("fold", () => {
  it("measures every latency from the intended send time", () => {
    const worker = recording({ role: "worker", index: 0, incarnation: 0 }, (pack) => {
      for (let sequence = 0; sequence < 100; sequence++) {
        const dueNs = sequence * 10 * MS;
        pack.started({ ...id(sequence), key: 0, redelivered: false, dueNs, atNs: dueNs + 3 * MS });
        pack.handled("completed", id(sequence), dueNs + 5 * MS);
        pack.settled(id(sequence), dueNs + 3 * MS, dueNs + 6 * MS);
      }
    });
    const fold = foldOf(planOf(1), [steadyProducer(100), worker]);
    const histograms = fold.histograms.get("baseline");
    const p50 = (name: "publishDelay" | "publish" | "publishService" | "endToEnd" | "handle") =>
      (histograms?.[name].getValueAtPercentile(50) ?? 0) / MS;
    expect(p50("publishDelay")).toBeCloseTo(0.2, 2);
    expect(p50("publish")).toBeCloseTo(1, 2);
    expect(p50("publishService")).toBeCloseTo(0.8, 2);
    expect(p50("endToEnd")).toBeCloseTo(3, 2);
    expect(p50("handle")).toBeCloseTo(3, 2);
    expect(fold.delivery({ inspected: true, anonymous: 0 })).toMatchObject({
      sent: 100,
      acked: 100,
      ok: 100,
      lost: 0,
      reordered: 0,
    });
    expect(fold.completed.counts.reduce((sum, count) => sum + count, 0)).toBe(100);
  });

  it("shows a stall as the latencies that the schedule implies, not as a gap", () => {
    // 1000 messages a second apart 1 ms; nothing is delivered between 2 s and 7 s, then all at once.
    const producer = recording({ role: "producer", index: 0, incarnation: 0 }, (pack) => {
      pack.lease({ firstSequence: 0, count: 10_000, atNs: 0 });
    });
    const worker = recording({ role: "worker", index: 0, incarnation: 0 }, (pack) => {
      for (let sequence = 0; sequence < 10_000; sequence++) {
        const dueNs = sequence * MS;
        const stalled = dueNs >= 2000 * MS && dueNs < 7000 * MS;
        pack.started({ ...id(sequence), key: 0, redelivered: false, dueNs, atNs: stalled ? 7000 * MS : dueNs });
      }
    });
    const { histograms } = foldOf(planOf(10), [producer, worker]);
    const stats = latencyStats(histograms.get("baseline")?.endToEnd ?? newHistogram(3));
    expect(stats.max / MS).toBeCloseTo(5000, -1);
    expect(stats.p90 / MS / 4000).toBeCloseTo(1, 2);
    expect(stats.p99 / MS / 4900).toBeCloseTo(1, 2);
  });

  it("tells redelivered from produced twice, by what the broker says", () => {
    const worker = recording({ role: "worker", index: 0, incarnation: 0 }, (pack) => {
      const started = (sequence: number, redelivered: boolean | undefined, atNs: number) =>
        pack.started({ ...id(sequence), key: 0, redelivered, dueNs: 0, atNs });
      started(0, false, 200 * MS);
      started(0, true, 201 * MS);
      started(1, false, 202 * MS);
      started(1, false, 203 * MS);
      started(2, undefined, 204 * MS);
      started(2, undefined, 205 * MS);
      started(2, undefined, 206 * MS);
    });
    const fold = foldOf(planOf(1), [steadyProducer(10), worker]);
    expect(fold.delivery({ inspected: true, anonymous: 0 }).duplicates).toEqual({ redelivered: 3, producedTwice: 1 });
  });

  it("counts phantoms, corrupt payloads and order inversions", () => {
    const worker = recording({ role: "worker", index: 0, incarnation: 0 }, (pack) => {
      const started = (sequence: number, atNs: number) =>
        pack.started({ ...id(sequence), key: 0, redelivered: false, dueNs: 0, atNs });
      started(1, 500 * MS);
      started(0, 501 * MS);
      started(2, 502 * MS);
      started(99, 503 * MS);
      pack.stray("corrupt", 504 * MS);
      pack.stray("foreign", 505 * MS);
    });
    const fold = foldOf(planOf(1), [steadyProducer(10), worker]);
    expect(fold.delivery({ inspected: true, anonymous: 0 })).toMatchObject({ phantom: 2, corrupt: 1, reordered: 1 });
  });

  it("counts the open messages at the injection of a fault", () => {
    const worker = recording({ role: "worker", index: 0, incarnation: 0 }, (pack) => {
      for (let sequence = 0; sequence < 3; sequence++)
        pack.started({ ...id(sequence), key: 0, redelivered: false, dueNs: 0, atNs: 35 * MS + sequence });
      pack.handled("completed", id(0), 36 * MS);
    });
    // By 45 ms five messages (0 to 40 ms) are acked, three of them started, one of those completed.
    const fold = foldOf(planOf(1, [45 * MS]), [steadyProducer(10), worker]);
    fold.delivery({ inspected: true, anonymous: 0 });
    expect([...fold.open.marks]).toEqual([[45 * MS, { undelivered: 2, inFlight: 2 }]]);
  });

  it("gives the same numbers however the records are dealt out to files", () => {
    const event = fc.record({ sequence: fc.nat({ max: 30 }), worker: fc.nat({ max: 3 }), completes: fc.boolean() });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 100 }), (events) => {
        const files = (fileOf: (worker: number) => number) =>
          [0, 1, 2, 3].map((index) =>
            recording({ role: "worker", index, incarnation: 0 }, (pack) => {
              events.forEach(({ sequence, worker, completes }, i) => {
                if (fileOf(worker) !== index) return;
                pack.started({ ...id(sequence), key: 0, redelivered: undefined, dueNs: 0, atNs: 1000 * MS + i * 2 });
                if (completes) pack.handled("completed", id(sequence), 1000 * MS + i * 2 + 1);
              });
            }),
          );
        const delivery = (fileOf: (worker: number) => number) =>
          foldOf(planOf(1), [steadyProducer(20), ...files(fileOf)]).delivery({ inspected: true, anonymous: 0 });
        expect(delivery((worker) => worker)).toEqual(delivery(() => 0));
      }),
    );
  });
});

describe("histogram", () => {
  it("keeps percentiles within 0.1 % of the exact ones, through encoding too", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 3_600_000_000_000 }), { minLength: 1, maxLength: 300 }),
        (values) => {
          const histogram = newHistogram(3);
          for (const value of values) recordNs(histogram, value);
          const sorted = [...values].sort((a, b) => a - b);
          const stats = latencyStats(histogram);
          const exact = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
          expect(Math.abs(stats.p50 / exact(0.5) - 1)).toBeLessThan(0.0011);
          expect(Math.abs(stats.p99 / exact(0.99) - 1)).toBeLessThan(0.0011);
          expect(Math.abs(stats.max / (sorted.at(-1) ?? 1) - 1)).toBeLessThan(0.0011);
          expect(Math.max(stats.min, stats.mean, stats.p50, stats.p9999)).toBeLessThanOrEqual(stats.max);
          expect(latencyStats(histogramOf(stats)).p99).toBe(stats.p99);
        },
      ),
    );
  });

  it("has no percentile above the maximum, in slices and in sums of histograms too", () => {
    // All are in one bucket, whose upper edge lies beyond them.
    const values = [1_048_577_000, 1_048_578_000, 1_048_579_000];
    const slices = new SliceHistograms(1e9);
    const parts = values.map((value) => {
      slices.record(0, value);
      const histogram = newHistogram(3);
      recordNs(histogram, value);
      return latencyStats(histogram);
    });
    const sum = newHistogram(3);
    for (const part of parts) addHistogram(sum, histogramOf(part));
    expect(latencyStats(sum)).toMatchObject({ max: values[2], p999: values[2], p50: values[2] });
    const { p99, max } = slices.series(1);
    expect([p99[0], max[0]]).toEqual([values[2], values[2]]);
  });
});
