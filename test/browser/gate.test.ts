import { expect, it } from "vitest";
import { renderGateHtml } from "../../reports/html/index.js";
import type { ComparedRun } from "../../src/compare/input.js";
import type { GateResult } from "../../src/gate/schema.js";
import { sampleGate } from "../support/sample-gate.js";
import { sampleResult } from "../support/sample-result.js";
import { describeInBrowser, overflow, payloadOf } from "./report-page.js";

const EVIL = "</script><img src=x onerror=alert(1)>";

/** The run of every slice of a gate. */
function runsOf({ slices }: GateResult): ComparedRun[] {
  return slices.map(({ side, pair, position, directory }) => ({
    subject: side,
    round: pair,
    order: position,
    directory,
    result: sampleResult(),
  }));
}

const gate = sampleGate();
const html = renderGateHtml(gate, runsOf(gate));

await describeInBrowser("the page of a gate in a browser", (open) => {
  it.each(["light", "dark"] as const)(
    "draws every panel with the network off and nothing to complain about (%s)",
    async (colorScheme) => {
      await using report = await open(html, { colorScheme });
      const { page } = report;
      const charts = payloadOf(html).runs.reduce((sum, run) => sum + run.charts.length + (run.heatmap ? 1 : 0), 0);
      expect(charts).toBeGreaterThan(0);
      await expect(page.locator(".chart[data-drawn]").count()).resolves.toBe(charts);
      await expect(page.locator(".delta .forest .estimate").count()).resolves.toBe(gate.metrics.length);
      await expect(page.locator(".delta .forest .pair").count()).resolves.toBe(gate.metrics.length * gate.pairs);
      await expect(page.locator(".plot.wide .curve").count()).resolves.toBe(4);
      await expect(page.locator(".ledger-bar").count()).resolves.toBe(2);
      expect(report.complaints).toEqual([]);
    },
  );

  it("says the verdict first, why, and for each metric what the plot shows", async () => {
    await using report = await open(html);
    const { page } = report;
    await expect(page.locator("header .verdict").textContent()).resolves.toContain("Regression");
    await expect(page.locator('[aria-label="Reasons"] li').allTextContents()).resolves.toEqual(gate.reasons);
    const rows = page.locator(".delta tbody tr", { hasText: "candidate" });
    const told = await rows.locator(".verdict-cell").allTextContents();
    expect(told.map((text) => text.trim())).toEqual([
      "■ worse",
      expect.stringMatching(/^○ ~inconclusive: \+\d+ % could have been found$/),
      "○ ~pass: what is tolerated is ruled out",
    ]);
    const [p50] = gate.metrics;
    await expect(rows.first().locator(".forest").getAttribute("aria-label")).resolves.toContain(
      `×${(1 + (p50?.change ?? 0)).toFixed(2)} of the reference`,
    );
    await page.locator("#slices ~ details summary").click();
    await expect(page.locator("#slices ~ details tbody tr").count()).resolves.toBe(gate.slices.length);
  });

  it.each([400, 1280])("fits %i pixels without sideways scroll", async (width) => {
    await using report = await open(html, { viewport: { width, height: 900 } });
    await expect(overflow(report.page)).resolves.toBe(0);
    expect(report.complaints).toEqual([]);
  });

  it("holds a candidate against earlier jobs without a baseline's runs", async () => {
    const stored = { file: "baseline.jsonl", jobs: 3, needed: 20, comparable: false };
    const alone = sampleGate({ stored, baseline: null, differences: [] });
    const runs = runsOf(alone).filter(({ subject }) => subject === "candidate");
    await using report = await open(renderGateHtml(alone, runs));
    await expect(report.page.locator("#provenance ~ * tbody").first().textContent()).resolves.toContain(
      "3 comparable of 20 needed",
    );
    expect(report.complaints).toEqual([]);
  });

  it("is drawn when not one slice is whole", async () => {
    const none: GateResult = { ...gate, verdict: "inconclusive", metrics: [], slices: [], pairs: 0, interrupted: true };
    await using report = await open(renderGateHtml(none, []));
    await expect(report.page.locator(".banner").textContent()).resolves.toContain("interrupted");
    expect(report.complaints).toEqual([]);
  });

  it("does no harm whatever a scenario, a setting or a file is called", async () => {
    const system = { ...gate.candidate, name: EVIL, file: EVIL, overlays: [EVIL], brokerVersion: EVIL };
    const evil: GateResult = {
      ...gate,
      name: EVIL,
      reasons: [EVIL],
      baseline: system,
      candidate: system,
      differences: [{ path: EVIL, baseline: EVIL, candidate: EVIL }],
      thresholds: [{ metric: EVIL, expression: EVIL, passed: false, text: EVIL, counts: false }],
    };
    await using report = await open(renderGateHtml(evil, runsOf(evil)));
    await expect(report.page.locator("h1").textContent()).resolves.toBe(EVIL);
    await expect(report.page.locator("img").count()).resolves.toBe(0);
    expect(report.complaints).toEqual([]);
  });
});
