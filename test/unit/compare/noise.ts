/** Machines as noise: what the same target shows from run to run, in logarithms. */
import { metricsOf } from "../../../src/compare/metrics.js";
import type { RatioQuestion } from "../../../src/compare/ratio.js";
import { seededRandom } from "../../../src/stats/random.js";
import { sampleResult } from "../../support/sample-result.js";

/** The metrics of a scenario with three faults. */
export const METRICS = metricsOf([sampleResult()]);

/** How a machine disturbs runs; SDs of the logarithm. */
export interface Noise {
  readonly runSd: number;
  readonly tailSd: number;
  /** Of all runs of a comparison together, which pairs cancel. */
  readonly jobSd: number;
  /** From the first run to the last. */
  readonly drift: number;
  /** Of the second run of a round against the first. */
  readonly slot: number;
  /** Share of the runs that a neighbour hits, and by how much. */
  readonly hits: number;
  readonly hit: readonly [from: number, to: number];
}

/** The models of the gate: a quiet machine, a shared one, a bad one. */
export const NOISE = {
  quiet: { runSd: 0.015, tailSd: 0.03, jobSd: 0.02, drift: 0.003, slot: 0.003, hits: 0.01, hit: [0.1, 0.2] },
  shared: { runSd: 0.04, tailSd: 0.08, jobSd: 0.1, drift: 0.015, slot: 0.01, hits: 0.08, hit: [0.1, 0.4] },
  bad: { runSd: 0.08, tailSd: 0.16, jobSd: 0.15, drift: 0.03, slot: 0.02, hits: 0.15, hit: [0.1, 0.8] },
} as const satisfies Record<string, Noise>;

/** One comparison of two targets in interleaved rounds: equal ones, unless the second is slower. */
export function comparison(about: {
  readonly seed: number;
  readonly runs: number;
  readonly noise: Noise;
  readonly slowerNs?: number;
  readonly baseNs?: number;
}): RatioQuestion[] {
  const { seed, runs, noise, slowerNs = 0, baseNs = 5e6 } = about;
  const random = seededRandom(seed * 7919 + runs);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const job = noise.jobSd * normal();
  const rounds = Array.from({ length: runs }, (_, round) => {
    const first = random() < 0.5 ? 0 : 1;
    return [0, 1].map((target) => {
      const later = target === first ? 0 : 1;
      // A neighbour hits all metrics of a run alike.
      const hit = random() < noise.hits ? Math.log1p(noise.hit[0] + random() * (noise.hit[1] - noise.hit[0])) : 0;
      return job + hit + noise.slot * later + (noise.drift * (2 * round + later)) / (2 * runs);
    });
  });
  return METRICS.map(({ id, unit, usualSd, floor, step, better }) => {
    const sd = id.includes("p99") || unit === "ns" ? noise.tailSd : noise.runSd;
    const own = id.includes("p50") ? noise.runSd : sd;
    const plus = unit === "ns" && slowerNs > 0 ? slowerNs : 0;
    const base = unit === "bytes" ? 5e8 : unit === "cpuSeconds" ? 200 : baseNs;
    const pairs = rounds.map(([a = 0, b = 0]): [number, number] => [
      base * Math.exp(a + own * normal()),
      (base + plus) * Math.exp(b + own * normal()),
    ]);
    return { usualSd, floor: unit === "ns" && plus === 0 ? 0 : floor, step, better, pairs };
  });
}
