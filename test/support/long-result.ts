import type { RunResult } from "../../src/result-schema.js";
import { sampleResult } from "./sample-result.js";

/** The sample stretched to some time, with numbers as irregular as measured ones; others for another seed. */
export function longResult(seconds: number, seed: number): RunResult {
  const sample = sampleResult();
  const { series } = sample;
  let state = seed;
  const noise = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const counts = () => Array.from({ length: seconds * 10 }, () => Math.round(90 + 20 * noise()));
  const values = () => Array.from({ length: seconds }, () => Math.round(3e5 * (1 + noise())));
  const latency = () => ({
    count: counts().slice(0, seconds),
    p50: values(),
    p90: values(),
    p99: values(),
    max: values(),
  });
  const atNs = Array.from({ length: seconds * 2 }, (_, i) => i * 5e8);
  return {
    ...sample,
    run: { ...sample.run, durationNs: seconds * 1e9 },
    phases: [{ name: "chaos", startNs: 0, endNs: seconds * 1e9 }],
    series: {
      ...series,
      offered: counts(),
      acked: counts(),
      completed: counts(),
      errors: counts(),
      latency: { publish: latency(), endToEnd: latency() },
      heatmap: {
        bucketsNs: series.heatmap.bucketsNs,
        cells: Array.from({ length: seconds * 8 }, (_, i) => [
          Math.floor(i / 8),
          20 + (i % 8),
          Math.round(200 * noise()) + 1,
        ]),
      },
      backlog: {
        atNs,
        ready: atNs.map(() => Math.round(50 * noise())),
        inFlight: atNs.map(() => Math.round(9 * noise())),
      },
    },
    resources: sample.resources.map((resource) => ({
      ...resource,
      atNs,
      cpuPercent: atNs.map(() => Math.round(300 * noise()) / 10),
      rssBytes: atNs.map(() => Math.round(8e7 * (1 + noise() / 10))),
    })),
  };
}
