import { describe, expect, it } from "vitest";
import { renderPatternsDocument } from "../../../reports/html/patterns-document.js";
import { renderPatternsMarkdown } from "../../../reports/markdown/patterns.js";
import { renderPatterns } from "../../../reports/terminal/patterns.js";
import { buildPatterns, patternsSchema } from "../../../src/compare/patterns.js";
import type { RunResult } from "../../../src/result/schema.js";
import { sampleComparison, sampleRuns } from "../../support/sample-comparison.js";
import { sampleResult } from "../../support/sample-result.js";

const EVIL = "</script><img src=x onerror=alert(1)>";
const held: Partial<RunResult> = {
  expectations: [{ metric: "endToEnd.p99", expression: "<= 250ms", actual: 50e6, passed: true, text: "fine" }],
};
const comparison = sampleComparison(sampleRuns({ kafka: () => held, "redis-list": () => ({}) }, 2));
const matrix = buildPatterns({
  havoqVersion: "0.1.0",
  command: "havoq compare --patterns",
  machine: "2 x AMD EPYC",
  interrupted: false,
  targets: ["kafka", "redis-list", "redis-pubsub", "sqs"],
  patterns: [
    {
      name: "email",
      question: EVIL,
      directory: "email",
      comparison: { ...comparison, failures: [{ subject: "sqs", round: 1, message: "would not start" }] },
      refused: [{ target: "redis-pubsub", reasons: ["no dead letters"] }],
    },
  ],
});

describe("the matrix of patterns and systems", () => {
  it("has the published form", () => {
    expect(patternsSchema.parse(JSON.parse(JSON.stringify(matrix)))).toEqual(matrix);
  });

  it("says who met what, with the headroom, who lost, who was refused and who failed", () => {
    const cells = matrix.patterns[0]?.cells;
    expect(cells?.map(({ state }) => state)).toEqual(["met", "missed", "refused", "failed"]);
    // Half of the limit would be 2; 250 ms are allowed and 50 ms were measured.
    expect(cells?.[0]?.headroom).toEqual({ metric: "endToEnd.p99", ratio: 5 });
    expect(cells?.[1]).toMatchObject({ held: 0, runs: 2, lost: 14, lostRuns: 2 });
    const { actual } = sampleResult().expectations.find(({ metric }) => metric === "endToEnd.p99") ?? {};
    expect(cells?.[1]?.headroom?.ratio).toBeCloseTo(250e6 / (actual ?? 0), 6);
    expect(cells?.[2]?.reasons).toEqual(["no dead letters"]);
    expect(cells?.[3]?.reasons).toEqual(["would not start"]);
  });

  it("is told alike on the screen, in markdown and on its page, where no text becomes markup", () => {
    const page = renderPatternsDocument(matrix, { script: "", style: "" });
    for (const text of [renderPatterns(matrix), renderPatternsMarkdown(matrix), page]) {
      expect(text).toContain("1 pattern on 4 targets: 1 met, 1 missed, 1 refused");
      expect(text).toContain("would not start");
      expect(text).not.toMatch(/[^\\]<img/);
    }
    expect(page).not.toMatch(/<[^>]* (style|on\w+)=/);
  });
});
