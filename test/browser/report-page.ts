import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inflateRawSync } from "node:zlib";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import type { Payload } from "../../reports/html/payload.js";
import { chromiumPath, describeWith } from "../support/systems.js";

const QUIET = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts the Chromium of this machine without a display and without traffic of its own. */
async function launchBrowser(): Promise<Browser> {
  const executablePath = await chromiumPath();
  if (executablePath === null) throw new Error("no Chromium");
  return chromium.launch({ executablePath, args: QUIET });
}

/** Opens a report in the browser of a suite. */
export type OpenPage = (html: string, options?: BrowserContextOptions) => Promise<ReportPage>;

/** A suite that has one Chromium for all its tests. */
export const describeInBrowser = (title: string, body: (open: OpenPage) => void): Promise<void> =>
  describeWith("chromium", title, () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchBrowser();
    });
    afterAll(() => browser.close());
    body((html, options) => openReport(browser, html, options));
  });

/** A page opened from a file with the network off, and whatever it did that it should not. */
export interface ReportPage extends AsyncDisposable {
  readonly page: Page;
  /** Errors on the console, uncaught exceptions, dialogs and requests for anything but the file itself. */
  readonly complaints: string[];
}

/** Opens a report from disk and waits until its script has drawn it. */
async function openReport(browser: Browser, html: string, options: BrowserContextOptions = {}): Promise<ReportPage> {
  const directory = mkdtempSync(join(tmpdir(), "havoq-html-"));
  const file = join(directory, "report.html");
  writeFileSync(file, html);
  const url = pathToFileURL(file).href;
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  await context.setOffline(true);
  const page = await context.newPage();
  const complaints: string[] = [];
  await page.route("**/*", (route) => {
    const asked = route.request().url();
    if (asked === url) return route.continue();
    complaints.push(`request: ${asked}`);
    return route.abort();
  });
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => void complaints.push(`exception: ${error.message}`));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    return dialog.dismiss();
  });
  await page.goto(url);
  if (options.javaScriptEnabled !== false) await page.waitForSelector("html[data-ready]");
  return {
    page,
    complaints,
    [Symbol.asyncDispose]: async () => {
      await context.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** By how many pixels the page is wider than the window. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** What a report gives to its script. */
export function payloadOf(html: string): Payload {
  const [, data = ""] = /id="havoq-data">([^<]*)</.exec(html) ?? [];
  return JSON.parse(inflateRawSync(Buffer.from(data, "base64")).toString()) as Payload;
}
