import { describe, expect, it } from "vitest";
import { firsts, groupSize, means, pointBudget, sums, worst } from "../../../reports/html/downsample.js";
import { counted, moment, share, tickCount, tickTime, time } from "../../../reports/html/format.js";
import { html, trusted } from "../../../reports/html/html.js";
import { nextSlot } from "../../../reports/html/page/keyboard.js";
import { placeLabels } from "../../../reports/html/page/strip.js";
import { at } from "../../../reports/html/run-view.js";
import { sampleResult } from "../../support/sample-result.js";

describe("HTML", () => {
  it("escapes text in content and in attributes, and joins lists", () => {
    const name = `<b a="1" b='2'>&`;
    expect(html`<i title="${name}">${[name, 1]}</i>`.text).toBe(
      `<i title="&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;">&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;1</i>`,
    );
  });

  it("takes HTML as it is and nothing as nothing", () => {
    expect(html`${trusted("<br>")}${html`<p>${"&"}</p>`}${null}${undefined}${false}`.text).toBe("<br><p>&amp;</p>");
  });
});

describe("numbers on the page", () => {
  it.each([
    [null, "–"],
    [0, "0 s"],
    [412_000, "412 µs"],
    [3_140_000, "3.14 ms"],
    [5_020_000_000, "5.02 s"],
  ])("writes a time of %s ns", (ns, text) => expect(time(ns)).toBe(text));

  it.each([
    [1e3, "1 µs"],
    [200e3, "200 µs"],
    [50e6, "50 ms"],
    [2.5e9, "2.5 s"],
    [1e10, "10 s"],
  ])("writes a tick at %s ns", (ns, text) => expect(tickTime(ns)).toBe(text));

  it.each([
    [0, 10, "0 %"],
    [1, 1e6, "<0.01 %"],
    [1, 3, "33.33 %"],
    [999_999, 1e6, ">99.99 %"],
    [5, 5, "100 %"],
    [1, 0, "–"],
  ])("never rounds a share of %s in %s to none or all", (part, whole, text) => expect(share(part, whole)).toBe(text));

  it("writes counts for axes and moments", () => {
    expect([0, 950, 12_000, 1_500_000].map(tickCount)).toEqual(["0", "950", "12k", "1.5M"]);
    expect(moment(31.04e9)).toBe("31.0 s");
    expect([counted(1, "fault"), counted(2000, "fault")]).toEqual(["1 fault", "2,000 faults"]);
  });
});

describe("down-sampling", () => {
  it("keeps sums of counts, also in a last group that is shorter", () => {
    expect(sums([1, 2, 3, 4, 5], 2)).toEqual([3, 7, 5]);
  });

  it("keeps the worst of percentiles, and none where there is none", () => {
    expect(worst([1, null, 5, 2, null, null], 2)).toEqual([1, 5, null]);
  });

  it("averages gauges over what is known", () => {
    expect(means([1, 3, null, 4, null], 2)).toEqual([2, 4, null]);
    expect(firsts([10, 20, 30], 2)).toEqual([10, 30]);
  });

  it("leaves at most as many points as the page has room for", () => {
    expect(pointBudget(1)).toBe(2000);
    expect(pointBudget(20)).toBe(500);
    expect(pointBudget(1000)).toBe(200);
    expect(groupSize(2000, 2000)).toBe(1);
    expect(Math.ceil(36_001 / groupSize(36_001, 2000))).toBeLessThanOrEqual(2000);
  });
});

describe("a moment in words", () => {
  const result = sampleResult();
  it.each([
    [7e9, "at 7.0 s"],
    [22.05e9, "at 22.1 s, with worker-crash"],
    [22.6e9, "at 22.6 s, 0.6 s after worker-crash"],
    [31e9, "at 31.0 s, during broker-pause"],
    [36e9, "at 36.0 s, 1.0 s after broker-pause"],
    [55e9, "at 55.0 s"],
  ])("%s ns", (ns, text) => expect(at(result, ns)).toBe(text));

  it("counts a slice in which a fault began as within it", () => {
    expect(at(result, 29.95e9, 1e8)).toBe("at 29.9 s, during broker-pause");
  });
});

describe("labels above a plot", () => {
  it("go into the next row where they would overlap, and are left out after the third", () => {
    const label = (at: number) => ({ label: String(at), at, width: 50 });
    const placed = placeLabels([label(0), label(20), label(40), label(45), label(70)], 500);
    expect(placed.map(({ text, row }) => [text, row])).toEqual([
      ["0", 0],
      ["20", 1],
      ["40", 2],
      ["70", 0],
    ]);
  });

  it("stay inside the plot", () => {
    expect(placeLabels([{ label: "late", at: 490, width: 50 }], 500)[0]?.left).toBe(450);
  });
});

describe("the keyboard cursor", () => {
  it("steps, jumps, stops at the ends and goes away", () => {
    expect(nextSlot("ArrowRight", 1, null, 60)).toBe(0);
    expect(nextSlot("ArrowLeft", 1, null, 60)).toBe(59);
    expect(nextSlot("ArrowRight", 10, 55, 60)).toBe(59);
    expect(nextSlot("ArrowLeft", 10, 5, 60)).toBe(0);
    expect(nextSlot("Home", 1, 30, 60)).toBe(0);
    expect(nextSlot("End", 1, 30, 60)).toBe(59);
    expect(nextSlot("Escape", 1, 30, 60)).toBeNull();
    expect(nextSlot("Tab", 1, 30, 60)).toBeUndefined();
  });
});
