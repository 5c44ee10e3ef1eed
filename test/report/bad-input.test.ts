import { describe, expect, it } from "vitest";
import { RequestError } from "call-records";
import { callMetrics, type Metrics, REPORT_GROUPINGS } from "call-records/metrics";
import { renderReport, type ReportOptions } from "call-records/report";
import { sampleReport } from "./sample-calls.js";

const empty = () =>
  callMetrics([], { groupBy: REPORT_GROUPINGS, timeZone: "UTC", report: () => ({ accounts: [sampleReport({})] }) });

describe("renderReport", () => {
  it.each<[options: unknown, message: string]>([
    [{ titel: "x" }, "renderReport: unknown option `titel`."],
    [{ title: "" }, "renderReport: option `title`: must not be empty."],
    [{ title: 7 }, "renderReport: option `title`: "],
    [{ locale: "de" }, "renderReport: option `locale`: must be one of en, zh-CN."],
    [{ usage: 7 }, "renderReport: option `usage`: "],
    [{ usage: { summaries: [{}] } }, "renderReport: option `usage`: option `summaries.0.provider`: "],
    [{ usage: { periods: [] } }, "renderReport: option `usage`: option `withoutCount`: "],
  ])("rejects the options %j", async (options, message) => {
    const metrics = await empty();
    const render = () => renderReport(metrics, options as ReportOptions);
    expect(render).toThrow(RequestError);
    expect(render).toThrow(message);
  });

  it.each<[change: (metrics: Metrics) => unknown, message: string]>([
    [() => null, "renderReport: argument `metrics`: must be a result of callMetrics"],
    [() => ({ calls: 3 }), "(field `version`: must be 1)"],
    [(metrics) => ({ ...metrics, firstCallAt: "yesterday" }), "(field `firstCallAt`: "],
    [
      (metrics) => ({ ...metrics, groupings: metrics.groupings.slice(1) }),
      "must contain the groupings of REPORT_GROUPINGS. These are missing: day. Pass `groupBy: REPORT_GROUPINGS` to callMetrics.",
    ],
    [
      (metrics) => ({ ...metrics, proof: [{ ...sampleReport({}), gaps: [{ from: "a", to: "b", reason: "failed" }] }] }),
      "renderReport: argument `metrics`: option `proof.0.gaps.0.from`: ",
    ],
  ])("rejects metrics: %s", async (change, message) => {
    const metrics = change(await empty());
    expect(() => renderReport(metrics as Metrics)).toThrow(message);
    expect(() => renderReport(metrics as Metrics)).toThrow(RequestError);
  });

  it("names all missing groupings", async () => {
    const metrics = await callMetrics([], { groupBy: ["account"] });
    expect(() => renderReport(metrics)).toThrow(
      "day; account and day; weekday and hour; account; account and agent; account and queue.",
    );
  });
});
