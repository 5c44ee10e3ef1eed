import { describe, expect, it } from "vitest";
import { type CallRecord, type ClientEvent, MemoryCheckpointStore, type SyncChange } from "call-records";
import type { CustomCall } from "call-records/testing";
import {
  DAY,
  daysAgo,
  HOUR,
  huaweiAt,
  itniotechAt,
  ManualClock,
  NOW,
  openClient,
  openEmulator,
  rejectionOf,
  tencentAt,
} from "../client/stage.js";
import { idsOf, within } from "../client/truth.js";
import { huaweiWindows, named, passOf } from "./pass.js";

/** A consumer's table, in which a call replaces the earlier one with the same id. */
class Table {
  readonly calls = new Map<string, CallRecord>();

  store(changes: readonly SyncChange[]): void {
    for (const { record } of changes) this.calls.set(record.id, record);
  }

  starts(): Map<string, number> {
    return new Map([...this.calls].map(([id, { startedAt }]) => [id, startedAt.getTime()]));
  }
}

const warningsOf = (events: readonly ClientEvent[]) =>
  events.flatMap((event) => (event.type === "warning" ? [event.message] : []));

describe("a time zone that is corrected between two passes", () => {
  it("causes everything to be read again, and corrects the start of settled and unsettled calls", async () => {
    const emulator = await openEmulator({ days: 12, callsPerDay: 20, activeCalls: 0, timeZone: "Asia/Shanghai" });
    const events: ClientEvent[] = [];
    const clock = new ManualClock();
    const clientIn = (timeZone: string) =>
      openClient({ providers: [itniotechAt(emulator, { timeZone })], clock, onEvent: (event) => events.push(event) });
    const query = { from: daysAgo(10), store: new MemoryCheckpointStore() };
    const table = new Table();
    table.store((await passOf(clientIn("Asia/Tokyo"), query)).changes);
    const wrong = [...table.starts()].filter(
      ([id, at]) => emulator.truth.itniotech.calls.find((call) => call.id === id)?.startedAt.getTime() !== at,
    );
    expect(wrong.length).toBeGreaterThan(100);
    expect(warningsOf(events)).toEqual([]);

    const right = clientIn("Asia/Shanghai");
    // Ranges that were read with the wrong zone are no longer reported as complete.
    expect((await right.coverage(query.store))[0]?.coverage).toEqual([]);
    const { changes, report } = await passOf(right, query);
    table.store(changes);
    expect(changes.some(({ type }) => type === "updated")).toBe(true);
    expect(warningsOf(events)).toEqual([
      expect.stringMatching(
        /^itniotech: the option `timeZone` was Asia\/Tokyo .* is Asia\/Shanghai now\. .*everything is read again/,
      ),
    ]);
    expect(report.accounts[0]?.status).toBe("complete");
    for (const call of within(emulator.truth.itniotech.calls, query.from, new Date(NOW + DAY)))
      expect(table.starts().get(call.id)).toBe(call.startedAt.getTime());
    expect((await passOf(right, query)).changes).toEqual([]);
    expect(warningsOf(events)).toHaveLength(1);
  });

  it.each([
    ["start", "Asia/Tokyo"],
    ["unknown", "America/New_York"],
  ] as const)(
    "together with the endpoint is accepted for the same account and rejected for another: filtersOn %s, previously %s",
    async (filtersOn, before) => {
      const clock = new ManualClock();
      const callsOf = (prefix: string) =>
        Array.from({ length: 40 }, (_, index): CustomCall => ({
          id: `${prefix}${index}`,
          startedAt: new Date(NOW - 10 * DAY + index * 5.9 * HOUR),
        }));
      const open = (prefix: string) =>
        openEmulator({ now: clock.now, callsPerDay: 0, activeCalls: 0, calls: { itniotech: callsOf(prefix) } });
      const [own, moved, other] = [await open("own-"), await open("own-"), await open("other-")];
      const clientOf = (emulator: typeof own, timeZone: string) =>
        openClient({ providers: [itniotechAt(emulator, { timeZone, filtersOn })], clock });
      const query = { from: daysAgo(9), store: new MemoryCheckpointStore() };
      expect((await passOf(clientOf(own, before), query)).changes.length).toBeGreaterThan(30);
      expect((await rejectionOf(passOf(clientOf(other, "Asia/Shanghai"), query))).name).toBe("CheckpointError");
      const { report } = await passOf(clientOf(moved, "Asia/Shanghai"), query);
      expect(report.accounts[0]?.status).toBe("complete");
    },
  );

  it("has no effect for a vendor that sends instants", async () => {
    const emulator = await openEmulator({ days: 5, callsPerDay: 20, activeCalls: 0 });
    const clock = new ManualClock();
    const clientIn = (timeZone: string) =>
      openClient({ providers: [tencentAt(emulator, { timeZone }), huaweiAt(emulator, { timeZone })], clock });
    const query = { from: daysAgo(4), store: new MemoryCheckpointStore() };
    expect((await passOf(clientIn("Asia/Tokyo"), query)).changes.length).toBeGreaterThan(50);
    expect((await passOf(clientIn("Asia/Shanghai"), query)).changes).toEqual([]);
  });
});

describe("a call that is longer than the option allowed", () => {
  /** Calls that the vendor filters by their end, hours after their start, while the range ends shortly after NOW − 5 days. */
  const long = Array.from({ length: 20 }, (_, index): CustomCall => ({
    id: `long ${index}`,
    startedAt: new Date(NOW - 5 * DAY - index * 600_000),
    endedAt: new Date(NOW - 5 * DAY + 3 * HOUR + index * 600_000),
  }));
  const short = Array.from({ length: 100 }, (_, index): CustomCall => ({
    id: `short ${index}`,
    startedAt: new Date(NOW - 5 * DAY - index * HOUR),
    endedAt: new Date(NOW - 5 * DAY - index * HOUR + 60_000),
  }));
  const query = { from: daysAgo(9), to: new Date(NOW - 5 * DAY + 1000), accounts: ["huawei-cec"] };

  it.each([
    ["`longestCallSeconds`", { longestCallSeconds: 3600 }, { longestCallSeconds: 12 * 3600 }],
    ["`filtersOn`", { filtersOn: "start" }, { filtersOn: "unknown" }],
  ] as const)(
    "is found by the next pass after a change of %s, and no other call is delivered again",
    async (_option, before, after) => {
      const emulator = await openEmulator({
        callsPerDay: 0,
        activeCalls: 0,
        calls: { "huawei-cec": [...long, ...short] },
        filterTime: "end",
      });
      const clock = new ManualClock();
      const store = new MemoryCheckpointStore();
      const first = await passOf(openClient({ providers: [huaweiAt(emulator, before)], clock }), { ...query, store });
      const found = first.changes.map(({ record }) => record.id);
      expect(found.filter((id) => id.startsWith("long"))).toHaveLength(0);
      const client = openClient({ providers: [huaweiAt(emulator, after)], clock });
      const [reported] = await client.coverage(store);
      const holds = (at: number) =>
        reported?.coverage.some(({ from, to }) => Date.parse(from) <= at && at < Date.parse(to)) === true;
      expect(long.filter(({ startedAt }) => holds(startedAt.getTime()))).toEqual([]);
      const second = await passOf(client, { ...query, store });
      expect(second.report.accounts[0]).toMatchObject({
        status: "complete",
        coverage: [{ from: query.from.toISOString(), to: query.to.toISOString() }],
      });
      const all = [...found, ...second.changes.map(({ record }) => record.id)];
      expect(all.sort()).toEqual(idsOf(within(emulator.truth["huawei-cec"].calls, query.from, query.to)));
      expect((await passOf(client, { ...query, store })).changes).toEqual([]);
    },
  );
});

describe("a call that is longer than the option allowed, in a range that was requested later", () => {
  const first = NOW - 8 * DAY;
  /** A call that starts in the range of the second pass, and whose end is in the windows that the first pass read. */
  const long: CustomCall = { id: "long", startedAt: new Date(first - 3 * HOUR), endedAt: new Date(first + 4 * HOUR) };
  const short = Array.from({ length: 6 * 24 }, (_, hour): CustomCall => ({
    id: `short ${hour}`,
    startedAt: new Date(first - 2 * DAY + hour * HOUR + 60_000),
    endedAt: new Date(first - 2 * DAY + hour * HOUR + 120_000),
  }));

  it.each([
    [
      "`longestCallSeconds`",
      { longestCallSeconds: 3600 },
      { longestCallSeconds: 3600 },
      { longestCallSeconds: 12 * 3600 },
    ],
    ["`filtersOn`", { filtersOn: "unknown" }, { filtersOn: "start" }, { filtersOn: "unknown" }],
  ] as const)(
    "is found by the next pass after a change of %s, and no other call is delivered again",
    async (_option, before, wrong, after) => {
      const emulator = await openEmulator({
        callsPerDay: 0,
        activeCalls: 0,
        calls: { "huawei-cec": [long, ...short] },
        filterTime: "end",
      });
      const clock = new ManualClock();
      const store = new MemoryCheckpointStore();
      const to = new Date(NOW - 5 * DAY);
      const passFrom = (options: typeof before | typeof wrong | typeof after, from: number) =>
        passOf(openClient({ providers: [huaweiAt(emulator, options)], clock }), {
          from: new Date(from),
          to,
          store,
          accounts: ["huawei-cec"],
        });
      const passes = [await passFrom(before, first), await passFrom(wrong, first - DAY)];
      const found = passes.flatMap(({ changes }) => changes.map(({ record }) => record.id));
      expect(found).not.toContain("long");

      const client = openClient({ providers: [huaweiAt(emulator, after)], clock });
      const [reported] = await client.coverage(store);
      const holdsLong = ({ from, to: until }: { from: string; to: string }) =>
        Date.parse(from) <= first - 3 * HOUR && first - 3 * HOUR < Date.parse(until);
      expect(reported?.coverage.some(holdsLong)).toBe(false);
      const { changes, report } = await passFrom(after, first - DAY);
      expect(named(changes)).toEqual(["new long"]);
      expect(report.accounts[0]).toMatchObject({
        status: "complete",
        coverage: [{ from: new Date(first - DAY).toISOString(), to: to.toISOString() }],
      });
      expect(found.concat("long").sort()).toEqual(
        idsOf(within(emulator.truth["huawei-cec"].calls, new Date(first - DAY), to)),
      );
      emulator.clearRequests();
      expect((await passFrom(after, first - DAY)).changes).toEqual([]);
      expect(huaweiWindows(emulator)).toEqual([]);
    },
  );

  it("is found when the pass that requested an earlier range failed before it could read the adjacent windows again", async () => {
    const emulator = await openEmulator({
      callsPerDay: 0,
      activeCalls: 0,
      calls: { "huawei-cec": [{ ...long, endedAt: new Date(first + HOUR) }, ...short] },
      filterTime: "end",
    });
    const store = new MemoryCheckpointStore();
    const client = openClient({ providers: [huaweiAt(emulator)], clock: new ManualClock() });
    const query = (from: number) => ({
      from: new Date(from),
      to: new Date(NOW - 5 * DAY),
      store,
      accounts: ["huawei-cec"],
    });
    await passOf(client, query(first));
    const offline = openClient({
      providers: [huaweiAt(emulator)],
      clock: new ManualClock(),
      retry: { attempts: 1 },
      transport: { send: () => Promise.reject(new Error("offline")) },
    });
    await expect(passOf(offline, query(first - HOUR))).rejects.toThrow("offline");
    const { changes } = await passOf(client, query(first - 4 * HOUR));
    expect(changes.map(({ record }) => record.id)).toContain("long");
  });
});

describe('the option `windowEnd`, changed to "unknown"', () => {
  /** Calls that start on the hour, where the windows also begin and end. */
  const calls = Array.from({ length: 6 * 24 }, (_, hour): CustomCall => ({
    id: `hour ${hour}`,
    startedAt: new Date(NOW - 9 * DAY + hour * HOUR),
    endedAt: new Date(NOW - 9 * DAY + hour * HOUR + 60_000),
  }));
  const query = { from: daysAgo(9), to: daysAgo(3), accounts: ["huawei-cec"] };

  it.each([
    ["exclusive", { start: "exclusive", end: "inclusive" }],
    ["inclusive", { start: "exclusive", end: "exclusive" }],
  ] as const)(
    "causes a warning and everything to be read again, and no call at a bound is lost: previously %s",
    async (windowEnd, windowEdges) => {
      const emulator = await openEmulator({
        callsPerDay: 0,
        activeCalls: 0,
        calls: { "huawei-cec": calls },
        windowEdges,
      });
      const events: ClientEvent[] = [];
      const clock = new ManualClock();
      const store = new MemoryCheckpointStore();
      const clientWith = (end: "inclusive" | "exclusive" | "unknown") =>
        openClient({
          providers: [huaweiAt(emulator, { filtersOn: "start", windowEnd: end })],
          clock,
          onEvent: (event) => events.push(event),
        });
      const table = new Table();
      table.store((await passOf(clientWith(windowEnd), { ...query, store })).changes);
      expect(table.calls.has("hour 0")).toBe(false);
      expect(warningsOf(events)).toEqual([]);

      const right = clientWith("unknown");
      expect((await right.coverage(store))[0]?.coverage).toEqual([]);
      const { changes, report } = await passOf(right, { ...query, store });
      table.store(changes);
      expect([...table.calls.keys()].sort()).toEqual(idsOf(emulator.truth["huawei-cec"].calls));
      expect(report.accounts[0]?.status).toBe("complete");
      expect(warningsOf(events)).toEqual([
        expect.stringMatching(
          new RegExp(
            `^huawei-cec: the option .windowEnd. was ${windowEnd} .* is unknown now[.] .*everything is read again`,
          ),
        ),
      ]);
      expect((await passOf(right, { ...query, store })).changes).toEqual([]);
    },
  );
});
