import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { time } from "../../reports/html/format.js";
import { renderHtml } from "../../reports/html/index.js";
import { LATENCY_NAMES } from "../../src/metrics/latency.js";
import { sampleResult } from "../support/sample-result.js";
import { describeInBrowser, payloadOf } from "./report-page.js";

const result = sampleResult();
const html = renderHtml([result]);
const payload = payloadOf(html);
const EVIL = "</script><img src=x onerror=alert(1)>";

/** Text of a table's cells, row by row. */
const tableText = (page: Page, selector: string): Promise<string[][]> =>
  page
    .locator(`${selector} tr`)
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent.trim())));

/** What each plot's legend says, without the time. */
const legends = (page: Page): Promise<string[]> =>
  page
    .locator(".chart .u-legend")
    .evaluateAll((all) =>
      all.map((legend) => [...legend.querySelectorAll(".u-value")].map((v) => v.textContent).join("|")),
    );

await describeInBrowser("the HTML report in a browser", (open) => {
  it("opens from disk with the network off, asks for nothing, and has nothing to complain about", async () => {
    await using report = await open(html);
    await expect(report.page.title()).resolves.toBe("sample – havoq");
    expect(report.complaints).toEqual([]);
  });

  it.each(["light", "dark"] as const)("draws every line of every chart in its colour (%s)", async (colorScheme) => {
    await using report = await open(html, { colorScheme });
    const [run] = payload.runs;
    expect(run?.charts).toHaveLength(8);
    const missing = await report.page.evaluate(
      linesNotDrawn,
      run?.charts.map(({ id, lines }) => ({ id, colours: lines.map((l) => l.colour) })) ?? [],
    );
    expect(missing).toEqual([]);
    await expect(report.page.locator(".chart[data-drawn]").count()).resolves.toBe(9);
    await expect(report.page.evaluate(coloursOf, run?.heatmap?.id ?? "")).resolves.toBeGreaterThan(12);
    expect(report.complaints).toEqual([]);
  });

  it("shows the numbers of result.json", async () => {
    await using report = await open(html);
    const ledger = new Map((await tableText(report.page, ".ledger")).map(([state, messages]) => [state, messages]));
    const { delivery } = result;
    const shown = { sent: delivery.acked, ok: delivery.ok, lost: delivery.lost, stuck: delivery.stuck };
    expect(ledger.get("acked")).toBe(shown.sent.toLocaleString("en-US"));
    expect(ledger.get("ok")).toBe(shown.ok.toLocaleString("en-US"));
    expect(ledger.get("lost")).toBe(String(shown.lost));
    expect(ledger.get("stuck")).toBe(String(shown.stuck));
    for (const name of LATENCY_NAMES) {
      const { whole } = result.latency[name];
      const row = report.page.locator(`tr[data-latency="${name}"] td`);
      const cells = (await row.allTextContents()).map((text) => text.replace("*", ""));
      const figures = [
        whole.min,
        whole.mean,
        whole.p50,
        whole.p90,
        whole.p95,
        whole.p99,
        whole.p999,
        whole.p9999,
        whole.max,
      ];
      expect(cells).toEqual([...figures.map(time), whole.count.toLocaleString("en-US")]);
    }
  });

  it("has a table behind every chart, filled when it is opened", async () => {
    await using report = await open(html);
    for (const chart of payload.runs[0]?.charts ?? []) {
      await report.page.locator(`details[data-chart="${chart.id}"] summary`).click();
      const rows = report.page.locator(`details[data-chart="${chart.id}"] tbody tr`);
      await expect.poll(() => rows.count()).toBe(chart.atS.length);
    }
    await report.page.locator('details[data-chart="r0-heatmap"] summary').click();
    const heat = report.page.locator('details[data-chart="r0-heatmap"] tbody tr');
    await expect.poll(() => heat.count()).toBe(60);
    const sum = (await tableText(report.page, 'details[data-chart="r0-heatmap"] tbody')).flatMap(
      ([, ...counts]) => counts,
    );
    expect(sum.reduce((total, text) => total + Number(text.replaceAll(",", "")), 0)).toBe(60_000);
  });

  it("moves one cursor through all charts with the keyboard, and says what is there", async () => {
    await using report = await open(html);
    const { page } = report;
    expect((await legends(page)).every((text) => /^[–|-]*$/.test(text))).toBe(true);
    await page.locator("#r0-latency-endToEnd").focus();
    await page.keyboard.press("Home");
    for (let i = 0; i < 3; i++) await page.keyboard.press("Shift+ArrowRight");
    const p99 = time(result.series.latency.endToEnd.p99[30] ?? 0);
    await expect.poll(() => page.locator("[aria-live]").textContent()).toContain(`p99 ${p99}`);
    const shown = await legends(page);
    expect(shown).toHaveLength(9);
    expect(shown.map((text) => text.split("|")[0])).toEqual([
      "30.5 s",
      "30 s",
      "30 s",
      "30.5 s",
      "30.5 s",
      "30.5 s",
      "30.5 s",
      "30.5 s",
      "30 s",
    ]);
    await page.keyboard.press("ArrowRight");
    expect((await legends(page)).every((text) => text.startsWith("31"))).toBe(true);
    await page.keyboard.press("Escape");
    expect((await legends(page)).every((text) => /^[–|-]*$/.test(text))).toBe(true);
  });

  it("shows where the keyboard is", async () => {
    await using report = await open(html);
    await report.page.locator("#r0-throughput").focus();
    await report.page.keyboard.press("Home");
    const outline = report.page.locator("#r0-throughput").evaluate((chart) => getComputedStyle(chart).outlineStyle);
    await expect(outline).resolves.toBe("solid");
  });

  it("moves one cursor through all charts with the pointer", async () => {
    await using report = await open(html);
    const plot = report.page.locator("#r0-throughput .u-over");
    await plot.scrollIntoViewIfNeeded();
    await plot.hover({ position: { x: 400, y: 40 } });
    await expect
      .poll(async () => new Set((await legends(report.page)).map((text) => text.split(".")[0]?.split(" ")[0])).size)
      .toBe(1);
    expect((await legends(report.page))[0]).toMatch(/^\d+\.\d s/);
  });

  it.each(["light", "dark"] as const)("never scrolls sideways at 400 px (%s)", async (colorScheme) => {
    await using report = await open(html, { viewport: { width: 400, height: 800 }, colorScheme });
    const overflow = report.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    await expect(overflow).resolves.toBeLessThanOrEqual(0);
    expect(report.complaints).toEqual([]);
  });

  it("redraws when the window becomes narrower", async () => {
    await using report = await open(html);
    await report.page.setViewportSize({ width: 420, height: 800 });
    const widest = () =>
      report.page.locator(".uplot").evaluateAll((all) => Math.max(...all.map((plot) => plot.clientWidth)));
    await expect.poll(widest).toBeLessThanOrEqual(420);
  });

  it("lets no script run but its own", async () => {
    await using report = await open(html);
    const ran = report.page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "document.title = 'taken over'";
      document.body.append(script);
      document.body.insertAdjacentHTML("beforeend", "<b onclick=\"document.title = 'taken over'\">x</b>");
      document.querySelector<HTMLElement>("body > b")?.click();
      return document.title;
    });
    await expect(ran).resolves.toBe("sample – havoq");
    expect(report.complaints.filter((text) => text.includes("Content Security Policy")).length).toBeGreaterThanOrEqual(
      2,
    );
  });

  it("takes no harm from names that are HTML", async () => {
    const evil = renderHtml([evilResult()]);
    await using report = await open(evil);
    const { page } = report;
    await expect(page.locator("h1").textContent()).resolves.toBe(EVIL);
    for (const summary of await page.locator("summary").all()) await summary.click();
    await expect(page.locator("img").count()).resolves.toBe(0);
    await expect(page.locator("script").count()).resolves.toBe(2);
    await expect(page.locator(".chart[data-drawn]").count()).resolves.toBe(9);
    expect(report.complaints).toEqual([]);
  });

  it("can be read without JavaScript: verdict, ledger, percentile plot and figures", async () => {
    await using report = await open(html, { javaScriptEnabled: false });
    const { page } = report;
    await expect(page.locator(".verdict").first().textContent()).resolves.toContain("Fail");
    await expect(page.locator("svg.plot.wide path.curve").count()).resolves.toBe(4);
    await expect(page.locator("svg.plot.wide").isVisible()).resolves.toBe(true);
    await expect(page.locator("svg.ledger-bar").count()).resolves.toBe(2);
    await expect(page.getByText("These charts need JavaScript").isVisible()).resolves.toBe(true);
  });

  it("prints light, on paper's width, also from a dark screen", async () => {
    await using report = await open(html, { colorScheme: "dark" });
    const { page } = report;
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    const ground = page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    await expect(ground).resolves.toBe("rgb(251, 251, 250)");
    const widths = page.locator(".uplot").evaluateAll((all) => all.map((plot) => plot.clientWidth));
    await expect(widths).resolves.toEqual(Array(9).fill(690));
    const pdf = await page.pdf({ format: "A4" });
    expect(pdf.length).toBeGreaterThan(50_000);
    expect(report.complaints).toEqual([]);
  });

  it("draws several runs on one page, each with its own charts and an overview", async () => {
    const several = renderHtml([result, sampleResult({ verdict: "pass" })]);
    await using report = await open(several);
    await expect(report.page.locator(".overview tbody tr").count()).resolves.toBe(2);
    await expect(report.page.locator(".chart[data-drawn]").count()).resolves.toBe(18);
    const ids = await report.page.locator("[id]").evaluateAll((all) => all.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    expect(report.complaints).toEqual([]);
  });
});

function evilResult() {
  const evil = sampleResult();
  return sampleResult({
    scenario: {
      ...evil.scenario,
      name: EVIL,
      question: EVIL,
      expect: [{ ...Object(evil.scenario["expect"])[3], expression: EVIL }],
    },
    run: { ...evil.run, id: EVIL, notes: [EVIL] },
    target: {
      ...evil.target,
      driver: EVIL,
      hostReason: EVIL,
      brokerVersion: EVIL,
      durability: EVIL,
      residueInspected: [EVIL],
    },
    environment: { ...evil.environment, command: EVIL, cpuModel: EVIL, hostname: EVIL },
    health: { ...evil.health, verdict: "noisy-machine", reasons: [EVIL] },
    faults: evil.faults.map((fault) => ({ ...fault, id: EVIL, description: EVIL })),
    resources: evil.resources.map((resource, i) => ({ ...resource, name: `${EVIL}${i}` })),
    errors: [{ text: EVIL, count: 1, firstNs: 0, role: "worker" }],
    expectations: [{ metric: EVIL, expression: EVIL, actual: 1, passed: false, text: EVIL }],
  });
}

/** In the page: lines of which no pixel has the colour, with room for anti-aliasing. */
function linesNotDrawn(charts: readonly { readonly id: string; readonly colours: readonly number[] }[]): string[] {
  const style = getComputedStyle(document.documentElement);
  const isNear = (data: Uint8ClampedArray, i: number, wanted: readonly number[]) =>
    wanted.every((channel, k) => Math.abs((data[i + k] ?? 0) - channel) < 24) && (data[i + 3] ?? 0) > 150;
  return charts.flatMap(({ id, colours }) => {
    const canvas = document.querySelector<HTMLCanvasElement>(`#${id} canvas`);
    const context = canvas?.getContext("2d");
    if (!canvas || !context) return [`${id}: no canvas`];
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    return colours.flatMap((colour) => {
      const hex = style.getPropertyValue(`--c${colour}`).trim().slice(1);
      const wanted = [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
      for (let i = 0; i < data.length; i += 4) if (isNear(data, i, wanted)) return [];
      return [`${id}: no pixel of colour ${colour} (#${hex})`];
    });
  });
}

/** In the page: how many colours a plot has. */
function coloursOf(id: string): number {
  const canvas = document.querySelector<HTMLCanvasElement>(`#${id} canvas`);
  const data = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
  const seen = new Set<number>();
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] === 255) seen.add(((data[i] ?? 0) << 16) | ((data[i + 1] ?? 0) << 8) | (data[i + 2] ?? 0));
  }
  return seen.size;
}
