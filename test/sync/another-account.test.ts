import { describe, expect, it } from "vitest";
import {
  CallRecordsClient,
  CheckpointError,
  type ClientEvent,
  MemoryCheckpointStore,
  type Transport,
} from "call-records";
import type { CustomCall } from "call-records/testing";
import { HttpTransport } from "../../src/engine/http/http-transport.js";
import {
  DAY,
  daysAgo,
  HOUR,
  huaweiAt,
  ManualClock,
  NOW,
  openClient,
  openEmulator,
  openStage,
  rejectionOf,
  tencentAt,
} from "../client/stage.js";
import { idsOf, within } from "../client/truth.js";
import { named, passOf } from "./pass.js";
import { share } from "../search.js";

const from = daysAgo(20);
const callsOf = (prefix: string): CustomCall[] =>
  Array.from({ length: 300 }, (_, index) => ({
    id: `${prefix}${index}`,
    startedAt: new Date(NOW - HOUR - index * 1.5 * HOUR),
  }));
const openVendor = (calls: CustomCall[], now = () => NOW) =>
  openEmulator({ now, callsPerDay: 0, activeCalls: 0, calls: { "huawei-cec": calls } });

describe("an account whose endpoint or key has changed", () => {
  it("is rejected and delivers no calls when none of the calls delivered before is listed any more", async () => {
    const [own, other] = [await openVendor(callsOf("own-")), await openVendor(callsOf("other-"))];
    const store = new MemoryCheckpointStore();
    const clock = new ManualClock();
    const first = await passOf(openClient({ providers: [huaweiAt(own)], clock }), { from, store });
    expect(first.changes).toHaveLength(300);
    clock.advance(HOUR);
    const client = openClient({ providers: [huaweiAt(other)], clock });
    const before = await store.load("huawei-cec");
    const error = await rejectionOf(passOf(client, { from, store }));
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error.message).toMatch(
      /^huawei-cec: the checkpoint belongs to another account of the vendor: .*`endpoint` was .* none of the \d+ calls .* Give each account its own label and checkpoint/,
    );
    const isolated = await passOf(client, { from, store, isolateFailures: true });
    expect(isolated.changes).toEqual([]);
    expect(isolated.report.accounts[0]).toMatchObject({ status: "failed", error: { code: "checkpoint" } });
    expect(await store.load("huawei-cec")).toEqual(before);
    // With the original provider, the sync continues.
    expect((await passOf(openClient({ providers: [huaweiAt(own)], clock }), { from, store })).changes).toEqual([]);
  });

  it("causes one warning and continues when its calls are still listed", async () => {
    const clock = new ManualClock();
    const late = { id: "late", startedAt: new Date(NOW + HOUR / 2), endedAt: new Date(NOW + HOUR / 2 + 1000) };
    const [own, moved] = [
      await openVendor(callsOf("own-"), clock.now),
      await openVendor([...callsOf("own-"), late], clock.now),
    ];
    const store = new MemoryCheckpointStore();
    const events: ClientEvent[] = [];
    await passOf(openClient({ providers: [huaweiAt(own)], clock }), { from, store });
    clock.advance(HOUR);
    const client = openClient({ providers: [huaweiAt(moved)], clock, onEvent: (event) => events.push(event) });
    const second = await passOf(client, { from, store });
    expect(named(second.changes)).toEqual(["new late"]);
    expect(second.report.accounts[0]?.status).toBe("complete");
    expect((await passOf(client, { from, store })).changes).toEqual([]);
    const warnings = events.flatMap((event) => (event.type === "warning" ? [event.message] : []));
    expect(warnings).toEqual([
      expect.stringMatching(
        /^huawei-cec: `endpoint` was .* The sync compares the vendor's list with \d+ delivered calls\.$/,
      ),
    ]);
  });

  it("is recognised by a keyed hash, so that no checkpoint contains the key", async () => {
    const { emulator, client } = await openStage({ emulator: { days: 3, callsPerDay: 5 } });
    const stream = client.sync({ from: daysAgo(2), checkpoint: null });
    for await (const batch of stream) await batch.commit();
    const text = JSON.stringify(stream.checkpoints());
    const { "tencent-ccc": tencent, "huawei-cec": huawei, itniotech } = emulator.credentials;
    for (const key of [tencent.secretId, huawei.appKey, itniotech.apiKey]) expect(text).not.toContain(key);
    const hashes = stream.checkpoints().map(({ identity }) => identity?.publicKeyHash);
    expect(new Set(hashes).size).toBe(3);
    for (const hash of hashes) expect(hash).toMatch(/^[\w-]{22}$/);
  });

  it("causes a warning and continues when there is no call to compare", async () => {
    const old: CustomCall[] = [{ id: "old", startedAt: daysAgo(10) }];
    const [own, other] = [await openVendor(old), await openVendor(old)];
    const store = new MemoryCheckpointStore();
    const clock = new ManualClock();
    const events: ClientEvent[] = [];
    await passOf(openClient({ providers: [huaweiAt(own)], clock }), { from, store });
    await passOf(openClient({ providers: [huaweiAt(other)], clock, onEvent: (event) => events.push(event) }), {
      from,
      store,
    });
    expect(events.flatMap((event) => (event.type === "warning" ? [event.message] : []))).toEqual([
      expect.stringContaining("There is no call to compare"),
    ]);
  });
});

describe("an account whose endpoint or key has changed while a second of its list always fails", () => {
  const start = NOW - 30 * HOUR;
  const calls = (prefix: string) =>
    Array.from({ length: 60 }, (_, index): CustomCall => ({
      id: `${prefix}${index}`,
      startedAt: new Date(start + 5000 + index * 5 * HOUR),
    }));

  /** Runs a first pass, and then opens a client of another endpoint whose list fails at one instant. */
  async function openChanged(filtersOn: "start" | "unknown", prefix: string, brokenAt: number, first = calls("own-")) {
    const clock = new ManualClock();
    const own = await openEmulator({ now: clock.now, callsPerDay: 0, activeCalls: 0, calls: { "huawei-cec": first } });
    const store = new MemoryCheckpointStore();
    const seen = named(
      (await passOf(openClient({ providers: [huaweiAt(own, { filtersOn })], clock }), { from, store })).changes,
    );
    clock.advance(HOUR);
    const changed = await openEmulator({
      now: clock.now,
      callsPerDay: 0,
      activeCalls: 0,
      calls: { "huawei-cec": calls(prefix) },
      corruptAt: { "huawei-cec": [new Date(brokenAt)] },
    });
    const events: ClientEvent[] = [];
    const client = openClient({
      providers: [huaweiAt(changed, { filtersOn })],
      clock,
      retry: { attempts: 1 },
      onEvent: (event) => events.push(event),
    });
    const warnings = () => events.flatMap((event) => (event.type === "warning" ? [event.message] : []));
    return { client, clock, store, seen, warnings };
  }

  it.each(share(["start", "unknown"] as const, 1))(
    "continues, and delivers new calls: filtersOn %s",
    { tags: ["slow"] },
    async (filtersOn) => {
      const { client, clock, store, seen } = await openChanged(filtersOn, "own-", start);
      for (let pass = 0; pass < 8; pass += 1) {
        const { changes, report } = await passOf(client, { from, store, isolateFailures: true });
        expect(report.accounts[0]?.status).toBe("partial");
        seen.push(...named(changes));
        clock.advance(DAY);
      }
      const due = calls("own-").filter(({ startedAt }) => startedAt.getTime() < clock.now() - DAY);
      expect(due.filter(({ id }) => !seen.includes(`new ${id ?? ""}`))).toEqual([]);
    },
  );

  it("is rejected when the calls that can be compared belong to another account", async () => {
    const { client, store } = await openChanged("start", "other-", start);
    const { changes, report } = await passOf(client, { from, store, isolateFailures: true });
    expect(changes).toEqual([]);
    expect(report.accounts[0]).toMatchObject({ status: "failed", error: { code: "checkpoint" } });
  });

  it(
    "causes a warning when the windows of all its calls fail, and is compared again in the next pass",
    { tags: ["slow"] },
    async () => {
      const onlyCall = calls("own-").slice(5, 6);
      const { client, clock, store, warnings } = await openChanged(
        "start",
        "own-",
        onlyCall[0]?.startedAt.getTime() ?? 0,
        onlyCall,
      );
      expect((await rejectionOf(passOf(client, { from, store }))).name).not.toBe("CheckpointError");
      const first = await passOf(client, { from, store, isolateFailures: true });
      expect(first.report.accounts[0]?.status).toBe("partial");
      expect(warnings().at(-1)).toMatch(
        /^huawei-cec: the calls that were delivered last could not be compared, because their windows fail: .* Make sure that it is the same account\.$/,
      );
      clock.advance(DAY);
      const { changes } = await passOf(client, { from, store, isolateFailures: true });
      expect(changes.length).toBeGreaterThan(0);
    },
  );
});

describe("an application that is configured by mistake for one pass", () => {
  it("does not affect the other applications, whose ranges are complete again when it is removed", async () => {
    const options = { days: 178, callsPerDay: 1, activeCalls: 0, sdkAppIds: [1_400_000_000] };
    const clock = new ManualClock();
    const emulator = await openEmulator({ now: clock.now, ...options });
    const clientOf = (...sdkAppIds: number[]) =>
      openClient({ providers: [tencentAt(emulator, { sdkAppIds })], clock, retry: { attempts: 1 } });
    const query = {
      from: daysAgo(175),
      store: new MemoryCheckpointStore(),
      isolateFailures: true,
      beforeRetention: "clip",
    } as const;
    const right = clientOf(1_400_000_000);
    expect((await passOf(right, query)).report.accounts[0]?.status).toBe("complete");
    // The vendor's retention no longer includes five weeks of the range.
    clock.advance(40 * DAY);
    await passOf(right, query);
    const [before] = await right.coverage(query.store);
    expect(before).toMatchObject({ missing: [], lost: [], coverage: [{ from: query.from.toISOString() }] });

    const wrong = clientOf(1_400_000_000, 1_499_999_999);
    const { report } = await passOf(wrong, query);
    expect(report.accounts[0]?.status).not.toBe("complete");
    expect((await wrong.coverage(query.store))[0]).toMatchObject({ coverage: [], lost: [] });
    expect(await right.coverage(query.store)).toEqual([before]);
    const after = await passOf(right, query);
    expect(after.changes).toEqual([]);
    expect(after.report.accounts[0]).toMatchObject({ status: "complete", gaps: [] });
  });
});

describe("a clock that was ahead, with a vendor that sends no Date", () => {
  it("leaves no future interval verified, so that later calls are read when the clock is right", async () => {
    const calls = Array.from({ length: 40 }, (_, day): CustomCall => ({
      id: `${day}`,
      startedAt: new Date(NOW - 3 * DAY + day * DAY),
    }));
    const right = new ManualClock();
    const emulator = await openEmulator({
      now: right.now,
      callsPerDay: 0,
      activeCalls: 0,
      calls: { "huawei-cec": calls },
    });
    const http = new HttpTransport({ maxResponseBytes: 10_000_000, timeoutMs: 60_000 });
    const transport: Transport = {
      load: () => http.load(),
      async send(request, signal, observer) {
        const { headers, ...response } = await http.send(request, signal, observer);
        return {
          ...response,
          headers: Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "date")),
        };
      },
    };
    const clientBy = (clock: ManualClock) =>
      new CallRecordsClient({ providers: [huaweiAt(emulator)], clock, transport });
    const store = new MemoryCheckpointStore();
    const query = { from: daysAgo(5), store };
    const seen = named((await passOf(clientBy(new ManualClock(NOW + 30 * DAY)), query)).changes);
    const client = clientBy(right);
    // The latest call started at NOW, so the coverage that was settled by then remains.
    expect((await client.coverage(store))[0]?.coverage.at(-1)?.to).toBe(daysAgo(2).toISOString());
    for (let pass = 0; pass < 33; pass += 1) {
      seen.push(...named((await passOf(client, query)).changes));
      right.advance(DAY);
    }
    const expected = idsOf(within(emulator.truth["huawei-cec"].calls, query.from, new Date(NOW + 32 * DAY + 1))).map(
      (id) => `new ${id}`,
    );
    // Calls that were not settled according to the right clock are delivered again.
    expect([...new Set(seen)].filter((change) => expected.includes(change)).sort()).toEqual(expected.sort());
    expect(seen.filter((change) => change.startsWith("new")).length).toBeLessThan(expected.length + 8);
  });
});
