import { describe, expect, it } from "vitest";
import { heatmapData } from "../../../reports/html/charts/heatmap.js";
import { latencyChart } from "../../../reports/html/charts/latency.js";
import { errorChart, throughputChart } from "../../../reports/html/charts/throughput.js";
import { faultSentence } from "../../../reports/html/sections/faults.js";
import { ledgerSentence } from "../../../reports/html/sections/ledger.js";
import { latencyLimits, percentileSentence } from "../../../reports/html/sections/percentiles.js";
import { partWidths } from "../../../reports/html/svg/ledger-bar.js";
import { percentileCurve, percentileLabel } from "../../../reports/html/svg/percentile-curve.js";
import { percentilePlot } from "../../../reports/html/svg/percentile-plot.js";
import { logScale, logTicks, niceAbove, niceBelow } from "../../../reports/html/svg/scale.js";
import { latencyStats, newHistogram, recordNs } from "../../../src/record/histogram.js";
import { sampleResult } from "../../support/sample-result.js";

const result = sampleResult();
const view = { result, key: "r0", level: 1, budget: 2000 } as const;

describe("logarithmic scales", () => {
  it("put equal ratios at equal distances and hold what is outside at the ends", () => {
    const x = logScale(1, 1000, 0, 300);
    expect([1, 10, 100, 1000].map(x)).toEqual([0, 100, 200, 300]);
    expect([x(0.1), x(1e6)]).toEqual([0, 300]);
  });

  it("have round ends and ticks", () => {
    expect([niceBelow(3.7e6), niceBelow(1e3), niceAbove(3.7e6), niceAbove(1e3)]).toEqual([2e6, 1e3, 5e6, 1e3]);
    expect(logTicks(2e5, 5e6)).toEqual([2e5, 5e5, 1e6, 2e6, 5e6]);
    expect(logTicks(1e3, 1e9)).toEqual([1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]);
  });
});

describe("percentile curves", () => {
  const histogram = newHistogram(3);
  for (let i = 1; i <= 1000; i++) recordNs(histogram, i * 1000);
  const stats = latencyStats(histogram);

  it("end where 10 samples lie above", () => {
    expect(percentileCurve(stats).at(-1)?.x).toBe(100);
    expect(percentileCurve({ ...stats, count: 9 })).toEqual([]);
  });

  it("pass through the percentiles of the result", () => {
    const curve = percentileCurve(stats);
    const at = (x: number) => curve.find((point) => Math.abs(point.x - x) < 1e-9)?.ns;
    expect(at(10)).toBe(stats.p90);
    expect(at(100)).toBe(stats.p99);
  });

  it("rise and never fall", () => {
    const { endToEnd } = result.latency;
    const heights = percentileCurve(endToEnd.whole).map(({ ns }) => ns);
    expect(heights).toEqual([...heights].sort((a, b) => a - b));
  });

  it("have 0, 90, 99, 99.9 below them", () => {
    expect([0, 1, 2, 3, 4].map(percentileLabel)).toEqual(["0", "90", "99", "99.9", "99.99"]);
  });

  it("are drawn with the thresholds that the scenario has on latencies", () => {
    expect(latencyLimits(result)).toEqual([
      { label: "endToEnd.p99 <= 250ms", ns: 250e6, x: expect.closeTo(100) },
      { label: "publish.p50 <= 2ms", ns: 2e6, x: 2 },
    ]);
    const plot = percentilePlot(
      [{ label: "a", colour: 0, points: percentileCurve(stats) }],
      latencyLimits(result),
      600,
      300,
      "plot",
    ).text;
    expect(plot.match(/class="limit"/g)).toHaveLength(2);
    expect(plot.match(/class="curve /g)).toHaveLength(1);
    expect(plot).toContain("endToEnd.p99 &lt;= 250ms");
  });

  it("take a scenario of unknown shape without expectations", () => {
    expect(latencyLimits(sampleResult({ scenario: { name: "x", expect: [null, 3, { metric: 4 }] } }))).toEqual([]);
  });
});

describe("the ledger bar", () => {
  it("fills its width, and shows one lost message of a million", () => {
    const widths = partWidths([999_999, 0, 1], 1000);
    expect(widths).toEqual([994, 0, 6]);
  });

  it("is in proportion where nothing is small, and empty where nothing was sent", () => {
    expect(partWidths([3, 1], 1000)).toEqual([750, 250]);
    expect(partWidths([0, 0], 1000)).toEqual([0, 0]);
  });
});

describe("sentences", () => {
  it("say where the messages went", () => {
    expect(ledgerSentence(result.delivery)).toBe(
      "Of 60,000 messages sent, 59,958 (99.93 %) were acked; 59,949 of these (99.98 %) were completed and 7 were lost: 5 in a handler, 2 before one began.",
    );
  });

  it("say when throughput fell and errors came", () => {
    expect(throughputChart(view).sentence).toMatch(/the rate fell to 0\/s at 30\.\d s, during broker-pause/);
    expect(errorChart(view).sentence).toBe(
      "Clients saw 43 errors, first at 22.0 s, with worker-crash; most in 500 ms were 40 at 33.0 s, during broker-pause.",
    );
  });

  it("say when latency peaked", () => {
    expect(latencyChart(view, "endToEnd").sentence).toMatch(
      /^p99 peaked at 5\.\d\d s at 30\.0 s, during broker-pause;/,
    );
    expect(percentileSentence(result)).toMatch(
      /^Of 55,000 messages half were delivered within \d+ µs, 99 % within 4\.\d\d s/,
    );
  });

  it("say which fault silenced the system", () => {
    expect(faultSentence(result.faults)).toBe("3 faults injected. The longest silence was 5.00 s, at broker-pause.");
  });
});

describe("series of long runs", () => {
  const narrow = { ...view, budget: 20 };

  it("keep the number of messages and the worst latency", () => {
    const { data, note } = latencyChart(narrow, "endToEnd");
    expect(data.atS).toHaveLength(20);
    const worstNs = Math.max(...result.series.latency.endToEnd.max.map((ns) => ns ?? 0));
    expect(Math.max(...(data.lines[2]?.values ?? []).map((ns) => ns ?? 0))).toBeCloseTo(worstNs, -7);
    expect(note).toContain("never averaged");
    const rates = throughputChart(narrow).data;
    const total = rates.lines[0]?.values.reduce((sum: number, rate) => sum + (rate ?? 0) * (rates.sliceS ?? 0), 0);
    expect(total).toBeCloseTo(60_000, -1);
  });

  it("keep every message of the heatmap", () => {
    const messages = (budget: number) =>
      heatmapData({ ...view, budget })
        ?.cells.filter((_, i) => i % 3 === 2)
        .reduce((a, b) => a + b, 0);
    expect(messages(2000)).toBe(60_000);
    expect(messages(20)).toBe(60_000);
  });
});
