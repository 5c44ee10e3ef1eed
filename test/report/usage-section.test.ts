import { describe, expect, it } from "vitest";
import type { UsageSummary } from "call-records";
import { reconcile } from "call-records/metrics";
import { renderReport } from "call-records/report";
import { sampleCalls } from "./sample-calls.js";
import { sampleMetrics } from "./sample-metrics.js";

const SAMPLE = { from: "2026-11-02", days: 2, callsPerDay: 20, accounts: { "tencent-ccc": "hotline" } };
const DAY_MS = 86_400_000;
const first = Date.parse("2026-11-01T16:00:00Z");

/** A vendor's count of one day. */
function counted(day: number, outbound: number | null): UsageSummary {
  return {
    provider: "tencent-ccc",
    account: "hotline",
    application: "1400000000",
    from: new Date(first + day * DAY_MS),
    to: new Date(first + (day + 1) * DAY_MS),
    source: "vendor",
    calls: null,
    minutes: { outbound, inbound: 5, voip: null, unclassified: null, asrOffline: null, asrRealtime: null },
    talkSeconds: null,
    answeredWithoutDuration: null,
    seats: null,
    complete: true,
    raw: [],
  };
}

const sectionOf = (page: string) =>
  (/<section id="usage"[^>]*>([^]*?)<\/section>/.exec(page)?.[1] ?? "")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ");

describe("usage against records", () => {
  it("is left out without usage", async () => {
    expect(renderReport(await sampleMetrics(SAMPLE))).not.toContain('id="usage"');
  });

  it("shows a reconciliation: the differences by day, and what may explain them", async () => {
    const calls = [...sampleCalls(SAMPLE)].map((call) => ({ ...call, application: "1400000000" }));
    const usage = await reconcile({ summaries: [counted(0, 12), counted(1, 30)] }, calls, {
      minimumSeconds: 60,
      incrementSeconds: 60,
    });
    const page = renderReport(await sampleMetrics(SAMPLE), { usage });
    const section = sectionOf(page);
    expect(section).toContain("The vendor&#39;s count differs from the records in 2 of 2 periods.");
    const outbound = usage.periods[0]?.categories[0];
    expect(section).toContain(
      `hotline / 1400000000 2 Nov 2026 00:00 3 Nov 2026 00:00 outbound 12.0 ${outbound?.recordMinutes.toFixed(1) ?? ""} `,
    );
    expect(section).toContain("not answered, assumed free");
    expect(page).toMatch(/<svg class="chart" role="img" aria-labelledby="usage-chart-title usage-chart-description"/);
  });

  it("shows counts without a billing rule beside the talk of the account", async () => {
    const metrics = await sampleMetrics(SAMPLE);
    const section = sectionOf(renderReport(metrics, { usage: { summaries: [counted(0, null)] } }));
    const talk = Math.round((metrics.totals.talkSeconds?.total ?? 0) / 60);
    expect(section).toContain(`vendor&#39;s count not reported 5.0 not reported ${talk} yes`);
  });
});
