import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callMetrics, type Metrics, REPORT_GROUPINGS } from "call-records/metrics";
import { renderReport, type ReportOptions } from "call-records/report";
import { november, sampleMetrics } from "../report/sample-metrics.js";
import { type OpenBrowser, openBrowser } from "./browser.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WIDTHS = [1280, 768, 390];
const HOSTILE = `<img src=x onerror="document.title='broken in'">"'><script>document.title='broken in'</script>`;
const LONG = "longname".repeat(20);

/** A reconciliation with differences of both signs. */
const usage = {
  periods: Array.from({ length: 30 }, (_, day) => ({
    provider: "tencent-ccc",
    account: "hotline",
    application: null,
    from: new Date(Date.UTC(2026, 9, 31 + day, 16)).toISOString(),
    to: new Date(Date.UTC(2026, 10, 1 + day, 16)).toISOString(),
    settled: true,
    categories: [
      {
        category: "outbound" as const,
        vendorMinutes: 90,
        recordMinutes: 90 - ((day % 5) - 2),
        difference: (day % 5) - 2,
        calls: 9,
        unknownLength: 0,
      },
    ],
    explanations: [{ category: "outbound" as const, reason: "fraction" as const, calls: 3, minutes: 3, examples: [] }],
  })),
  withoutCount: ["campaign"],
  callsOutside: 1,
};

const pages: Record<string, () => Promise<[Metrics, ReportOptions?]>> = {
  "a month": async () => [await november(), { title: "November 2026", usage }],
  "a month in Chinese": async () => [await november(), { locale: "zh-CN", usage }],
  "one day": async () => [await sampleMetrics({ from: "2026-11-03", days: 1, callsPerDay: 60 })],
  "no calls": async () => [await callMetrics([], { groupBy: REPORT_GROUPINGS, timeZone: "Asia/Shanghai" })],
  "outbound calls only": async () => [
    await sampleMetrics({ from: "2026-11-02", days: 20, callsPerDay: 30, accounts: { "huawei-cec": "campaign" } }),
  ],
  "400 days with long and hostile names": async () => [
    await sampleMetrics({
      from: "2025-10-27",
      days: 400,
      callsPerDay: 8,
      agents: 40,
      agentName: (index) => (index % 2 === 0 ? `${LONG}${index}` : HOSTILE),
      queueName: () => HOSTILE,
      accounts: { "tencent-ccc": HOSTILE, itniotech: LONG },
    }),
    { title: HOSTILE },
  ],
};

let open: OpenBrowser;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "call-records-report-"));
  open = await openBrowser();
}, 120_000);
afterAll(async () => {
  await open.close();
  await rm(folder, { recursive: true, force: true });
});

/** Opens a page, and collects what it must not do. */
async function view(name: string): Promise<{ page: Page; problems: string[]; close: () => Promise<void> }> {
  const [metrics, options] = (await pages[name]?.()) ?? [];
  if (metrics === undefined) throw new Error(`There is no page ${name}.`);
  const file = join(folder, `${name}.html`);
  await writeFile(file, renderReport(metrics, options));
  const page = await open.browser.newPage();
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => problems.push(message.text()));
  page.on("request", (request) => {
    if (request.url() !== pathToFileURL(file).href) problems.push(`request: ${request.url()}`);
  });
  page.on("dialog", (dialog) => problems.push(dialog.message()));
  await page.goto(pathToFileURL(file).href);
  return { page, problems, close: () => page.close() };
}

/** Scripts are passed as text, because the types of the DOM are not available here. */
const OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
const OPEN_ALL = 'document.querySelectorAll("details").forEach((one) => (one.open = true))';
/** The charts with fewer than three visible shapes. */
const EMPTY_CHARTS = `[...document.querySelectorAll("svg.chart, svg.strip")].filter((chart) =>
  [...chart.querySelectorAll("rect:not(.hit), path, circle")].filter((shape) => { const { width, height } = shape.getBoundingClientRect(); return width > 0 || height > 0; }).length < 1).map((chart) => chart.textContent)`;
const AXE = `axe.run({ resultTypes: ["violations"] }).then(({ violations }) => violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id, nodes }) => id + ": " + nodes.slice(0, 3).map(({ html, failureSummary }) => html.slice(0, 200) + failureSummary).join()))`;

describe.each(Object.keys(pages))("the report of %s, in a browser", (name) => {
  it("runs no script, sends no request, fits every width, and has no empty chart", { timeout: 120_000 }, async () => {
    const { page, problems, close } = await view(name);
    for (const width of WIDTHS) {
      await page.setViewport({ width, height: 900 });
      expect(await page.evaluate(OVERFLOW), `${width}`).toBe(0);
      expect(await page.evaluate(EMPTY_CHARTS), `${width}`).toEqual([]);
    }
    await page.evaluate(OPEN_ALL);
    expect(await page.evaluate(OVERFLOW)).toBe(0);
    expect(await page.title()).not.toBe("broken in");
    expect(await page.evaluate('document.querySelectorAll("script, img").length')).toBe(0);
    expect(problems).toEqual([]);
    await close();
  });
});

/** One mode for most pages, because the colors do not depend on the data. */
const AXE_RUNS = Object.keys(pages).flatMap((name, index) =>
  (index === 0 ? ["light", "dark"] : [index % 2 === 0 ? "light" : "dark"]).map((scheme) => [name, scheme] as const),
);

describe("the findings of axe", () => {
  it.each(AXE_RUNS)("are not serious for %s in %s mode", { timeout: 120_000 }, async (name, scheme) => {
    const { page, close } = await view(name);
    await page.setViewport({ width: 1280, height: 900 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await page.evaluate(OPEN_ALL);
    await page.evaluate(axe);
    expect(await page.evaluate(AXE)).toEqual([]);
    await close();
  });
});

describe("the report, in a browser", () => {
  it("changes its colors with the mode", async () => {
    const { page, close } = await view("one day");
    const colors = async (scheme: string) => {
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      return page.evaluate("getComputedStyle(document.body).backgroundColor");
    };
    expect([await colors("light"), await colors("dark")]).toEqual(["rgb(255, 255, 255)", "rgb(18, 23, 30)"]);
    await close();
  });

  it("is printed in light colors, without the contents, on pages of A4", { timeout: 120_000 }, async () => {
    const { page, close } = await view("a month");
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
    await page.emulateMediaType("print");
    // The width of A4 without the margins.
    await page.setViewport({ width: 687, height: 1000 });
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(255, 255, 255)");
    expect(await page.evaluate('document.querySelector("nav").checkVisibility()')).toBe(false);
    expect(await page.evaluate(OVERFLOW)).toBe(0);
    const pdf = Buffer.from(await page.pdf({ preferCSSPageSize: true })).toString("latin1");
    // A4 in points.
    expect(pdf).toMatch(/\/MediaBox\s*\[\s*0 0 59[45](\.\d+)? 84[12](\.\d+)?\s*\]/);
    expect(Number(/\/Count (\d+)/.exec(pdf)?.[1])).toBeLessThanOrEqual(8);
    await close();
  });

  it("can be used with a keyboard: the links, the tables and the parts to open have the focus in order", async () => {
    const { page, close } = await view("a month");
    const focused: unknown[] = [];
    for (let press = 0; press < 14; press += 1) {
      await page.keyboard.press("Tab");
      focused.push(await page.evaluate("document.activeElement.tagName"));
    }
    expect(focused.slice(0, 12)).toEqual(Array.from({ length: 12 }, () => "A"));
    expect(focused.slice(12)).toEqual(["SUMMARY", "SUMMARY"]);
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.parentElement.open")).toBe(true);
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.getAttribute('role')")).toBe("region");
    await close();
  });
});
