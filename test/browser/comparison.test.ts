import { expect, it } from "vitest";
import { time } from "../../reports/html/format.js";
import { renderComparisonHtml, renderPatternsHtml } from "../../reports/html/index.js";
import type { RunResult } from "../../src/result-schema.js";
import { longResult } from "../support/long-result.js";
import { sampleComparison, sampleRuns, targetOf } from "../support/sample-comparison.js";
import { samplePatterns } from "../support/sample-patterns.js";
import { sampleResult } from "../support/sample-result.js";
import { describeInBrowser, overflow, payloadOf } from "./report-page.js";

const EVIL = "</script><img src=x onerror=alert(1)>";
const sample = sampleResult();
const lossless = { ...sample.delivery, ok: 59_956, lost: 0, lostInHandler: 0, lostBeforeHandler: 0 };
const slower = { ...sample.throughput, goodputPerSecond: 500 };
const runs = sampleRuns(
  {
    "redis-list": () => ({ target: targetOf("memory", "redis-list") }),
    "rabbitmq-quorum": () => ({ target: targetOf("disk", "rabbitmq"), delivery: lossless }),
    kafka: () => ({ target: targetOf("page cache", "kafka"), throughput: slower }),
    postgres: () => ({ target: targetOf("disk", "postgres") }),
  },
  3,
);
const comparison = sampleComparison(runs);
const html = renderComparisonHtml(comparison, runs);
const payload = payloadOf(html);

await describeInBrowser("the comparison page in a browser", (open) => {
  it.each(["light", "dark"] as const)(
    "draws every panel with the network off and nothing to complain about (%s)",
    async (colorScheme) => {
      await using report = await open(html, { colorScheme });
      const { page } = report;
      await expect(page.title()).resolves.toBe("sample – havoq");
      const charts = payload.runs.reduce((sum, run) => sum + run.charts.length + (run.heatmap ? 1 : 0), 0);
      expect(charts).toBe(20);
      await expect(page.locator(".chart[data-drawn]").count()).resolves.toBe(charts);
      await expect(page.locator(".delta .forest .estimate").count()).resolves.toBeGreaterThan(20);
      await expect(page.locator(".plot.wide .curve").count()).resolves.toBe(8);
      await expect(page.locator(".ledger-bar").count()).resolves.toBe(4);
      expect(report.complaints).toEqual([]);
    },
  );

  it.each([400, 768, 1280])("fits %i pixels without sideways scroll", async (width) => {
    const failures = [
      { subject: "kafka", round: 1, kind: "failed" as const, message: `no /${"a-very-long-name/".repeat(9)}` },
    ];
    const failed = renderComparisonHtml({ ...comparison, failures }, runs);
    await using report = await open(failed, { viewport: { width, height: 900 } });
    await expect(overflow(report.page)).resolves.toBe(0);
    await expect(report.page.locator(".delta .forest").first().isVisible()).resolves.toBe(true);
    const box = await report.page.locator(".delta .plot-cell .forest").nth(1).boundingBox();
    expect(box && box.x >= 0 && box.x + box.width <= width).toBe(true);
    expect(report.complaints).toEqual([]);
  });

  it("says in text what the plots show", async () => {
    await using report = await open(html);
    const { page } = report;
    const kafka = page.locator(".delta tbody", { hasText: "goodput" }).locator("tr", { hasText: "kafka" });
    await expect(kafka.textContent()).resolves.toContain("worse");
    await expect(kafka.locator(".forest").getAttribute("aria-label")).resolves.toMatch(
      /goodput of kafka: ×0\.50 of the reference/,
    );
    const header = await page.locator(".sentences").first().textContent();
    expect(header).toContain("Messages lost by redis-list in 3 of 3 runs (21 of 179,874)");
    expect(header).toContain("none by rabbitmq-quorum");
    await expect(page.locator("#fairness + p + .findings li").count()).resolves.toBeGreaterThan(0);
  });

  it("has a table behind every chart, reached by the keyboard alone", async () => {
    await using report = await open(html);
    const { page } = report;
    for (const run of payload.runs) {
      for (const chart of run.charts) {
        const details = page.locator(`details[data-chart="${chart.id}"]`);
        await details.locator("summary").focus();
        await page.keyboard.press("Enter");
        await expect.poll(() => details.locator("tbody tr").count()).toBe(chart.atS.length);
      }
    }
    for (const summary of await page.locator("details:not(.data) > summary").all()) {
      await summary.focus();
      await page.keyboard.press("Enter");
    }
    await expect(page.locator("details:not([open])").count()).resolves.toBe(payload.runs.length);
    await expect(page.locator(".values tbody tr").count()).resolves.toBe(4 * comparison.metrics.length);
    await expect(overflow(page)).resolves.toBe(0);
  });

  it("moves one cursor through the panels of all targets", async () => {
    await using report = await open(html);
    const { page } = report;
    await page.locator("#s0-latency").focus();
    await page.keyboard.press("Home");
    for (let step = 0; step < 3; step++) await page.keyboard.press("Shift+ArrowRight");
    const p99 = time(sample.series.latency.endToEnd.p99[30] ?? 0);
    await expect.poll(() => page.locator("#s0 [aria-live]").textContent()).toContain(`run 1 ${p99}`);
    for (const other of ["s1", "s3"]) {
      await expect.poll(() => page.locator(`#${other}-latency .u-legend`).textContent()).toContain(p99);
    }
  });

  it("draws all panels of a row on the same scale", async () => {
    const fast: Partial<RunResult> = {
      series: { ...sample.series, completed: sample.series.completed.map((n) => n * 2) },
    };
    const unlike = sampleRuns({ slow: () => ({}), fast: () => fast }, 1);
    const drawn = payloadOf(renderComparisonHtml(sampleComparison(unlike), unlike));
    for (const kind of ["goodput", "latency", "backlog"]) {
      const scales = drawn.runs.map(({ endS, charts }) => {
        const chart = charts.find(({ id }) => id.endsWith(kind));
        return JSON.stringify([endS, chart?.top, chart?.rangeNs]);
      });
      expect(new Set(scales).size, kind).toBe(1);
    }
    expect(new Set(drawn.runs.map(({ heatmap }) => JSON.stringify(heatmap?.shared))).size).toBe(1);
  });

  it("does no harm whatever a scenario or a target is called", async () => {
    const evil = { target: { ...targetOf("memory", EVIL), brokerVersion: EVIL, durability: EVIL } };
    const made = sampleRuns({ [EVIL]: () => evil, [`${EVIL}2`]: () => evil }, 3);
    const about = { name: EVIL, question: EVIL, command: EVIL, findings: [EVIL] };
    await using report = await open(renderComparisonHtml(sampleComparison(made, about), made));
    await expect(report.page.locator("h1").textContent()).resolves.toBe(EVIL);
    await expect(report.page.locator("img").count()).resolves.toBe(0);
    expect(report.complaints).toEqual([]);
  });

  it.each(["light", "dark"] as const)(
    "shows the matrix of patterns and systems at 400 pixels too (%s)",
    async (colorScheme) => {
      const matrix = renderPatternsHtml(samplePatterns());
      await using report = await open(matrix, { viewport: { width: 400, height: 900 }, colorScheme });
      await expect(overflow(report.page)).resolves.toBe(0);
      const cells = await report.page.locator(".patterns tbody td").allTextContents();
      expect(cells.map((text) => text.slice(0, 6))).toEqual(["✓ met×", "✗ miss", "– refu", "⚠ fail"]);
      expect(report.complaints).toEqual([]);
    },
  );

  it("is read without JavaScript: tables, forest plot, percentile plots, ledgers", async () => {
    await using report = await open(html, { javaScriptEnabled: false });
    await expect(report.page.locator(".plot.wide .curve").first().isVisible()).resolves.toBe(true);
    await expect(report.page.locator(".delta .estimate").first().isVisible()).resolves.toBe(true);
    await expect(report.page.locator(".scriptless").isVisible()).resolves.toBe(true);
  });

  it("opens in under two seconds with ten runs of an hour", async () => {
    const long = sampleRuns(
      {
        a: (round) => ({ ...longResult(3600, round), target: targetOf("memory", "a") }),
        b: (round) => ({ ...longResult(3600, 50 + round), target: targetOf("disk", "b") }),
      },
      5,
    );
    await using report = await open(renderComparisonHtml(sampleComparison(long), long));
    // CPU time of the page's thread: what it takes on a machine that has nothing else to do.
    const session = await report.page.context().newCDPSession(report.page);
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    await report.page.reload();
    await report.page.waitForSelector("html[data-ready]");
    await expect.poll(() => report.page.locator(".chart:not([data-drawn])").count()).toBe(0);
    const { metrics } = await session.send("Performance.getMetrics");
    const seconds = metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN;
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(2);
    expect(report.complaints).toEqual([]);
  });
});
