import { describe, expect, it } from "vitest";
import { huaweiCec } from "call-records";
import { huaweiResponding, serve } from "./scripted-vendor.js";
import { DAY, HOUR, ManualClock, NOW, openClient, RATE as rate } from "./stage.js";

describe("isolated failures", () => {
  const all = Array.from({ length: 110 }, (_, day) => ({
    callSerialNo: `${day}`,
    startTime: NOW - (120 - day) * DAY,
    endTime: NOW - (120 - day) * DAY + 1,
    state: 3,
    reasonCode: 5,
  }));
  const whole = { from: new Date(NOW - 120 * DAY), to: new Date(NOW - 5 * DAY), isolateFailures: true };

  /** Reads an account of Huawei whose windows fail if they begin in one of these weeks, counted from the first requested window. */
  async function readWithFailing(weeks: number[], failure: { status: number; body: unknown }) {
    const first = NOW - 120 * DAY - 12 * HOUR;
    let sent = 0;
    const endpoint = await serve(
      huaweiResponding(({ body }) => {
        sent += 1;
        if (weeks.includes(Math.floor((Number(body.startTime) - first + DAY) / (7 * DAY)))) return failure;
        const callInfo =
          body.taskType === "0"
            ? all.filter(({ startTime }) => startTime >= Number(body.startTime) && startTime <= Number(body.endTime))
            : [];
        return { body: { retCode: "0", retMsg: "", result: { total: callInfo.length, callInfo } } };
      }),
    );
    const client = openClient({
      providers: [huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate })],
      clock: new ManualClock(),
      retry: { attempts: 1 },
    });
    const stream = client.records(whole);
    const records = await stream.toArray({ max: 1000 });
    const [report] = stream.report().accounts;
    if (report === undefined) throw new TypeError("The report has no account.");
    return { records, report, sent };
  }

  it.each([[[0]], [[3, 4]], [[0, 1, 2, 5, 9]]])(
    "of windows in weeks %j become gaps, and the other windows are read",
    async (weeks) => {
      const { records, report } = await readWithFailing(weeks, { status: 500, body: { error: "business failure" } });
      expect(report).toMatchObject({ status: "partial", error: { code: "vendor", vendorCode: "HTTP 500" } });
      expect(new Set(report.gaps.map(({ reason }) => reason))).toEqual(new Set(["failed"]));
      const isMissing = (at: number) =>
        report.gaps.some((gap) => Date.parse(gap.from) <= at && at < Date.parse(gap.to));
      expect(records.length).toBeGreaterThan(60);
      expect(
        all
          .filter(({ startTime }) => !isMissing(startTime))
          .map(({ callSerialNo }) => callSerialNo)
          .every((id) => records.some((record) => record.id === id)),
      ).toBe(true);
    },
  );

  it.each([[[0, 1, 2, 3, 4, 5]], [[6, 7, 8, 9]], [[2, 3, 4, 8, 9, 10, 11]]])(
    "of windows in weeks %j that always return 503 are not treated as an outage if other windows succeed",
    async (weeks) => {
      const { records, report } = await readWithFailing(weeks, { status: 503, body: {} });
      expect(report).toMatchObject({ status: "partial", error: { code: "vendor", vendorCode: "HTTP 503" } });
      expect(new Set(report.gaps.map(({ reason }) => reason))).toEqual(new Set(["failed"]));
      const isMissing = (at: number) =>
        report.gaps.some((gap) => Date.parse(gap.from) <= at && at < Date.parse(gap.to));
      const known = all.filter(({ startTime }) => !isMissing(startTime)).map(({ callSerialNo }) => callSerialNo);
      expect(known.length).toBeGreaterThan(30);
      expect(known.filter((id) => !records.some((record) => record.id === id))).toEqual([]);
    },
  );

  it("of several pages of one window count as one failed window", async () => {
    const rows = Array.from({ length: 990 }, (_, index) => ({
      callSerialNo: `${index}`,
      startTime: NOW - 30 * DAY + index,
      state: 3,
      reasonCode: 5,
    }));
    const endpoint = await serve(
      huaweiResponding(({ body }) => {
        const within = rows.filter(
          ({ startTime }) =>
            body.taskType === "0" && startTime >= Number(body.startTime) && startTime <= Number(body.endTime),
        );
        if (Number(body.offset) > 0) return { status: 503, body: {} };
        return { body: { retCode: "0", retMsg: "", result: { total: within.length, callInfo: within.slice(0, 100) } } };
      }),
    );
    const client = openClient({
      providers: [huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate })],
      clock: new ManualClock(),
      retry: { attempts: 1 },
    });
    const stream = client.records(whole);
    expect(await stream.toArray({ max: 1000 })).toHaveLength(100);
    expect(stream.report().accounts[0]).toMatchObject({ status: "partial", gaps: [{ reason: "failed" }] });
    expect(stream.report().accounts[0]?.coverage).toHaveLength(2);
  });

  it("of a vendor that is down fail the account after a bounded number of requests", async () => {
    const { records, report, sent } = await readWithFailing(
      Array.from({ length: 20 }, (_, week) => week),
      { status: 503, body: {} },
    );
    expect(records).toEqual([]);
    expect(report).toMatchObject({
      status: "failed",
      error: { code: "vendor", vendorCode: "HTTP 503", retryable: true },
    });
    expect(sent).toBeLessThanOrEqual(3);
  });

  it("because of wrong credentials fail the account after the first request", async () => {
    const { report, sent } = await readWithFailing([0], { status: 403, body: {} });
    expect(report).toMatchObject({ status: "failed", error: { code: "permission" } });
    expect(sent).toBe(1);
  });
});

describe("a failure in the middle of a stream", () => {
  /** Opens a stream with one row per day. Windows of the last two weeks fail after the others have been read. */
  async function streamThatFails() {
    const rows = Array.from({ length: 60 }, (_, day) => ({
      callSerialNo: `${day}`,
      startTime: NOW - (66 - day) * DAY,
      state: 3,
      reasonCode: 5,
    }));
    const endpoint = await serve(
      huaweiResponding(({ body }) => {
        if (Number(body.startTime) > NOW - 15 * DAY) return { status: 400, body: {} };
        const callInfo = rows.filter(
          ({ startTime }) =>
            body.taskType === "0" && startTime >= Number(body.startTime) && startTime <= Number(body.endTime),
        );
        return { body: { retCode: "0", retMsg: "", result: { total: callInfo.length, callInfo } } };
      }),
    );
    const one = { ...rate, concurrency: 1 };
    const client = openClient({
      providers: [huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate: one })],
      clock: new ManualClock(),
    });
    return { rows, stream: client.records({ from: new Date(NOW - 67 * DAY), to: new Date(NOW - 3 * DAY) }) };
  }

  it("is thrown after the unfinished batch, so that the coverage contains only delivered calls", async () => {
    const { rows, stream } = await streamThatFails();
    const ids = new Set<string>();
    const read = async () => {
      for await (const batch of stream.batches(1000)) for (const { id } of batch) ids.add(id);
    };
    await expect(read()).rejects.toMatchObject({ code: "request" });
    const [report] = stream.report().accounts;
    expect(report?.rows).toBe(ids.size);
    const covered = rows.filter(({ startTime }) =>
      report?.coverage.some(({ from, to }) => Date.parse(from) <= startTime && startTime < Date.parse(to)),
    );
    expect(covered.length).toBeGreaterThan(30);
    expect(covered.every(({ callSerialNo }) => ids.has(callSerialNo))).toBe(true);
  });

  it("leaves no coverage after toArray, which returns all records or none", async () => {
    const { stream } = await streamThatFails();
    await expect(stream.toArray({ max: 1000 })).rejects.toMatchObject({ code: "request" });
    expect(stream.report().accounts[0]).toMatchObject({
      status: "failed",
      rows: 0,
      coverage: [],
      gaps: [{ reason: "stopped" }],
    });
  });
});
