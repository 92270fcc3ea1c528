import { createHash } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { renderDocument } from "../../../reports/html/document.js";
import { renderHtml } from "../../../reports/html/index.js";
import { type RunResult, resultSchema } from "../../../src/result-schema.js";
import { longResult } from "../../support/long-result.js";
import { sampleResult } from "../../support/sample-result.js";
import { tinyResult } from "./tiny-result.js";

const PLACEHOLDER = { script: "/* script */", style: "/* style */" };
const KIB = 1024;

/** Compressed bytes differ between versions of zlib, what they hold does not. */
const unpacked = (html: string): string =>
  html.replace(/(id="havoq-data">)([^<]*)/, (_, tag: string, data: string) => {
    const json: unknown = JSON.parse(inflateRawSync(Buffer.from(data, "base64")).toString());
    return `${tag}\n${JSON.stringify(json, null, 1)}\n`;
  });

describe("the page of a result", () => {
  it("is drawn from valid results here", () => {
    expect(() => resultSchema.parse(sampleResult())).not.toThrow();
    expect(() => resultSchema.parse(tinyResult())).not.toThrow();
  });

  it("is as it was for a tiny result", async () => {
    const html = unpacked(renderDocument([tinyResult()], PLACEHOLDER));
    await expect(html).toMatchFileSnapshot("./tiny.golden.html");
  });

  it("tells latency by priority where messages have them", () => {
    const result = sampleResult();
    const endToEnd = result.latency.endToEnd.whole;
    const html = renderHtml([{ ...result, priorities: [{ priority: 9, endToEnd }] }]);
    expect(html).toMatch(/<tr data-latency="priority-9"><th scope="row">priority 9 /);
  });

  it("is the same at every call", () => {
    expect(renderHtml([sampleResult()])).toBe(renderHtml([sampleResult()]));
  });

  it("allows by its policy nothing but its own script and style sheet", () => {
    const html = renderHtml([tinyResult()]);
    const [, policy = ""] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    const hash = (text: string | undefined) =>
      `&#39;sha256-${createHash("sha256")
        .update(text ?? "")
        .digest("base64")}&#39;`;
    const [, script] = /<script>(.*?)<\/script>/s.exec(html) ?? [];
    const [, style] = /<style>(.*?)<\/style>/s.exec(html) ?? [];
    expect(policy.split("; ")).toEqual([
      "default-src &#39;none&#39;",
      `script-src ${hash(script)}`,
      `style-src ${hash(style)}`,
      "img-src data:",
      "base-uri &#39;none&#39;",
      "form-action &#39;none&#39;",
    ]);
  });

  it("has no style attributes and no event handlers, which the policy would refuse", () => {
    const html = renderDocument([sampleResult()], PLACEHOLDER);
    expect(html).not.toMatch(/<[^>]* (style|on\w+)=/);
  });

  it("takes at most 300 KB for a minute of load", () => {
    expect(renderHtml([sampleResult()]).length).toBeLessThan(300_000);
  });

  it("takes at most 2 MB for ten runs of an hour", () => {
    const hour = longResult(3600, 1);
    expect(renderHtml(Array.from({ length: 10 }, () => hour)).length).toBeLessThan(2 * KIB * KIB);
  });

  it("stands an empty result: interrupted before the first message", () => {
    const html = renderDocument([emptyResult()], PLACEHOLDER);
    expect(html).toContain("No message was delivered.");
    expect(html).toContain("The run was cut short");
    expect(html).not.toMatch(/NaN|Infinity|undefined/);
  });
});

function emptyResult(): RunResult {
  const tiny = tinyResult();
  const none = { count: 0, min: 0, mean: 0, p50: 0, p90: 0, p95: 0, p99: 0, p999: 0, p9999: 0, max: 0, histogram: "" };
  const latency = { whole: none, phases: {} };
  const noSeries = { count: [], p50: [], p90: [], p99: [], max: [] };
  const zero = Object.fromEntries(Object.keys(tiny.delivery).map((key) => [key, 0]));
  return {
    ...tiny,
    run: { ...tiny.run, interrupted: true, durationNs: 0 },
    phases: [],
    delivery: {
      ...tiny.delivery,
      ...zero,
      duplicates: { redelivered: 0, producedTwice: 0 },
      leftover: tiny.delivery.leftover,
    },
    ackLevels: {},
    latency: { publishDelay: latency, publish: latency, publishService: latency, endToEnd: latency, handle: latency },
    throughput: { offeredPerSecond: 0, ackedPerSecond: 0, goodputPerSecond: 0 },
    series: {
      ...tiny.series,
      ...{ offered: [], sent: [], acked: [], delivered: [], completed: [], errors: [] },
      latency: { publish: noSeries, endToEnd: noSeries },
      heatmap: { bucketsNs: [], cells: [] },
      backlog: { atNs: [], ready: [], inFlight: [] },
    },
    resources: [],
    faults: tiny.faults.map((fault) => ({
      ...fault,
      confirmedNs: null,
      error: "the run ended before",
      resilience: null,
    })),
    errors: [],
    expectations: [],
    verdict: "inconclusive",
  };
}
