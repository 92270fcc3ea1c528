import { describe, expect, it } from "vitest";
import { judgeThreshold, Pooled } from "../../../src/gate/pooled.js";
import { readThreshold, type Threshold } from "../../../src/gate/thresholds.js";
import { latencyStats, newHistogram, recordNs } from "../../../src/record/histogram.js";
import type { RunResult } from "../../../src/result-schema.js";
import { sampleResult } from "../../support/sample-result.js";

function threshold(text: string): Threshold {
  const read = readThreshold(text);
  if (!read.ok) throw new Error(read.message);
  return read.value;
}

/** A result whose end-to-end latencies are `values`, in ms. */
function resultOf(values: readonly number[]): RunResult {
  const histogram = newHistogram(3);
  for (const value of values) recordNs(histogram, value * 1e6);
  const sample = sampleResult();
  return { ...sample, latency: { ...sample.latency, endToEnd: { whole: latencyStats(histogram), phases: {} } } };
}

function judged(text: string, candidate: readonly RunResult[], baseline: readonly RunResult[] = []) {
  const one = threshold(text);
  const pool = (results: readonly RunResult[]) => {
    const pooled = new Pooled([one]);
    for (const result of results) pooled.add(result);
    return pooled;
  };
  return judgeThreshold(one, pool(candidate), pool(baseline));
}

describe("a threshold in k6's grammar", () => {
  it("has a metric, a figure, an operator and a limit with a unit", () => {
    expect(threshold("endToEnd: p(99)<200ms")).toMatchObject({
      metric: "endToEnd",
      aggregate: { kind: "percentile", percent: 99 },
      operator: "<",
      unit: "ns",
      limit: { kind: "value", value: 200e6 },
    });
    expect(threshold("publish: p(99.9) <= 1.5s").aggregate).toEqual({ kind: "percentile", percent: 99.9 });
    expect(threshold("lost: count==0")).toMatchObject({ unit: "count", limit: { value: 0 } });
    expect(threshold("duplicates: rate<0.1%")).toMatchObject({ unit: "share", limit: { value: 0.001 } });
    expect(threshold("goodput: rate>=500/s")).toMatchObject({ unit: "perSecond", limit: { value: 500 } });
    for (const figure of ["avg", "min", "max", "med"]) threshold(`handle: ${figure}<1s`);
  });

  it("may be relative to the baseline", () => {
    const limit = { kind: "baseline", factor: 1.05 };
    expect(threshold("endToEnd: p(99) < baseline * 1.05").limit).toEqual(limit);
    expect(threshold("endToEnd: p(99) < 1.05*baseline").limit).toEqual(limit);
    expect(threshold("endToEnd: med <= baseline").limit).toEqual({ kind: "baseline", factor: 1 });
  });

  it.each([
    ["latency: p(99)<200ms", 'unknown metric "latency"'],
    ["endToEnd p(99)<200ms", "expected <metric>: <threshold>"],
    ["endToEnd: p99<200ms", "expected a threshold such as p(99)<200ms"],
    ["endToEnd: p(99)<200", "expected a duration"],
    ["endToEnd: p(101)<200ms", "endToEnd has no p(101)"],
    ["endToEnd: rate<1%", "endToEnd has no rate"],
    ["lost: avg<1", "lost has no avg"],
    ["lost: count<1ms", "expected a number of messages"],
    ["goodput: rate>500", "expected a rate"],
  ])("refuses %s", (text, message) => {
    const read = readThreshold(text);
    expect(read.ok).toBe(false);
    if (!read.ok) expect(read.message).toContain(message);
  });

  it("suggests the metric that was meant", () => {
    expect(readThreshold("endtoend: p(99)<1s")).toMatchObject({ hint: 'did you mean "endToEnd"?' });
  });
});

describe("holding thresholds against the candidate", () => {
  const [fast, slow] = [resultOf(Array(98).fill(10)), resultOf([400, 400])];

  it("merges the histograms of the slices, and averages no percentiles", () => {
    // 98 of 100 messages took 10 ms: the p97 of all is 10 ms, and the mean of the two p97 would be 205.
    expect(judged("endToEnd: p(97)<11ms", [fast, slow]).passed).toBe(true);
    expect(judged("endToEnd: p(99)<200ms", [fast, slow])).toMatchObject({
      passed: false,
      text: "endToEnd p(99) 400 ms is not < 200 ms",
    });
    expect(judged("endToEnd: count==100", [fast, slow]).passed).toBe(true);
  });

  it("compares relative ones with the baseline's slices", () => {
    expect(judged("endToEnd: max < baseline * 1.05", [fast], [fast]).passed).toBe(true);
    const { passed, text } = judged("endToEnd: max < baseline * 1.05", [slow], [fast]);
    expect(passed).toBe(false);
    expect(text).toContain("1.05 times the baseline's 10.0 ms");
  });

  it("sums counts, and takes shares of what was acked", () => {
    const { lost, acked } = sampleResult().delivery;
    expect(judged(`lost: count==${2 * lost}`, [fast, fast]).passed).toBe(true);
    expect(judged("lost: rate<100%", [fast])).toMatchObject({ passed: true, counts: true });
    expect(judged(`acked: count==${acked}`, [fast]).passed).toBe(true);
  });

  it("averages rates", () => {
    const { goodputPerSecond } = sampleResult().throughput;
    expect(judged(`goodput: rate<=${goodputPerSecond + 1}/s`, [fast, fast]).passed).toBe(true);
  });

  it("does not hold where nothing was measured", () => {
    expect(judged("endToEnd: p(99)<1s", [resultOf([])])).toMatchObject({ passed: false });
  });
});
