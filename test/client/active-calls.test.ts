import { beforeAll, describe, expect, it } from "vitest";
import { type ClientEvent, huaweiCec, tencentCcc, UnsupportedError } from "call-records";
import { sessionResponse } from "../samples/tencent-ccc.js";
import { huaweiResponding, serve } from "./scripted-vendor.js";
import { HOUR, ManualClock, NOW, openClient, openStage, RATE, rejectionOf, type Stage } from "./stage.js";
import { idsOf } from "./truth.js";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ emulator: { days: 2, callsPerDay: 150, activeCalls: 60 } });
});

describe("the calls going on", () => {
  it("are those of every application and every task type, each once, none of them ended", async () => {
    const { calls } = await stage.client.activeCalls();
    for (const vendor of ["tencent-ccc", "huawei-cec"] as const) {
      const own = calls.filter(({ provider }) => provider === vendor);
      expect(own.map(({ id }) => id).sort()).toEqual(idsOf(stage.emulator.truth[vendor].activeCalls));
    }
    expect(
      calls.every(
        ({ state, outcome, endedAt, hangup }) =>
          state !== "ended" && outcome === null && endedAt === null && hangup === null,
      ),
    ).toBe(true);
    expect(calls).toHaveLength(120);
  });

  it("are as far as they have come, at Tencent with the room beside the session", async () => {
    const { calls } = await stage.client.activeCalls({ accounts: ["tencent-ccc"] });
    const truth = new Map(stage.emulator.truth["tencent-ccc"].activeCalls.map((call) => [call.id, call]));
    for (const call of calls) {
      const true_ = truth.get(call.id);
      expect(call.startedAt).toEqual(true_?.startedAt);
      expect(call.answeredAt).toEqual(true_?.answeredAt);
      expect(call.application).toBe(true_?.application);
      expect(call.relatedIds.RoomID).toMatch(/^\d+$/);
      expect(call.state === "in-progress").toBe(true_?.progress === "talking");
    }
  });

  it("are a snapshot of which nothing is proven", async () => {
    const { accounts } = await stage.client.activeCalls();
    expect(
      accounts.map(({ account, status, coverage, unsettled, gaps }) => ({
        account,
        status,
        coverage,
        unsettled,
        gaps,
      })),
    ).toEqual([
      { account: "tencent-ccc", status: "complete", coverage: [], unsettled: [], gaps: [] },
      { account: "huawei-cec", status: "complete", coverage: [], unsettled: [], gaps: [] },
      { account: "itniotech", status: "unsupported", coverage: [], unsettled: [], gaps: [] },
    ]);
    expect(accounts.map(({ rows }) => rows)).toEqual([60, 60, 0]);
  });

  it("are an error at Itniotech when it was named, and nothing is sent", async () => {
    stage.emulator.clearRequests();
    const error = await rejectionOf(stage.client.activeCalls({ accounts: ["tencent-ccc", "itniotech"] }));
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(error).toMatchObject({ account: "itniotech", operation: "activeCalls" });
    expect(stage.emulator.requests).toEqual([]);
  });

  it("are found however long ago they began, up to the longest call, and whichever time Huawei filters on", async () => {
    for (const filterTime of ["start", "end", "created"] as const) {
      const began = [NOW - 12 * HOUR + 1, NOW - 6 * HOUR, NOW - 1, NOW].map((at) => ({
        startedAt: new Date(at),
        answeredAt: null,
        endedAt: null,
      }));
      const { client } = await openStage({
        emulator: {
          callsPerDay: 0,
          activeCalls: 0,
          filterTime,
          windowEdges: { start: "exclusive" },
          calls: { "huawei-cec": began },
        },
      });
      const { calls } = await client.activeCalls({ accounts: ["huawei-cec"] });
      expect(calls.map(({ startedAt }) => startedAt.getTime()).sort((a, b) => a - b)).toEqual(
        began.map(({ startedAt }) => startedAt.getTime()),
      );
    }
  });

  it("are all that Tencent lists, however long ago they began: its own sample row, and one of three days ago", async () => {
    const { client, events } = await openStage({
      emulator: {
        callsPerDay: 0,
        activeCalls: 0,
        calls: { "tencent-ccc": [{ id: "old", startedAt: new Date(NOW - 72 * HOUR), endedAt: null }] },
      },
    });
    const { calls } = await client.activeCalls({ accounts: ["tencent-ccc"] });
    expect(calls).toMatchObject([{ id: "old", state: "in-progress", startedAt: new Date(NOW - 72 * HOUR) }]);
    expect(events.filter(({ type }) => type === "warning")).toEqual([]);

    const endpoint = await serve(() => ({ body: sessionResponse }));
    const sample = openClient({
      providers: [tencentCcc({ secretId: "id", secretKey: "secret-of-tencent", sdkAppIds: [1], endpoint, rate: RATE })],
      clock: new ManualClock(),
    });
    const [session] = sessionResponse.Response.Sessions;
    expect((await sample.activeCalls()).calls).toMatchObject([
      {
        id: session?.SessionID,
        state: "in-progress",
        startedAt: new Date(1607702199_000),
        answeredAt: new Date(1607702329_000),
      },
    ]);
  });

  it("are, out of Huawei's history, without those that it never closed, which a warning tells once", async () => {
    const open = (id: string, hours: number) => ({ callSerialNo: id, startTime: NOW - hours * HOUR, state: 2 });
    const rows = [open("old", 300), open("older", 400), open("new", 1)];
    const endpoint = await serve(
      huaweiResponding(({ body }) => ({
        body: {
          retCode: "0",
          result: body.taskType === "0" ? { total: 3, callInfo: rows } : { total: 0, callInfo: [] },
        },
      })),
    );
    const events: ClientEvent[] = [];
    const client = openClient({
      providers: [huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate: RATE })],
      clock: new ManualClock(),
      onEvent: (event) => events.push(event),
    });
    expect((await client.activeCalls()).calls.map(({ id }) => id)).toEqual(["new"]);
    expect(events.filter((event) => event.type === "warning" && event.key !== null)).toMatchObject([
      { key: "old", operation: "queryCallDetailRecord" },
    ]);
  });

  it("are failed of an account of which nothing could be read, and partial where a list was read", async () => {
    const lists = { "tencent-ccc": "DescribePSTNActiveSessionList", "huawei-cec": "queryCallDetailRecord" } as const;
    for (const [account, operation] of Object.entries(lists) as [keyof typeof lists, string][]) {
      const { client, emulator } = await openStage({ emulator: { callsPerDay: 0, activeCalls: 16 } });
      const ask = () => client.activeCalls({ accounts: [account], isolateFailures: true });
      emulator.inject("redirect", { vendor: account, operation, times: 2 });
      const nothing = await ask();
      expect(nothing).toMatchObject({
        calls: [],
        accounts: [{ status: "failed", error: { code: "response" }, rows: 0, windows: 0, gaps: [] }],
      });
      emulator.inject("redirect", { vendor: account, operation });
      const some = await ask();
      expect(some.accounts).toMatchObject([
        { status: "partial", error: { code: "response" }, rows: some.calls.length, windows: 1, gaps: [] },
      ]);
      expect((await ask()).accounts).toMatchObject([{ status: "complete", rows: 16, windows: 2 }]);
    }
  });

  it("are failed where the vendor does not answer", async () => {
    const { client } = await openStage({
      client: { retry: { attempts: 1 } },
      tencent: { endpoint: "http://127.0.0.1:9" },
      huawei: { endpoint: "http://127.0.0.1:9" },
    });
    const { accounts } = await client.activeCalls({ isolateFailures: true });
    expect(accounts.map(({ account, status, error }) => [account, status, error?.code])).toEqual([
      ["tencent-ccc", "failed", "network"],
      ["huawei-cec", "failed", "network"],
      ["itniotech", "unsupported", "unsupported"],
    ]);
  });

  it("are none where nobody is calling", async () => {
    const { client } = await openStage({ emulator: { callsPerDay: 0, activeCalls: 0 } });
    expect((await client.activeCalls()).calls).toEqual([]);
  });
});

describe("a live list that counts more calls than it lists", () => {
  it.each([
    { Total: 5, Sessions: [] },
    { Total: 5, Sessions: null },
  ])("is partial, with an error that says so: %j", async (response) => {
    const endpoint = await serve(() => ({ body: { Response: { ...response, RequestId: "r" } } }));
    const client = openClient({
      providers: [tencentCcc({ secretId: "id", secretKey: "secret-of-tencent", sdkAppIds: [1], endpoint, rate: RATE })],
      clock: new ManualClock(),
    });
    const { calls, accounts } = await client.activeCalls();
    expect(calls).toEqual([]);
    expect(accounts).toMatchObject([{ status: "partial", error: { code: "incomplete" } }]);
  });
});

describe("a live list that may hold more calls than were read", () => {
  const sessions = (from: number, to: number) =>
    Array.from({ length: Math.max(0, to - from) }, (_, index) => ({
      SessionID: `${from + index}`,
      StartTimestamp: Math.floor(NOW / 1000) - 60,
      SessionStatus: "inProgress",
    }));

  /** What is read of a Tencent list of so many calls, with the totals that a page at an offset reports. */
  async function readLive(going: number, totalAt: (offset: number) => number, shown = going) {
    const endpoint = await serve(({ body }) => {
      const [offset, limit] = [Number(body.Offset), Number(body.Limit)];
      return {
        body: {
          Response: {
            Total: totalAt(offset),
            Sessions: sessions(offset, Math.min(shown, offset + limit)),
            RequestId: "r",
          },
        },
      };
    });
    const client = openClient({
      providers: [tencentCcc({ secretId: "id", secretKey: "secret-of-tencent", sdkAppIds: [1], endpoint, rate: RATE })],
      clock: new ManualClock(),
    });
    const { calls, accounts } = await client.activeCalls();
    return { calls: calls.length, status: accounts[0]?.status, error: accounts[0]?.error };
  }

  it("is partial where its pages stay empty before the smallest of its totals", async () => {
    expect(await readLive(61, (offset) => (offset === 0 ? 60 : 61), 25)).toMatchObject({
      calls: 25,
      status: "partial",
      error: { code: "incomplete" },
    });
  });

  it("is complete where a call has ended, or has begun, while it was read", async () => {
    expect(await readLive(59, (offset) => (offset === 0 ? 60 : 59))).toMatchObject({ calls: 59, status: "complete" });
    expect(await readLive(61, (offset) => (offset === 0 ? 60 : 61))).toMatchObject({ calls: 61, status: "complete" });
  });

  it("is partial where its total is a round one, as that of a search that is capped", async () => {
    expect(await readLive(1000, () => 1000)).toMatchObject({
      calls: 1000,
      status: "partial",
      error: { code: "incomplete", message: expect.stringContaining("exactly 1000 rows") as string },
    });
  });

  it("is requested once behind a total that ends with a full page, and is partial where calls are there", async () => {
    expect(await readLive(60, () => 25)).toMatchObject({ calls: 50, status: "partial", error: { code: "incomplete" } });
    expect(await readLive(25, () => 25)).toMatchObject({ calls: 25, status: "complete" });
  });

  it("is partial where its total is smaller than its first page", async () => {
    expect(await readLive(60, () => 10)).toMatchObject({
      calls: 25,
      status: "partial",
      error: { code: "incomplete", message: expect.stringContaining("counts 10 rows, and lists 25") as string },
    });
  });
});

describe("a history of calls that have not ended, which counts more calls than it lists", () => {
  it("is partial, also where its total has changed", async () => {
    const at = NOW - HOUR;
    const rows = Array.from({ length: 250 }, (_, index) => ({ callSerialNo: `${index}`, startTime: at, state: 2 }));
    const endpoint = await serve(
      huaweiResponding(({ body }) => {
        const isWithin = body.taskType === "0" && Number(body.startTime) <= at && at <= Number(body.endTime);
        const isFirst = body.offset === "0";
        return {
          body: {
            retCode: "0",
            retMsg: "",
            result: {
              total: isWithin ? (isFirst ? 250 : 251) : 0,
              callInfo: isWithin && isFirst ? rows.slice(0, Number(body.limit)) : [],
            },
          },
        };
      }),
    );
    const client = openClient({
      providers: [huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate: RATE })],
      clock: new ManualClock(),
    });
    const { calls, accounts } = await client.activeCalls();
    expect(calls).toHaveLength(100);
    expect(accounts).toMatchObject([{ status: "partial", error: { code: "incomplete" } }]);
  });
});
