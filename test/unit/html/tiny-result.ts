import { latencyStats, newHistogram, recordNs } from "../../../src/record/histogram.js";
import type { RunResult } from "../../../src/result-schema.js";
import { sampleResult } from "../../support/sample-result.js";

/** A result of 20 messages in two seconds, small enough to read its page. */
export function tinyResult(): RunResult {
  const sample = sampleResult();
  const histogram = newHistogram(3);
  for (let i = 1; i <= 20; i++) recordNs(histogram, i * 1e6);
  const stats = latencyStats(histogram);
  const latency = { whole: stats, phases: { baseline: stats } };
  const series = { count: [10, 10], p50: [5e6, 15e6], p90: [9e6, 19e6], p99: [10e6, 20e6], max: [10e6, 20e6] };
  return {
    ...sample,
    scenario: { name: "tiny", expect: [] },
    phases: [{ name: "baseline", startNs: 0, endNs: 2e9 }],
    run: { ...sample.run, durationNs: 2e9 },
    delivery: {
      ...sample.delivery,
      sent: 20,
      acked: 20,
      rejected: 0,
      indeterminate: 0,
      ok: 19,
      stuck: 0,
      lost: 1,
      lostInHandler: 1,
      lostBeforeHandler: 0,
      recovered: 0,
      void: 0,
      reordered: 0,
      duplicates: { redelivered: 0, producedTwice: 0 },
    },
    ackLevels: { broker: 20 },
    latency: { publishDelay: latency, publish: latency, publishService: latency, endToEnd: latency, handle: latency },
    throughput: { offeredPerSecond: 10, ackedPerSecond: 10, goodputPerSecond: 9.5 },
    workers: { started: 20, completed: 19, failed: 0, utilization: 0.01 },
    series: {
      countSliceNs: 1e9,
      offered: [10, 10],
      sent: [10, 10],
      acked: [10, 10],
      delivered: [10, 10],
      completed: [10, 9],
      errors: [0, 1],
      latencySliceNs: 1e9,
      latency: { publish: series, endToEnd: series },
      heatmap: {
        bucketsNs: [0, 8e6, 16e6],
        cells: [
          [0, 0, 10],
          [1, 1, 6],
          [1, 2, 4],
        ],
      },
      backlog: { atNs: [0, 1e9], ready: [0, 3], inFlight: [1, null] },
    },
    resources: [
      {
        name: "broker",
        role: "broker",
        atNs: [0, 1e9],
        cpuPercent: [5, 10],
        rssBytes: [2 ** 20, 2 ** 21],
        cpuSecondsTotal: 0.2,
        io: null,
      },
    ],
    faults: sample.faults.slice(0, 1).map((fault) => ({ ...fault, requestedNs: 1e9, confirmedNs: 1.0004e9 })),
    errors: [{ text: "socket <closed>", count: 1, firstNs: 1.2e9, role: "worker" }],
    expectations: [{ metric: "lost", expression: "== 0", actual: 1, passed: false, text: "lost 1 is not == 0" }],
  };
}
