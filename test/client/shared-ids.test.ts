import { describe, expect, it } from "vitest";
import { type ClientEvent, huaweiCec, IncompleteError, type RecordsQuery, tencentCcc } from "call-records";
import { huaweiResponding, serve } from "./scripted-vendor.js";
import { DAY, HOUR, ManualClock, NOW, openClient, RATE as rate, rejectionOf } from "./stage.js";
import { share } from "../search.js";

const range = { from: new Date(NOW - 30 * DAY), to: new Date(NOW - 10 * DAY) };

interface Row {
  callSerialNo: string;
  startTime: number;
  taskType?: "0" | "4";
  called?: string;
}

/** Reads the history of a Huawei account that contains these rows. */
async function readHuawei(
  rows: readonly Row[],
  query: Partial<RecordsQuery> = {},
  withTotals: boolean | "distinct" = true,
) {
  const endpoint = await serve(
    huaweiResponding(({ body }) => {
      const found = rows.filter(
        ({ startTime, taskType = "0" }) =>
          taskType === body.taskType && startTime >= Number(body.startTime) && startTime <= Number(body.endTime),
      );
      const page = found.slice(Number(body.offset), Number(body.offset) + Number(body.limit));
      const callInfo = page.map(({ callSerialNo, startTime, called = "1" }) => ({
        callSerialNo,
        startTime,
        endTime: startTime + 1000,
        called,
        state: 3,
        reasonCode: 5,
      }));
      return {
        body: {
          retCode: "0",
          retMsg: "",
          result: {
            ...(withTotals === false
              ? {}
              : {
                  total:
                    withTotals === true ? found.length : new Set(found.map(({ callSerialNo }) => callSerialNo)).size,
                }),
            callInfo,
          },
        },
      };
    }),
  );
  const events: ClientEvent[] = [];
  const client = openClient({
    providers: [huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate, longestCallSeconds: 0 })],
    clock: new ManualClock(),
    onEvent: (event) => events.push(event),
  });
  const stream = client.records({ ...range, ...query });
  const records = await stream.toArray({ max: 1000 });
  return { records, report: stream.report().accounts[0], events };
}

const at = (days: number) => NOW - days * DAY;

describe("one id", () => {
  const cases: { name: string; rows: Row[] }[] = [
    {
      name: "of two calls in neighbouring windows",
      rows: [
        { callSerialNo: "7", startTime: at(24) },
        { callSerialNo: "7", startTime: at(22) },
      ],
    },
    {
      name: "of two calls in one window",
      rows: [
        { callSerialNo: "7", startTime: at(21) },
        { callSerialNo: "7", startTime: at(20) },
      ],
    },
    {
      name: "of two calls in two lists",
      rows: [
        { callSerialNo: "7", startTime: at(21) },
        { callSerialNo: "7", startTime: at(20), taskType: "4" },
      ],
    },
    {
      name: "of two calls that begin at the same time in one window",
      rows: [
        { callSerialNo: "7", startTime: at(21) },
        { callSerialNo: "7", startTime: at(21), called: "2" },
      ],
    },
    {
      name: "with different contents in two lists",
      rows: [
        { callSerialNo: "7", startTime: at(21) },
        { callSerialNo: "7", startTime: at(21), taskType: "4", called: "2" },
      ],
    },
  ];

  it.each(share(cases, 2))("$name causes an error, or a gap if failures are isolated", async ({ rows }) => {
    for (const order of ["arrival", "time", "newest"] as const) {
      const error = await rejectionOf(readHuawei(rows, { order }));
      expect(error).toBeInstanceOf(IncompleteError);
      const { records, report } = await readHuawei(rows, { order, isolateFailures: true });
      expect(records.map(({ id }) => id)).toEqual(["7"]);
      expect(report).toMatchObject({ status: "partial", gaps: [{ reason: "incomplete" }] });
    }
  });

  it("of two calls in a list without totals causes an error that names the id", async () => {
    const error = await rejectionOf(
      readHuawei(
        [
          { callSerialNo: "7", startTime: at(21) },
          { callSerialNo: "7", startTime: at(20) },
        ],
        {},
        false,
      ),
    );
    expect(error).toBeInstanceOf(IncompleteError);
    expect(error.message).toContain("the id 7 came with two different calls");
  });

  it("of two calls that begin at the same time causes an error, even if the list has no total or counts the id once", async () => {
    const rows = [
      { callSerialNo: "7", startTime: at(21) },
      { callSerialNo: "7", startTime: at(21), called: "2" },
    ];
    expect(await rejectionOf(readHuawei(rows, {}, false))).toBeInstanceOf(IncompleteError);
    expect(await rejectionOf(readHuawei(rows, {}, "distinct"))).toBeInstanceOf(IncompleteError);
  });

  it("with the same content in two lists is one call", async () => {
    const { records, report } = await readHuawei([
      { callSerialNo: "7", startTime: at(21) },
      { callSerialNo: "7", startTime: at(21), taskType: "4" },
    ]);
    expect(records).toHaveLength(1);
    expect(report).toMatchObject({ status: "complete", gaps: [], duplicates: 1 });
  });

  it("at the bound of two windows is one call", async () => {
    // Windows of seven days meet at these times.
    const { records, report } = await readHuawei(
      [0, 7, 14].map((days) => ({ callSerialNo: `${days}`, startTime: range.from.getTime() + days * DAY })),
    );
    expect(records).toHaveLength(3);
    expect(report).toMatchObject({ status: "complete", gaps: [] });
  });

  it("of two applications is two calls", async () => {
    const endpoint = await serve(({ body }) => {
      const row = {
        SessionId: "7",
        Time: at(21) / 1000,
        Direction: 0,
        CallType: 2,
        EndedTimestamp: at(21) / 1000 + 60,
        EndStatus: 1,
        Callee: String(body.SdkAppId),
      };
      const isWithin = row.Time >= Number(body.StartTimeStamp) && row.Time <= Number(body.EndTimeStamp);
      return {
        body: { Response: { TotalCount: isWithin ? 1 : 0, TelCdrList: isWithin ? [row] : [], RequestId: "r" } },
      };
    });
    const client = openClient({
      providers: [tencentCcc({ secretId: "id", secretKey: "secret-of-tencent", sdkAppIds: [1, 2], endpoint, rate })],
      clock: new ManualClock(),
    });
    const stream = client.records(range);
    const records = await stream.toArray({ max: 10 });
    expect(records.map(({ application, id }) => [application, id]).sort()).toEqual([
      ["1", "7"],
      ["2", "7"],
    ]);
    expect(stream.report().accounts[0]).toMatchObject({ status: "complete", duplicates: 0 });
  });

  it("of a call that changes while it is read is one call", async () => {
    let reads = 0;
    const endpoint = await serve(
      huaweiResponding(({ body }) => {
        const startTime = NOW - HOUR;
        const isWithin =
          body.taskType === "0" && startTime >= Number(body.startTime) && startTime <= Number(body.endTime);
        const row = { callSerialNo: "7", startTime, state: 2, talkDuration: (reads += 1) };
        return {
          body: { retCode: "0", retMsg: "", result: { total: isWithin ? 1 : 0, callInfo: isWithin ? [row] : [] } },
        };
      }),
    );
    const client = openClient({
      providers: [huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate })],
      clock: new ManualClock(),
    });
    const stream = client.records({ from: new Date(NOW - 2 * HOUR), to: new Date(NOW) });
    expect(await stream.toArray({ max: 10 })).toHaveLength(1);
    expect(stream.report().accounts[0]).toMatchObject({ status: "complete", gaps: [] });
  });
});
