import { describe, expect, it } from "vitest";
import { renderSideBySide } from "../../../reports/terminal/side-by-side.js";
import { renderSummary } from "../../../reports/terminal/summary.js";
import { sampleResult } from "../../support/sample-result.js";

const golden = (name: string) => new URL(`../../golden/terminal/${name}.txt`, import.meta.url).pathname;

describe("the end of a run, on a terminal", () => {
  it("is one screen, the verdict first", async () => {
    await expect(renderSummary(sampleResult())).toMatchFileSnapshot(golden("summary"));
  });

  it("tells latency by priority, the highest first as the result has them", () => {
    const result = sampleResult();
    const priorities = [9, 1].map((priority) => ({ priority, endToEnd: result.latency.endToEnd.whole }));
    const lines = renderSummary({ ...result, priorities })
      .split("\n")
      .filter((line) => line.includes("of priority"));
    expect(lines.map((line) => line.trim().slice(-1))).toEqual(["9", "1"]);
  });

  it("of several runs is one table, with what only some of them had", async () => {
    const { scenario, delivery, faults, latency } = sampleResult();
    const other = sampleResult({
      scenario: { ...scenario, name: "another scenario, whose name is too long for a column" },
      delivery: { ...delivery, lost: 0, ok: delivery.ok + delivery.lost },
      faults: faults.slice(1),
      latency: { ...latency, endToEnd: { ...latency.endToEnd, whole: { ...latency.endToEnd.whole, count: 0 } } },
      verdict: "pass",
    });
    await expect(renderSideBySide([sampleResult(), other])).toMatchFileSnapshot(golden("side-by-side"));
  });
});
