import tCdf from "@stdlib/stats-base-dists-t-cdf";
import { describe, expect, it } from "vitest";
import { planLooks } from "../../../src/gate/settings.js";
import {
  comparableJobs,
  decideStored,
  type Fingerprint,
  readStoredJobs,
  type StoredJob,
  whyNotComparable,
} from "../../../src/gate/stored.js";
import { METRICS, metricOf, SETTINGS } from "./support.js";

const OWN: Fingerprint = {
  cpuModel: "cpu",
  cores: 2,
  kernel: "6.1",
  nodeVersion: "v20",
  brokerVersion: "Redis 7",
  scenarioHash: "abc",
  havoqVersion: "0.1.0",
};
const [LOOK] = planLooks([20]);
if (!LOOK) throw new Error("no look");

const jobOf = (p50: number, fingerprint: Fingerprint = OWN): StoredJob => ({
  schemaVersion: 1,
  kind: "gate-baseline",
  recordedAt: "2026-11-25T08:00:00.000Z",
  fingerprint,
  values: { "endToEnd.p50": [p50, p50 * 1.01, p50 * 0.99], "endToEnd.tail": [40e6], goodput: [1000] },
});
/** Jobs whose p50 spreads by about 4 % around 10 ms. */
const history = (count: number) => Array.from({ length: count }, (_, at) => jobOf(10e6 * (1 + 0.015 * ((at % 9) - 4))));
const decideP50 = (value: number, count = 25) =>
  decideStored(history(count), { "endToEnd.p50": [value] }, [metricOf("endToEnd.p50")], LOOK, SETTINGS);

describe("a baseline file", () => {
  it("is one job a line; a line that is none is named", () => {
    const line = JSON.stringify(jobOf(10e6));
    expect(readStoredJobs(`${line}\n${line}\n`)).toEqual({ jobs: [jobOf(10e6), jobOf(10e6)], badLine: null });
    expect(readStoredJobs(`${line}\n{"a":1}\n`).badLine).toBe(2);
    expect(readStoredJobs("").jobs).toEqual([]);
  });

  it("compares only jobs of the same machine, broker, scenario and havoq", () => {
    const other = { ...OWN, kernel: "6.2", brokerVersion: "Redis 8" };
    const jobs = [...history(3), jobOf(10e6, other)];
    expect(comparableJobs(jobs, OWN)).toHaveLength(3);
    expect(whyNotComparable(jobs, OWN)).toBe(
      "no comparable baseline: 3 of 4 jobs have this fingerprint, 20 are needed; the last one differs in kernel, brokerVersion",
    );
  });
});

describe("a candidate against earlier jobs", () => {
  it("is a regression far outside of what they spread, and an improvement on the other side", () => {
    expect(decideP50(12e6).verdict).toBe("regression");
    expect(decideP50(8e6).verdict).toBe("improvement");
  });

  it("passes in their middle, and is inconclusive in between", () => {
    expect(decideP50(10e6).verdict).toBe("pass");
    expect(decideP50(10.8e6).verdict).toBe("inconclusive");
  });

  it("says what it could have found: more than pairs could, as jobs differ", () => {
    const [p50] = decideP50(10e6).metrics;
    expect(p50?.estimate.detectable).toBeGreaterThan(0.1);
  });

  it("has the p of Student's t", () => {
    for (const value of [9.5e6, 10e6, 10.4e6, 10.8e6, 11.2e6]) {
      const [p50] = decideP50(value).metrics;
      const logs = history(25).map(({ values }) => Math.log(values["endToEnd.p50"]?.[0] ?? 1));
      const mean = logs.reduce((sum, each) => sum + each, 0) / 25;
      const variance = logs.reduce((sum, each) => sum + (each - mean) ** 2, 0) / 24;
      const t = (Math.log(value) - mean) / Math.sqrt(variance * (1 + 1 / 25));
      expect(p50?.estimate.pWorse).toBeCloseTo(1 - tCdf(t, 24), 2);
    }
  });

  it("leaves out a metric that too few of them have", () => {
    const own = { "endToEnd.p50": [10e6], "endToEnd.tail": [40e6], goodput: [1000] };
    const bare = history(25).map((job) => ({ ...job, values: { "endToEnd.p50": [10e6] } }));
    expect(decideStored(bare, own, METRICS, LOOK, SETTINGS).metrics.map(({ metric }) => metric.name)).toEqual([
      "endToEnd.p50",
    ]);
  });
});
