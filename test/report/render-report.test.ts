import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { callMetrics, mergeMetrics, type Metrics, REPORT_GROUPINGS } from "call-records/metrics";
import { renderReport } from "call-records/report";
import { sampleReport } from "./sample-calls.js";
import { november, sampleMetrics } from "./sample-metrics.js";

/** Returns the text of the section with this anchor, without its tags. */
function sectionOf(page: string, id: string): string {
  const [, content = ""] = new RegExp(`<section id="${id}"[^>]*>([^]*?)</section>`).exec(page) ?? [];
  return content
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
}

const ids = (page: string) => [...page.matchAll(/<section id="([\w-]+)"/g)].map(([, id]) => id);
const SECTIONS = [
  "figures",
  "volume",
  "hours",
  "rates",
  "waits",
  "talk",
  "outcomes",
  "agents",
  "queues",
  "proof",
  "definitions",
];
/** One day of one account. */
const oneDay = () =>
  sampleMetrics({ from: "2026-11-03", days: 1, callsPerDay: 30, accounts: { "tencent-ccc": "hotline" } });

describe("the page", () => {
  it("shows every section, with the numbers of the metrics", async () => {
    const metrics = await november();
    const page = renderReport(metrics, { title: "November" });
    expect(ids(page)).toEqual(SECTIONS);
    expect(page).toContain("<title>November</title>");
    const { calls, inbound } = metrics.totals;
    expect(sectionOf(page, "figures")).toContain(`Calls ${calls.toLocaleString("en-GB")}`);
    expect(sectionOf(page, "figures")).toContain(`${((inbound.answerRate ?? 0) * 100).toFixed(1)}%`);
    const days = metrics.groupings.find(({ groupBy }) => groupBy.join() === "day")?.groups ?? [];
    const volume = sectionOf(page, "volume");
    for (const { metrics: day } of days) expect(volume).toContain(` ${day.calls} `);
    const queues = metrics.groupings.find(({ groupBy }) => groupBy.join() === "account,queue")?.groups ?? [];
    for (const { names, key } of queues)
      if (key.queue !== null) expect(sectionOf(page, "queues")).toContain(`${names.queue ?? ""} ${key.queue ?? ""}`);
  });

  it("is the same for the same metrics, also as JSON and merged from days", async () => {
    const whole = await november();
    const page = renderReport(whole);
    expect(renderReport(JSON.parse(JSON.stringify(whole)) as Metrics)).toBe(page);
    const empty = await callMetrics([], { ...optionsOf(whole), report: () => ({ accounts: [] }) });
    expect(renderReport(mergeMetrics(whole, empty))).toBe(page);
  });

  it("allows its own style, and nothing else", async () => {
    const page = renderReport(await oneDay());
    const [, style = ""] = /<style>([^]*?)<\/style>/.exec(page) ?? [];
    const hash = createHash("sha256").update(style, "utf8").digest("base64");
    const [, policy = ""] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    expect(policy.replaceAll("&#39;", "'")).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
    );
    expect(page).not.toMatch(
      /<(script|link|img|iframe|form|object)|\s(style|on\w+|src|srcset)=|url\(|@import|https?:/i,
    );
    // Links lead to sections only.
    expect([...page.matchAll(/href="([^"]*)"/g)].every(([, href]) => href?.startsWith("#"))).toBe(true);
  });

  it("is in Chinese where requested", async () => {
    const page = renderReport(await november(), { locale: "zh-CN" });
    expect(page).toContain('<html lang="zh-CN">');
    expect(sectionOf(page, "volume")).toMatch(/^每日通话量 通话最多：2026年11月\d+日周/);
    const words = page.replace(/<style>[^]*?<\/style>/, "").replaceAll(/<[^>]*>/g, " ");
    // Names of accounts, vendors, agents and queues are not translated.
    const english = new Set(words.match(/[A-Za-z][a-z]{3,}/g));
    const names =
      /^(hotline|campaign|overseas|tencent|huawei|itniotech|Asia|Shanghai|Grace|Neill|Yang|José|Álvarez|lvarez|Amara|Okafor|Hannah|Schmidt|Sales|Support|Billing)$/;
    expect([...english].filter((word) => !names.test(word))).toEqual([]);
  });
});

describe("names and texts of others", () => {
  it("are escaped", async () => {
    const hostile = `<script>alert("1")</script>'&\u0000\u202e\ud800`;
    const metrics = await sampleMetrics(
      {
        from: "2026-11-03",
        days: 2,
        callsPerDay: 40,
        agentName: () => hostile,
        queueName: () => hostile,
        accounts: { "tencent-ccc": hostile },
      },
      [
        sampleReport({
          account: hostile,
          provider: hostile,
          status: "failed",
          error: { name: "Error", code: "network", message: hostile } as never,
        }),
      ],
    );
    const page = renderReport(metrics, { title: hostile });
    expect(page).not.toContain("<script");
    for (const character of ["\u0000", "\ud800"]) expect(page).not.toContain(character);
    expect(page.match(/&lt;script&gt;alert\(&quot;1&quot;\)&lt;\/script&gt;&#39;&amp;\ufffd/g)?.length).toBeGreaterThan(
      10,
    );
  });
});

describe("what a vendor does not report", () => {
  it("is neither 0 nor left out", async () => {
    const page = renderReport(
      await sampleMetrics({ from: "2026-11-01", days: 3, callsPerDay: 30, accounts: { "huawei-cec": "campaign" } }),
    );
    expect(sectionOf(page, "figures")).toContain("Answer rate not reported Service level, 20 s not reported");
    expect(sectionOf(page, "rates")).toBe(
      "Answer rate and service level Not reported by huawei-cec: answer rate, service level.",
    );
    expect(sectionOf(page, "outcomes")).toMatch(/campaign · outbound Outbound, connected: \d+/);
  });

  it("names who reports it", async () => {
    expect(sectionOf(renderReport(await november()), "waits")).toContain(
      "Only calls of itniotech, tencent-ccc count for: speed of answer, abandonment. Not reported by huawei-cec.",
    );
  });
});

describe("the proof", () => {
  it("shows which days are complete, unsettled and missing", async () => {
    const page = renderReport(await november());
    const proof = sectionOf(page, "proof");
    expect(proof).toContain("26 of 30 days are complete for every account.");
    expect(proof).toContain("Days of campaign: complete: 26, unsettled: 3, calls may be missing: 1.");
    expect(proof).toContain("campaign 11 Nov 2026 00:00 12 Nov 2026 00:00 could not be read");
    expect(page).toContain('<ul class="status incomplete">');
    expect(page).toContain("Provisional from 28 Nov 2026 10:00: calls may still be added or change.");
    expect(sectionOf(page, "volume")).toMatch(/Sat, 28 Nov 2026 [\d ]+ unsettled Sun, 29 Nov 2026/);
    expect(page.match(/<g class="provisional">/g)).toHaveLength(6);
  });

  it("is missing without a report, and the page says so", async () => {
    const page = renderReport(await oneDay());
    expect(page).toContain("Not verified: no report proves that every call is included.");
    expect(sectionOf(page, "volume")).toContain("not verified");
    const merged = mergeMetrics(await november(), await callMetrics([], optionsOf(await november())));
    expect(renderReport(merged)).toContain("Parts without a report, for which nothing is verified: 1.");
  });

  it("states that everything is final where it is", async () => {
    const coverage = [{ from: "2026-11-02T16:00:00Z", to: "2026-11-03T16:00:00Z" }];
    const page = renderReport(
      await sampleMetrics({ from: "2026-11-03", days: 1, callsPerDay: 30, accounts: { "tencent-ccc": "hotline" } }, [
        sampleReport({ coverage }),
      ]),
    );
    expect(page).toContain(
      '<ul class="status complete"><li>Complete: every call is included, and none can change.</li>',
    );
    expect(sectionOf(page, "proof")).toContain("1 of 1 days are complete");
  });
});

describe("unusual ranges", () => {
  it("without calls have no charts", async () => {
    const page = renderReport(await callMetrics([], { groupBy: REPORT_GROUPINGS, timeZone: "UTC" }));
    expect(ids(page)).toEqual(["figures", "volume", "proof", "definitions"]);
    expect(page).not.toContain('class="chart"');
    expect(page).toContain("There are no calls.");
  });

  it("show each day, also those without calls, up to 120 days", async () => {
    const metrics = await sampleMetrics({ from: "2026-06-01", days: 120, callsPerDay: 1 });
    const page = renderReport(metrics);
    expect(sectionOf(page, "volume")).toContain("Volume by day");
    const first = metrics.groupings[0]?.groups[0]?.key.day ?? "";
    const last = metrics.groupings[0]?.groups.at(-1)?.key.day ?? "";
    const days = (Date.parse(last) - Date.parse(first)) / 86_400_000 + 1;
    const [, table = ""] = /<details>([^]*?)<\/details>/.exec(page) ?? [];
    expect(table.match(/<tr><th scope="row" class="text">\w{3}, \d+ \w+ 2026<\/th>/g)).toHaveLength(days);
  });

  it("show weeks, then months, whose numbers are those of their days", async () => {
    const metrics = await sampleMetrics({ from: "2025-10-27", days: 400, callsPerDay: 3 });
    const volume = sectionOf(renderReport(metrics), "volume");
    expect(volume).toContain("Volume by week");
    const [, week] = /Week of 3 Nov 2025 (\d+) /.exec(volume) ?? [];
    const days =
      metrics.groupings[0]?.groups.filter(
        ({ key }) => (key.day ?? "") >= "2025-11-03" && (key.day ?? "") <= "2025-11-09",
      ) ?? [];
    expect(Number(week)).toBe(days.reduce((sum, day) => sum + day.metrics.calls, 0));
    const years = await sampleMetrics({ from: "2022-01-01", days: 1200, callsPerDay: 1 });
    expect(sectionOf(renderReport(years), "volume")).toContain("Volume by month");
  });

  it("list agents beyond the first twenty in a part that the reader opens", async () => {
    const page = renderReport(
      await sampleMetrics({
        from: "2026-11-02",
        days: 5,
        callsPerDay: 900,
        agents: 200,
        agentName: (index) => `Agent ${index}`,
        accounts: { "tencent-ccc": "hotline" },
      }),
    );
    expect(page).toContain("<summary>180 more agents</summary>");
    for (let index = 0; index < 200; index += 1) expect(page).toContain(`<bdi>Agent ${index}</bdi>`);
  });
});

function optionsOf({ options }: Metrics) {
  const { timeZone, groupBy, serviceLevel, shortAbandonSeconds, menuAbandons } = options;
  return {
    groupBy,
    serviceLevel,
    menuAbandons,
    timeZone: timeZone ?? "UTC",
    ...(shortAbandonSeconds === null ? {} : { shortAbandonSeconds }),
  };
}
