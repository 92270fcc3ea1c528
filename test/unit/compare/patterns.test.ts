import { describe, expect, it } from "vitest";
import { renderPatternsDocument } from "../../../reports/html/patterns-document.js";
import { renderPatternsMarkdown } from "../../../reports/markdown/patterns.js";
import { renderPatterns } from "../../../reports/terminal/patterns.js";
import { patternsSchema } from "../../../src/compare/patterns.js";
import { samplePatterns } from "../../support/sample-patterns.js";
import { sampleResult } from "../../support/sample-result.js";

const matrix = samplePatterns();

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
