import { describe, expect, it } from "vitest";
import { type ClientEvent, huaweiCec, type HuaweiCecOptions, ResponseError, type Transport } from "call-records";
import { defineProvider, type WindowRule } from "call-records/adapter";
import { rowLimits } from "../../src/engine/lists/row-limits.js";
import { share } from "../search.js";
import { DAY, HOUR, ManualClock, NOW, openClient, RATE as rate, rejectionOf } from "./stage.js";

const range = { from: new Date(NOW - 20 * DAY), to: new Date(NOW - 19 * DAY) };

/** Opens a Huawei account with windows of half a day. Its history needs no HTTP, because an endless list takes thousands of requests. */
function openHuawei(list: (body: Record<string, unknown>) => object, options: Partial<HuaweiCecOptions> = {}) {
  let requests = 0;
  const transport: Transport = {
    send: ({ url, body }) => {
      const isToken = url.endsWith("tokenByAkSk");
      requests += isToken ? 0 : 1;
      const response = isToken
        ? { AccessToken: "a-token", Expires: "600" }
        : { retCode: "0", retMsg: "", result: list(JSON.parse(body ?? "{}") as Record<string, unknown>) };
      return Promise.resolve({ status: 200, headers: {}, text: JSON.stringify(response) });
    },
  };
  const events: ClientEvent[] = [];
  const provider = huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", rate, ...options });
  const { records } = provider.operations;
  const window: WindowRule = {
    unit: "ms",
    maxSeconds: 12 * 3600,
    end: "unknown",
    filtersOn: options.filtersOn ?? "unknown",
  };
  const narrowed = defineProvider({
    ...provider,
    operations: { ...provider.operations, records: { ...records, window } },
  });
  const client = openClient({
    providers: [narrowed],
    clock: new ManualClock(),
    transport,
    onEvent: (event) => events.push(event),
  });
  return { client, events, requests: () => requests };
}

describe("a vendor that keeps sending new rows", () => {
  it.each(share([null, 1_000_000_007], 1, 1))(
    "in every window causes a ResponseError instead of an endless run (total: %s)",
    async (total) => {
      let id = 0;
      const { client, requests } = openHuawei(
        (body) => {
          const startTime = Number(body.startTime) + 1;
          const callInfo = Array.from({ length: Number(body.limit) }, () => ({
            callSerialNo: `${(id += 1)}`,
            startTime,
            endTime: startTime,
            state: 3,
          }));
          return { ...(total === null ? {} : { total }), callInfo };
        },
        { longestCallSeconds: 0 },
      );
      const stream = client.records({
        from: range.from,
        to: new Date(range.from.getTime() + HOUR),
        order: "time",
        raw: false,
      });
      const error = await rejectionOf(
        (async () => {
          for await (const { id: key } of stream) expect(key).not.toBe("");
        })(),
      );
      expect(error).toBeInstanceOf(ResponseError);
      expect(error.message).toMatch(/does not end|is unreliable/);
      expect(requests()).toBeLessThan(3000);
    },
  );
});

describe("a total that is capped above the row limit of a window", () => {
  it.each(share([10_001, 10_000, 20_011], 1))("at %i is handled by reading the window in parts", async (cap) => {
    const count = cap + 2000;
    const rows = Array.from({ length: count }, (_, index) => {
      const startTime = range.from.getTime() + Math.floor((index * 11 * HOUR) / count);
      return { callSerialNo: `${index}`, startTime, endTime: startTime, state: 3 };
    });
    const { client, requests } = openHuawei(
      (body) => {
        const [first, last] = [Number(body.startTime), Number(body.endTime)];
        const found =
          body.taskType === "0" ? rows.filter(({ startTime }) => startTime >= first && startTime <= last) : [];
        return {
          total: Math.min(cap, found.length),
          callInfo: found.slice(Number(body.offset), Number(body.offset) + Number(body.limit)),
        };
      },
      { filtersOn: "start" },
    );
    const stream = client.records({
      from: range.from,
      to: new Date(range.from.getTime() + 12 * HOUR),
      order: "time",
      raw: false,
    });
    expect(await stream.toArray({ max: 100_000 })).toHaveLength(count);
    expect(stream.report().accounts[0]).toMatchObject({ status: "complete", unsettled: [], gaps: [] });
    expect(requests()).toBeLessThan(700);
  });
});

describe("a call that its vendor lists in a later window than its start allows", () => {
  // The vendor filters on the time of filing. The late call is filed 28 hours after its start, the others immediately.
  const rows = [
    ...Array.from({ length: 40 }, (_, hour) => ({
      callSerialNo: `${hour}`,
      startTime: range.from.getTime() + hour * HOUR,
      filedAt: range.from.getTime() + hour * HOUR,
    })),
    { callSerialNo: "late", startTime: range.from.getTime() + 2 * HOUR, filedAt: range.from.getTime() + 30 * HOUR },
  ];
  const open = () =>
    openHuawei(
      (body) => {
        const found = rows.filter(
          ({ filedAt }) =>
            body.taskType === "0" && filedAt >= Number(body.startTime) && filedAt <= Number(body.endTime),
        );
        const callInfo = found
          .slice(Number(body.offset), Number(body.offset) + Number(body.limit))
          .map(({ callSerialNo, startTime }) => ({ callSerialNo, startTime, endTime: startTime, state: 3 }));
        return { total: found.length, callInfo };
      },
      { longestCallSeconds: 3600 * 48, filtersOn: "start" },
    );
  const whole = { from: range.from, to: new Date(range.from.getTime() + 40 * HOUR) };

  it("causes an error in time order, and is never delivered after later calls", async () => {
    const { client } = open();
    const seen: Date[] = [];
    const error = await rejectionOf(
      (async () => {
        for await (const { startedAt } of client.records({ ...whole, order: "time" })) seen.push(startedAt);
      })(),
    );
    expect(error).toBeInstanceOf(ResponseError);
    expect(error.message).toContain("came after its place in the order of time");
    expect(seen).toEqual([...seen].sort((one, other) => one.getTime() - other.getTime()));
  });

  it("becomes a gap at its start, with a warning, if failures are isolated", async () => {
    const { client, events } = open();
    const stream = client.records({ ...whole, order: "time", isolateFailures: true });
    const records = await stream.toArray({ max: 100 });
    expect(records.map(({ id }) => id)).not.toContain("late");
    expect(records).toHaveLength(40);
    const start = new Date(range.from.getTime() + 2 * HOUR).toISOString();
    expect(stream.report().accounts[0]?.gaps).toMatchObject([{ from: start, reason: "incomplete" }]);
    expect(events.some((event) => event.type === "warning" && event.message.includes(start))).toBe(true);
  });

  it("is delivered in order of arrival", async () => {
    const { client } = open();
    expect(await client.records(whole).toArray({ max: 100 })).toHaveLength(41);
  });
});

describe("rows in memory", () => {
  it("are limited across all accounts", () => {
    expect(rowLimits(1, true)).toEqual({ windowRows: 10_000, waitingRows: 20_000, bufferedRows: 2000 });
    for (const accounts of [1, 2, 5, 40, 300]) {
      for (const wholeWindows of [true, false]) {
        const { windowRows, waitingRows, bufferedRows } = rowLimits(accounts, wholeWindows);
        if (accounts <= 40)
          expect(
            [windowRows, wholeWindows ? waitingRows : 0, bufferedRows].every((rows) => rows * accounts <= 40_000),
          ).toBe(true);
        expect(Math.min(windowRows, waitingRows, bufferedRows)).toBeGreaterThanOrEqual(200);
      }
    }
  });
});
