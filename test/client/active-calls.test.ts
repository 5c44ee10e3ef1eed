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

describe("activeCalls", () => {
  it("returns the active calls of every application and task type once each, and no ended ones", async () => {
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

  it("returns each call in its current state, and for Tencent also the room id", async () => {
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

  it("reports a snapshot, without coverage, unsettled ranges or gaps", async () => {
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

  it("rejects with an UnsupportedError if an Itniotech account is named, and sends no request", async () => {
    stage.emulator.clearRequests();
    const error = await rejectionOf(stage.client.activeCalls({ accounts: ["tencent-ccc", "itniotech"] }));
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(error).toMatchObject({ account: "itniotech", operation: "activeCalls" });
    expect(stage.emulator.requests).toEqual([]);
  });

  it("finds calls that began up to one longest call ago, whichever time Huawei filters on", async () => {
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

  it("returns all calls that Tencent lists, however old: one of three days ago, and the documented sample row", async () => {
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

  it("omits calls that Huawei's history never closed, and warns once", async () => {
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

  it("reports an account as failed if no list could be read, and as partial if one could", async () => {
    const lists = { "tencent-ccc": "DescribePSTNActiveSessionList", "huawei-cec": "queryCallDetailRecord" } as const;
    for (const [account, operation] of Object.entries(lists) as [keyof typeof lists, string][]) {
      const { client, emulator } = await openStage({ emulator: { callsPerDay: 0, activeCalls: 16 } });
      const readActive = () => client.activeCalls({ accounts: [account], isolateFailures: true });
      emulator.inject("redirect", { vendor: account, operation, times: 2 });
      const nothing = await readActive();
      expect(nothing).toMatchObject({
        calls: [],
        accounts: [{ status: "failed", error: { code: "response" }, rows: 0, windows: 0, gaps: [] }],
      });
      emulator.inject("redirect", { vendor: account, operation });
      const some = await readActive();
      expect(some.accounts).toMatchObject([
        { status: "partial", error: { code: "response" }, rows: some.calls.length, windows: 1, gaps: [] },
      ]);
      expect((await readActive()).accounts).toMatchObject([{ status: "complete", rows: 16, windows: 2 }]);
    }
  });

  it("reports an account as failed if its vendor is unreachable", async () => {
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

  it("is refused if no account's vendor lists them, and reported as unsupported with isolated failures", async () => {
    const { emulator } = await openStage({ emulator: { callsPerDay: 0 } });
    const providers = emulator.providers().filter(({ account }) => account === "itniotech");
    const client = openClient({ providers });
    const error = await rejectionOf(client.activeCalls());
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(error.message).toBe("itniotech: this vendor does not list active calls.");
    const { calls, accounts } = await client.activeCalls({ isolateFailures: true });
    expect([calls, accounts.map(({ status }) => status)]).toEqual([[], ["unsupported"]]);
    expect(emulator.requests).toEqual([]);
  });

  it("returns no calls if none are active", async () => {
    const { client } = await openStage({ emulator: { callsPerDay: 0, activeCalls: 0 } });
    expect((await client.activeCalls()).calls).toEqual([]);
  });
});

describe("a list of active calls whose total exceeds its rows", () => {
  it.each([
    { Total: 5, Sessions: [] },
    { Total: 5, Sessions: null },
  ])("is reported as partial, with an IncompleteError: %j", async (response) => {
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

describe("a list of active calls that may contain more calls than were read", () => {
  const sessions = (from: number, to: number) =>
    Array.from({ length: Math.max(0, to - from) }, (_, index) => ({
      SessionID: `${from + index}`,
      StartTimestamp: Math.floor(NOW / 1000) - 60,
      SessionStatus: "inProgress",
    }));

  /** Reads a Tencent list of `active` calls, of which it lists `shown`. `totalAt` returns the total that the page at an offset reports. */
  async function readLive(active: number, totalAt: (offset: number) => number, shown = active) {
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

  it("is partial if its pages become empty before the smallest reported total", async () => {
    expect(await readLive(61, (offset) => (offset === 0 ? 60 : 61), 25)).toMatchObject({
      calls: 25,
      status: "partial",
      error: { code: "incomplete" },
    });
  });

  it("is complete if a call ended or began while it was read", async () => {
    expect(await readLive(59, (offset) => (offset === 0 ? 60 : 59))).toMatchObject({ calls: 59, status: "complete" });
    expect(await readLive(61, (offset) => (offset === 0 ? 60 : 61))).toMatchObject({ calls: 61, status: "complete" });
  });

  it("is partial if its total is a round number, as in a capped search", async () => {
    expect(await readLive(1000, () => 1000)).toMatchObject({
      calls: 1000,
      status: "partial",
      error: { code: "incomplete", message: expect.stringContaining("exactly 1000 rows") as string },
    });
  });

  it("is read one page past a total that ends with a full page, and is partial if that page contains calls", async () => {
    expect(await readLive(60, () => 25)).toMatchObject({ calls: 50, status: "partial", error: { code: "incomplete" } });
    expect(await readLive(25, () => 25)).toMatchObject({ calls: 25, status: "complete" });
  });

  it("is partial if its total is smaller than its first page", async () => {
    expect(await readLive(60, () => 10)).toMatchObject({
      calls: 25,
      status: "partial",
      error: { code: "incomplete", message: expect.stringContaining("counts 10 rows, and lists 25") as string },
    });
  });
});

describe("a history of active calls whose total exceeds its rows", () => {
  it("is partial, even if its total changes between pages", async () => {
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
