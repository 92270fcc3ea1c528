import { describe, expect, it } from "vitest";
import { renderComparisonCsv } from "../../../reports/csv/comparison.js";
import { renderComparisonMarkdown } from "../../../reports/markdown/comparison.js";
import { renderComparison } from "../../../reports/terminal/comparison.js";
import { comparisonSchema } from "../../../src/compare/schema.js";
import { addHistogram, histogramOf, newHistogram } from "../../../src/record/histogram.js";
import { sampleComparison, sampleRuns, targetOf } from "../../support/sample-comparison.js";
import { sampleResult } from "../../support/sample-result.js";

const lossless = { ...sampleResult().delivery, ok: 59_956, lost: 0, lostInHandler: 0, lostBeforeHandler: 0 };
const runs = sampleRuns(
  {
    "redis-list": () => ({ target: targetOf("memory", "redis-list") }),
    "rabbitmq-quorum": () => ({ target: targetOf("disk", "rabbitmq"), delivery: lossless }),
  },
  3,
);
const comparison = sampleComparison(runs);

describe("a comparison", () => {
  it("has the published form", () => {
    expect(comparisonSchema.parse(JSON.parse(JSON.stringify(comparison)))).toEqual(comparison);
  });

  it("says ~ of everything that is the same, and tells apart who loses", () => {
    expect(comparison.differences.every(({ told }) => told === "~")).toBe(true);
    const lost = comparison.countDifferences.find(({ metric }) => metric === "lost");
    expect(lost).toMatchObject({ subject: "rabbitmq-quorum", reference: "redis-list", told: "better" });
    expect(comparison.subjects[0]?.counts["lost"]).toEqual([7, 7, 7]);
  });

  it("compares what was undisturbed apart from the whole, and each fault for itself", () => {
    expect(comparison.metrics.map(({ id }) => id)).toEqual([
      ...["endToEnd.p50@baseline", "endToEnd.p99@baseline", "publish.p50@baseline", "publish.p99@baseline"],
      ...["endToEnd.p99", "goodput", "worker-crash.unavailable", "worker-crash.timeToRecover"],
      ...["broker-pause.unavailable", "broker-pause.timeToRecover", "slow-network.unavailable"],
      ...["slow-network.timeToRecover", "brokerCpu", "havoqCpu", "brokerMemory"],
    ]);
    const calm = sampleComparison(sampleRuns({ a: () => ({ faults: [] }) }, 1));
    expect(calm.metrics.map(({ id }) => id)).toContain("endToEnd.p50");
  });

  it("does not call a baseline undisturbed in which a fault lay", () => {
    const [fault] = sampleResult().faults;
    const early = fault ? [{ ...fault, requestedNs: 6e9 }] : [];
    const ids = sampleComparison(sampleRuns({ a: () => ({ faults: early }) }, 1)).metrics.map(({ id }) => id);
    expect(ids).toContain("endToEnd.p50");
    expect(ids.join()).not.toContain("@baseline");
  });

  it("says of a target that havoq did not start that it ran beside the others", () => {
    const { target } = sampleResult();
    const outside = sampleRuns({ a: () => ({}), b: () => ({ target: { ...target, host: "external" } }) }, 1);
    expect(sampleComparison(outside).findings).toContainEqual(expect.stringMatching(/^b: not started by havoq/));
  });

  it("has what a target did as fast as it could, where that was asked", () => {
    const result = {
      ...sampleResult(),
      throughput: { offeredPerSecond: 9000, ackedPerSecond: 9000, goodputPerSecond: 4000 },
    };
    const asked = sampleComparison(runs, {}, [{ subject: "redis-list", directory: "runs/capacity-1", result }]);
    expect(asked.subjects.map(({ capacity }) => capacity?.goodputPerSecond)).toEqual([4000, undefined]);
    expect(renderComparison(asked)).toContain("9,000/s acked, 4,000/s completed");
    expect(renderComparison(comparison)).not.toContain("capacity");
  });

  it("merges histograms, and never averages percentiles", () => {
    const merged = newHistogram(3);
    for (const { result } of runs.filter(({ subject }) => subject === "redis-list"))
      addHistogram(merged, histogramOf(result.latency.endToEnd.whole));
    const { endToEnd } = comparison.subjects[0]?.latency ?? {};
    expect(endToEnd?.count).toBe(merged.totalCount);
    expect(endToEnd?.p99).toBe(merged.getValueAtPercentile(99));
  });

  it("says in a sentence that confirms do not promise the same", () => {
    expect(comparison.findings).toContainEqual(
      expect.stringMatching(
        /confirmed differs.*redis-list: in the broker's memory; rabbitmq-quorum: synced to the disk/,
      ),
    );
  });

  it("finds unlike windows, seeds, machines and numbers of runs", () => {
    const other = sampleResult();
    const unlike = sampleRuns(
      {
        a: () => ({}),
        b: () => ({
          scenario: {
            ...other.scenario,
            load: { rate: 1000, payload: 512, producers: 1, window: 1, confirmTimeout: 3000 },
          },
          environment: { ...other.environment, kernel: "6.9.0" },
          run: { ...other.run, seed: 99 },
          health: { ...other.health, verdict: "generator-limited" as const },
        }),
      },
      3,
    );
    const { findings, knobs } = sampleComparison(unlike.slice(0, -1));
    const text = findings.join("\n");
    expect(text).toMatch(/load\.window is not the same for all: a 8192, b 1\./);
    expect(text).toMatch(/machine\.kernel is not the same/);
    expect(text).toMatch(/seeds of runs that are compared differ/);
    expect(text).toMatch(/b: messages left havoq late in 2 of 2 runs/);
    expect(text).toMatch(/Not all were run equally often: a 3 times; b 2 times/);
    expect(knobs).toContainEqual({ path: "load.window", values: ["8192", "1"], kind: "mismatch" });
  });

  it("takes the wanted reference, and each variation's own", () => {
    expect(sampleComparison(runs).reference).toBe("redis-list");
    const { differences } = sampleComparison(runs.map((run) => ({ ...run })));
    expect(new Set(differences.map(({ reference }) => reference))).toEqual(new Set(["redis-list"]));
  });
});

describe("its reports", () => {
  it("begin with the verdict and say who lost in how many runs", () => {
    for (const text of [renderComparison(comparison), renderComparisonMarkdown(comparison)]) {
      expect(text.split("\n")[0]).toMatch(/told apart/i);
      expect(text).toContain("redis-list in 3 of 3 runs (21 of 179,874); none by rabbitmq-quorum");
    }
  });

  it("have every value of every run as CSV", () => {
    const lines = renderComparisonCsv(comparison).trimEnd().split("\r\n");
    expect(lines).toHaveLength(1 + 6 * (1 + 3 + comparison.metrics.length));
    expect(lines).toContainEqual(expect.stringMatching(/^redis-list,1,1,run-1,7,fail,ok,lost,messages,7$/));
  });

  it("let no name of a target or scenario become markup", () => {
    const evil = "</script><img src=x onerror=alert(1)> | `x` [a](b)";
    const made = sampleComparison(sampleRuns({ [evil]: () => ({}), "=cmd()": () => ({}) }, 1), { name: evil });
    expect(renderComparisonMarkdown(made)).not.toMatch(/[^\\]<img/);
    expect(renderComparisonMarkdown(made)).not.toMatch(/[^\\]\| `x`/);
    expect(renderComparisonCsv(made)).toContain("\r\n'=cmd(),");
  });

  it.each(["=1", " =1", "\u00a0\t+1", "@SUM(A1)", "-1", "\uff1d1"])(
    "let no name be a formula of a spreadsheet: %j",
    (name) => {
      const made = sampleComparison(sampleRuns({ [name]: () => ({}), other: () => ({}) }, 1));
      expect(renderComparisonCsv(made)).toContain(`\r\n'${name},`);
    },
  );

  it("let no name notify anybody, refer to an issue or lead anywhere on GitHub", () => {
    const evil = "@team #7 GH-7 https://evil.example www.evil.example a@evil.example";
    const made = sampleComparison(sampleRuns({ [evil]: () => ({}), other: () => ({}) }, 1), {
      name: evil,
      question: evil,
    });
    const page = renderComparisonMarkdown(made);
    expect(page).toContain("@\u200bteam");
    expect(page).not.toMatch(/@\w|#\w|GH-\d|:\/\/\w|www\.\w/);
  });
});
