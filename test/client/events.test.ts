import { describe, expect, it } from "vitest";
import { type CallRecordsClient, type ClientEvent, MemoryCheckpointStore, ResponseError } from "call-records";
import { openHostileStage, VENDORS } from "../hostile/hostile-stage.js";
import { DAY, daysAgo, HOUR, NOW, openStage, rejectionOf } from "./stage.js";

type EventOf<Type extends ClientEvent["type"]> = Extract<ClientEvent, { type: Type }>;
function allOf<Type extends ClientEvent["type"]>(events: readonly ClientEvent[], type: Type): EventOf<Type>[] {
  return events.filter((event): event is EventOf<Type> => event.type === type);
}

const range = { from: daysAgo(9), to: daysAgo(1) };
const read = (client: CallRecordsClient) => client.records(range).toArray({ max: 100_000 });

/** Checks that every window is opened once, requested, and closed once. Returns the closing events by window id. */
function endsOf(events: readonly ClientEvent[]): Map<string, EventOf<"window-closed">> {
  const open = new Map<string, EventOf<"window-opened">>();
  const ends = new Map<string, EventOf<"window-closed">>();
  for (const event of events) {
    if (event.type === "window-opened") {
      expect(open.has(event.window) || ends.has(event.window)).toBe(false);
      open.set(event.window, event);
    } else if (event.type === "request" && event.window !== null) {
      const { provider, account, operation, invocation } = event;
      expect(open.get(event.window)).toMatchObject({ provider, account, operation, invocation });
    } else if (event.type === "window-closed") {
      expect(open.get(event.window)).toMatchObject({
        account: event.account,
        operation: event.operation,
        invocation: event.invocation,
      });
      open.delete(event.window);
      ends.set(event.window, event);
    }
  }
  expect([...open.keys()]).toEqual([]);
  expect(ends.size).toBeGreaterThan(0);
  return ends;
}

const resultsOf = (events: readonly ClientEvent[]) => new Set([...endsOf(events).values()].map(({ result }) => result));

describe("client events", () => {
  it("link each request to its window, and each window to its invocation, in concurrent invocations", async () => {
    const { emulator, client, events } = await openStage({ emulator: { days: 12, callsPerDay: 20 } });
    const consume = async () => {
      for await (const batch of client.sync({ ...range, store: new MemoryCheckpointStore() })) await batch.commit();
    };
    await Promise.all([read(client), consume(), client.activeCalls(), client.usage({ ...range, source: "records" })]);
    const ends = endsOf(events);
    expect(new Set([...ends.values()].map(({ invocation }) => invocation)).size).toBe(4);
    const requests = allOf(events, "request");
    expect(requests.length).toBe(emulator.requests.length);
    for (const { operation, window, page } of requests)
      expect(window === null && page === null).toBe(operation === "token");
    for (const taken of allOf(events, "window"))
      expect(ends.get(taken.window)).toMatchObject({ result: taken.result, invocation: taken.invocation });
  });

  it("state the list, the bounds and the number of rows of each window", async () => {
    const { emulator, client, events } = await openStage({
      emulator: { days: 12, callsPerDay: 20 },
      tencent: { longestCallSeconds: 60 },
      huawei: { longestCallSeconds: 60 },
      itniotech: { longestCallSeconds: 60 },
    });
    await read(client);
    const ends = endsOf(events);
    for (const { from, to } of allOf(events, "window-opened"))
      expect(Date.parse(from ?? "")).toBeLessThan(Date.parse(to ?? ""));
    const lists = new Set(
      allOf(events, "window-opened").map(({ provider, application, parameters }) =>
        JSON.stringify([provider, application, Object.keys(parameters).length]),
      ),
    );
    expect(lists.size).toBe(emulator.credentials["tencent-ccc"].sdkAppIds.length + 2);
    for (const vendor of VENDORS) {
      const rows = [...ends.values()]
        .filter(({ account }) => account === vendor)
        .reduce((sum, end) => sum + end.rows, 0);
      const around = emulator.truth[vendor].calls.filter(
        ({ startedAt }) => startedAt.getTime() >= NOW - 9 * DAY && startedAt.getTime() < NOW - DAY,
      ).length;
      expect(rows).toBeGreaterThanOrEqual(around);
      expect(rows).toBeLessThan(around * 1.1);
    }
  });

  it("contain the time of the client's clock", async () => {
    const { client, clock, events } = await openStage({ emulator: { days: 12, callsPerDay: 20, now: () => NOW } });
    clock.advance(1500);
    await read(client);
    expect(new Set(events.map(({ at }) => at))).toEqual(new Set([new Date(NOW + 1500).toISOString()]));
  });

  it("state the error code of a refusal, whatever its HTTP status", async () => {
    const { client, events, emulator } = await openHostileStage({ emulator: { days: 12 } });
    for (const vendor of VENDORS) {
      emulator.inject("throttled", { vendor });
      emulator.inject("internal-error", { vendor, after: 1 });
      emulator.inject("no-json", { vendor, after: 2 });
    }
    await read(client);
    endsOf(events);
    const retries = allOf(events, "retry");
    const refused = allOf(events, "request").filter(({ error }) => error !== null);
    const contextOf = ({
      account,
      operation,
      invocation,
      window,
      attempt,
      error,
    }: EventOf<"request"> | EventOf<"retry">) =>
      JSON.stringify({ account, operation, invocation, window, attempt, error });
    expect(refused.map(contextOf)).toEqual(retries.map(contextOf));
    for (const account of VENDORS) {
      const own = refused.filter((request) => request.account === account);
      expect(own.map(({ error }) => error).sort()).toEqual(["network", "rate-limit", "vendor"]);
      expect(own.find(({ error }) => error === "rate-limit")).toMatchObject({
        status: account === "huawei-cec" ? 429 : 200,
      });
      expect(own.find(({ error }) => error === "network")).toMatchObject({ status: 200, vendorCode: null });
    }
    expect(allOf(events, "throttle").map(({ window, waitMs }) => ({ window, waitMs }))).toEqual(
      retries.filter(({ error }) => error === "rate-limit").map(({ window, waitMs }) => ({ window, waitMs })),
    );
  });

  it("close every window if the consumer stops, the call is aborted, or the call fails", async () => {
    const left = await openStage({ emulator: { days: 30, callsPerDay: 60, latencyMs: 2 } });
    for await (const record of left.client.records({ from: daysAgo(29), to: daysAgo(1) })) if (record.id !== "") break;
    expect(resultsOf(left.events)).toContain("stopped");

    const aborted = await openStage({ emulator: { days: 30, callsPerDay: 60, latencyMs: 2 } });
    const stop = new AbortController();
    const aborting = aborted.client.records({ from: daysAgo(29), to: daysAgo(1), signal: stop.signal });
    await rejectionOf(
      (async () => {
        for await (const record of aborting) if (record.id !== "") stop.abort();
      })(),
    );
    expect(resultsOf(aborted.events)).toContain("stopped");
    expect(resultsOf(aborted.events)).not.toContain("failed");

    const failing = await openStage({ emulator: { days: 30, callsPerDay: 60 } });
    failing.emulator.inject("redirect", { vendor: "itniotech", after: 1 });
    expect(await rejectionOf(read(failing.client))).toBeInstanceOf(ResponseError);
    expect([...endsOf(failing.events).values()].filter(({ error }) => error !== null)).toMatchObject([
      { account: "itniotech", result: "failed", error: "response" },
    ]);
  });

  it("report a window that was planned with a wrong clock as stopped before others are opened", async () => {
    const { client, clock, events } = await openStage({ emulator: { days: 12, callsPerDay: 5, now: () => NOW } });
    clock.advance(-HOUR);
    await client.records({ ...range, to: daysAgo(0), accounts: ["itniotech"] }).toArray({ max: 1000 });
    const windows = events.filter((event) => event.type === "window-opened" || event.type === "window-closed");
    expect(windows.map((event) => (event.type === "window-opened" ? "opened" : event.result)).slice(0, 3)).toEqual([
      "opened",
      "stopped",
      "opened",
    ]);
    expect([...endsOf(events).values()].filter(({ result }) => result === "stopped")).toMatchObject([
      { rows: 0, error: null },
    ]);
  });

  it("report a window that is too large as split", async () => {
    const { client, events } = await openStage({
      emulator: { days: 12, callsPerDay: 60, maxRows: { itniotech: 100 } },
    });
    await read(client);
    expect(resultsOf(events)).toContain("split");
  });
});
