import { describe, expect, it } from "vitest";
import { huaweiCec } from "call-records";
import { huaweiAnswering, serve } from "./scripted-vendor.js";
import { DAY, HOUR, ManualClock, NOW, openClient, RATE as rate } from "./stage.js";

describe("isolated failures", () => {
  const all = Array.from({ length: 110 }, (_, day) => ({ callSerialNo: `${day}`, startTime: NOW - (120 - day) * DAY, endTime: NOW - (120 - day) * DAY + 1, state: 3, reasonCode: 5 }));
  const whole = { from: new Date(NOW - 120 * DAY), to: new Date(NOW - 5 * DAY), isolateFailures: true };

  /** Huawei, whose windows fail that begin in one of these weeks, counted from the first that is asked for. */
  async function readWithFailing(weeks: number[], failure: { status: number; body: unknown }) {
    const first = NOW - 120 * DAY - 12 * HOUR;
    let sent = 0;
    const endpoint = await serve(
      huaweiAnswering(({ body }) => {
        sent += 1;
        if (weeks.includes(Math.floor((Number(body.startTime) - first + DAY) / (7 * DAY)))) return failure;
        const callInfo = body.taskType === "0" ? all.filter(({ startTime }) => startTime >= Number(body.startTime) && startTime <= Number(body.endTime)) : [];
        return { body: { retCode: "0", retMsg: "", result: { total: callInfo.length, callInfo } } };
      }),
    );
    const client = openClient({ providers: [huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate })], clock: new ManualClock(), retry: { attempts: 1 } });
    const stream = client.records(whole);
    const records = await stream.toArray({ max: 1000 });
    const [report] = stream.report().accounts;
    if (report === undefined) throw new TypeError("There is one account.");
    return { records, report, sent };
  }

  it.each([[[0]], [[3, 4]], [[0, 1, 2, 5, 9]]])("of windows in weeks %j leave the others read, and are gaps", async (weeks) => {
    const { records, report } = await readWithFailing(weeks, { status: 500, body: { error: "business failure" } });
    expect(report).toMatchObject({ status: "partial", error: { code: "vendor", vendorCode: "HTTP 500" } });
    expect(new Set(report.gaps.map(({ reason }) => reason))).toEqual(new Set(["failed"]));
    const isMissing = (at: number) => report.gaps.some((gap) => Date.parse(gap.from) <= at && at < Date.parse(gap.to));
    expect(records.length).toBeGreaterThan(60);
    expect(all.filter(({ startTime }) => !isMissing(startTime)).map(({ callSerialNo }) => callSerialNo).every((id) => records.some((record) => record.id === id))).toBe(true);
  });

  it("of a vendor that is down end its account after a bounded number of requests", async () => {
    const { records, report, sent } = await readWithFailing(Array.from({ length: 20 }, (_, week) => week), { status: 503, body: {} });
    expect(records).toEqual([]);
    expect(report).toMatchObject({ status: "failed", error: { code: "vendor", vendorCode: "HTTP 503", retryable: true } });
    expect(sent).toBeLessThanOrEqual(3);
  });

  it("of wrong credentials end their account with the first request", async () => {
    const { report, sent } = await readWithFailing([0], { status: 403, body: {} });
    expect(report).toMatchObject({ status: "failed", error: { code: "permission" } });
    expect(sent).toBe(1);
  });
});
