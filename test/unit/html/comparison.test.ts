import { describe, expect, it } from "vitest";
import { renderComparisonDocument } from "../../../reports/html/comparison-document.js";
import { renderComparisonHtml } from "../../../reports/html/index.js";
import type { RunResult } from "../../../src/result-schema.js";
import { longResult } from "../../support/long-result.js";
import { sampleComparison, sampleRuns, targetOf } from "../../support/sample-comparison.js";
import { sampleResult } from "../../support/sample-result.js";

const PLACEHOLDER = { script: "/* script */", style: "/* style */" };
const MEBIBYTE = 2 ** 20;
const EVIL = "</script><img src=x onerror=alert(1)>";

const series = (seconds: number, seed: number): Partial<RunResult> => {
  const { run, phases, series: own, resources } = longResult(seconds, seed);
  return { run: { ...run, id: `run-${seed}` }, phases, series: own, resources };
};
const targets = (names: readonly string[], seconds: number) =>
  Object.fromEntries(names.map((name, at) => [name, (round: number) => series(seconds, at * 100 + round)]));

const twoRuns = sampleRuns({ "redis-list": () => ({}), quorum: () => ({ target: targetOf("disk", "rabbitmq") }) }, 3);
const page = renderComparisonDocument(sampleComparison(twoRuns), twoRuns, PLACEHOLDER);

describe("the page of a comparison", () => {
  it("has every part, each with its sentence", () => {
    const headings = [...page.matchAll(/<h2 id="([\w-]+)">/g)].map(([, id]) => id);
    expect(headings).toEqual([
      ...["fairness", "delta", "counts", "knobs", "percentiles", "multiples", "recoveries", "heatmaps", "ledgers"],
      "provenance",
    ]);
    for (const [, sentence = ""] of page.matchAll(/<p class="says">([^<]*)<\/p>/g))
      expect(sentence).toMatch(/\S.*[.:]$/);
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("has no style attributes and no event handlers, which the policy would refuse", () => {
    expect(page).not.toMatch(/<[^>]* (style|on\w+)=/);
  });

  it("marks better, worse and ~ by shape and by word", () => {
    const slow = sampleRuns(
      {
        a: () => ({}),
        b: () => ({ throughput: { ...sampleResult().throughput, goodputPerSecond: 200 } }),
        c: () => ({ throughput: { ...sampleResult().throughput, goodputPerSecond: 5000 } }),
      },
      3,
    );
    const html = renderComparisonDocument(sampleComparison(slow), slow, PLACEHOLDER);
    expect(html).toMatch(/<span aria-hidden="true">■<\/span> worse/);
    expect(html).toMatch(/<span aria-hidden="true">◆<\/span> better/);
    expect(html).toMatch(/<span aria-hidden="true">○<\/span> ~/);
  });

  it("marks a mismatch by its sign, and shows the table of settings unasked", () => {
    const unlike = sampleRuns(
      { a: () => ({}), b: () => ({ scenario: { ...sampleResult().scenario, load: { window: 1 } } }) },
      3,
    );
    const html = renderComparisonDocument(sampleComparison(unlike), unlike, PLACEHOLDER);
    expect(html).toMatch(/k-mismatch"><th scope="row">load\.window<\/th><td>✗ mismatch/);
  });

  it("escapes what a scenario, a target and a broker may be called", () => {
    const evil = { ...sampleResult(), target: { ...targetOf("memory", EVIL), brokerVersion: EVIL, durability: EVIL } };
    const runs = sampleRuns({ [EVIL]: () => evil, [`${EVIL}2`]: () => evil }, 3);
    const made = sampleComparison(runs, { name: EVIL, question: EVIL, command: EVIL });
    const html = renderComparisonDocument(made, runs, PLACEHOLDER);
    expect(html).not.toContain("<img");
    expect(html.match(/<\/script>/g)).toHaveLength(2);
  });

  it("stands one target, one run, runs in which nothing was delivered, and none that failed", () => {
    const one = sampleRuns({ only: () => ({}) }, 1);
    expect(renderComparisonDocument(sampleComparison(one), one, PLACEHOLDER)).not.toMatch(/NaN|Infinity|undefined/);
    const none = {
      count: 0,
      min: 0,
      mean: 0,
      p50: 0,
      p90: 0,
      p95: 0,
      p99: 0,
      p999: 0,
      p9999: 0,
      max: 0,
      histogram: "",
    };
    const latency = { whole: none, phases: {} };
    const noSeries = { count: [], p50: [], p90: [], p99: [], max: [] };
    const sample = sampleResult();
    const empty: Partial<RunResult> = {
      latency: { publishDelay: latency, publish: latency, publishService: latency, endToEnd: latency, handle: latency },
      faults: [],
      resources: [],
      series: {
        ...sample.series,
        latency: { publish: noSeries, endToEnd: noSeries },
        heatmap: { bucketsNs: [], cells: [] },
        backlog: { atNs: [], ready: [], inFlight: [] },
      },
    };
    const silent = sampleRuns({ a: () => empty, b: () => empty }, 3);
    const about = {
      failures: [{ subject: "c", round: 1, kind: "failed" as const, message: "would not start" }],
      interrupted: true,
    };
    const html = renderComparisonDocument(sampleComparison(silent, about), silent, PLACEHOLDER);
    expect(html).not.toMatch(/NaN|Infinity|undefined/);
    expect(html).toContain("would not start");
  });

  it("takes at most 2 MB for ten runs of an hour", () => {
    const runs = sampleRuns(targets(["a", "b"], 3600), 5);
    expect(renderComparisonHtml(sampleComparison(runs), runs).length).toBeLessThan(2 * MEBIBYTE);
  });

  it("takes at most 1.5 MB for eight targets and three runs of a minute each", () => {
    const runs = sampleRuns(targets([..."abcdefgh"], 60), 3);
    expect(renderComparisonHtml(sampleComparison(runs), runs).length).toBeLessThan(1.5 * MEBIBYTE);
  });

  it("stays below 5 MB however much there is to draw", () => {
    const names = Array.from({ length: 24 }, (_, at) => `target ${at}`);
    const runs = sampleRuns(targets(names, 600), 10);
    expect(renderComparisonHtml(sampleComparison(runs), runs).length).toBeLessThan(5e6);
  });
});
