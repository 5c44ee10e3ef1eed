import { describe, expect, it } from "vitest";
import { MemoryCheckpointStore, RequestError, type SyncArguments } from "call-records";
import type { CustomCall } from "call-records/testing";
import {
  bodyOf,
  DAY,
  daysAgo,
  HOUR,
  NOW,
  openStage,
  rejectionOf,
  SECOND,
  type StageOptions,
  thrownBy,
} from "../client/stage.js";
import { idsOf, within } from "../client/truth.js";
import { huaweiWindows, named, passOf } from "./pass.js";
import { extent, share } from "../search.js";

const from = daysAgo(20);
const MINUTE = 60_000;

const openHuawei = (calls: readonly CustomCall[], options: StageOptions = {}) =>
  openStage({
    ...options,
    emulator: { callsPerDay: 0, activeCalls: 0, calls: { "huawei-cec": calls }, ...options.emulator },
  });

const onlyHuawei = <Query extends object>(query: Query) => ({ ...query, accounts: ["huawei-cec"] });

const callAt = (id: string, startedAt: number, call: Partial<CustomCall> = {}): CustomCall => ({
  id,
  startedAt: new Date(startedAt),
  ...call,
});

describe("a first pass", () => {
  it("delivers every call as new, in one batch per window of an account, sorted by start", async () => {
    const { emulator, client } = await openStage({ emulator: { days: 25, callsPerDay: 12 } });
    const { batches, changes, report } = await passOf(client, { from, store: new MemoryCheckpointStore() });
    for (const account of ["tencent-ccc", "huawei-cec", "itniotech"] as const) {
      const own = changes.filter(({ record }) => record.account === account);
      expect(idsOf(own.map(({ record }) => record))).toEqual(
        idsOf(within(emulator.truth[account].calls, from, new Date(NOW + DAY))),
      );
    }
    expect(changes.filter(({ type }) => type !== "new")).toEqual([]);
    expect(report.accounts.map(({ status }) => status)).toEqual(["complete", "complete", "complete"]);
    for (const { account, changes: own, checkpoint } of batches) {
      const starts = own.map(({ record }) => record.startedAt.getTime());
      expect(starts.length).toBeGreaterThan(0);
      expect(starts).toEqual([...starts].sort((a, b) => a - b));
      expect(new Set(own.map(({ record }) => record.account))).toEqual(new Set([account]));
      expect(checkpoint).toEqual(JSON.parse(JSON.stringify(checkpoint)));
      expect(checkpoint.account).toBe(account);
    }
  });

  it("sends no request and locks no store before it is read, and can be read once", async () => {
    const { emulator, client } = await openStage({ emulator: { days: 25, callsPerDay: 1 } });
    const store = new MemoryCheckpointStore();
    const stream = client.sync({ from, store });
    const release = await store.lock("tencent-ccc");
    await release();
    expect(emulator.requests).toEqual([]);
    let batches = 0;
    await stream.forEach(({ changes }) => (batches += Math.sign(changes.length)));
    expect(batches).toBeGreaterThan(0);
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toThrow(RequestError);
  });

  it(
    "splits windows by their number of rows, and delivers each window in its own batch",
    { tags: ["slow"] },
    async () => {
      const calls = Array.from({ length: 10_500 }, (_, index) =>
        callAt(`${index}`, NOW - 3 * DAY + index * 24 * SECOND),
      );
      const { emulator, client } = await openStage({
        emulator: { callsPerDay: 0, activeCalls: 0, calls: { itniotech: calls } },
      });
      const { batches, changes } = await passOf(client, {
        from: daysAgo(3.5),
        store: new MemoryCheckpointStore(),
        accounts: ["itniotech"],
      });
      expect(idsOf(changes.map(({ record }) => record))).toEqual(
        idsOf(within(emulator.truth.itniotech.calls, daysAgo(3.5), new Date(NOW + DAY))),
      );
      expect(batches.length).toBeGreaterThan(2);
      expect(Math.max(...batches.map((batch) => batch.changes.length))).toBeLessThanOrEqual(10_000);
    },
  );
});

describe("a later pass", () => {
  it("requests only unsettled windows again, and delivers no batch when nothing has changed", async () => {
    const { emulator, client, clock } = await openHuawei([callAt("1", NOW - 10 * DAY), callAt("2", NOW - HOUR)]);
    const store = new MemoryCheckpointStore();
    expect(named((await passOf(client, onlyHuawei({ from, store }))).changes)).toEqual(["new 1", "new 2"]);
    emulator.clearRequests();
    clock.advance(5 * MINUTE);
    const { batches } = await passOf(client, onlyHuawei({ from, store }));
    expect(batches).toEqual([]);
    const settled = NOW - 2 * DAY;
    const windows = huaweiWindows(emulator);
    // The request begins a millisecond earlier, because the vendor does not document whether the bounds are inclusive.
    expect(Math.min(...windows.map(({ from: start }) => start))).toBe(settled - 1);
    expect(Math.max(...windows.map(({ to }) => to))).toBe(NOW + 5 * MINUTE);
  });

  it("delivers only calls that were listed late or have changed", async () => {
    const [late, edited, ends] = [NOW - 20 * HOUR, NOW - 10 * HOUR, NOW - HOUR];
    const stage = await openHuawei([
      callAt("late", late, { listedFrom: new Date(NOW + HOUR) }),
      callAt("edited", edited, {
        row: {
          get callData() {
            return stage.clock.now() > NOW ? "requested an invoice" : "";
          },
        },
      }),
      callAt("ends", ends, { endedAt: new Date(NOW + HOUR) }),
      callAt("stays", NOW - 5 * HOUR),
    ]);
    const { client, clock } = stage;
    const store = new MemoryCheckpointStore();
    expect(named((await passOf(client, onlyHuawei({ from, store }))).changes)).toEqual([
      "new edited",
      "new ends",
      "new stays",
    ]);
    clock.advance(2 * HOUR);
    const { changes } = await passOf(client, onlyHuawei({ from, store }));
    expect(named(changes)).toEqual(["new late", "updated edited", "updated ends"]);
    expect(changes.find(({ record }) => record.id === "edited")?.record.customData).toBe("requested an invoice");
    expect(changes.find(({ record }) => record.id === "ends")?.record.state).toBe("ended");
    expect((await passOf(client, onlyHuawei({ from, store }))).changes).toEqual([]);
  });

  it("does not consider a newly signed link a change", async () => {
    const row = {
      get RecordURL() {
        return `https://records.test/1.mp3?sign=${stage.clock.now()}`;
      },
    };
    const stage = await openStage({
      emulator: { callsPerDay: 0, activeCalls: 0, calls: { "tencent-ccc": [callAt("1", NOW - HOUR, { row })] } },
    });
    const query = { from, store: new MemoryCheckpointStore(), accounts: ["tencent-ccc"] };
    expect(named((await passOf(stage.client, query)).changes)).toEqual(["new 1"]);
    stage.clock.advance(HOUR);
    expect((await passOf(stage.client, query)).changes).toEqual([]);
  });

  it("delivers once a call that was longer than calls are documented to be, although its start was already complete", async () => {
    const long = callAt("long", NOW - 70 * HOUR, { endedAt: new Date(NOW + HOUR), listedFrom: new Date(NOW + HOUR) });
    const { client, clock } = await openHuawei([long], { emulator: { filterTime: "end" } });
    const store = new MemoryCheckpointStore();
    await passOf(client, onlyHuawei({ from, store }));
    clock.advance(2 * HOUR);
    expect(named((await passOf(client, onlyHuawei({ from, store }))).changes)).toEqual(["new long"]);
    for (const days of [0, 1, 1, 1, 5]) {
      clock.advance(days * DAY);
      expect((await passOf(client, onlyHuawei({ from, store }))).changes).toEqual([]);
    }
  });

  it("reads again only the time that `settleSeconds` requires", async () => {
    const { emulator, client, clock } = await openHuawei([callAt("1", NOW - HOUR)], {
      huawei: { longestCallSeconds: 0 },
    });
    const query = onlyHuawei({ from, store: new MemoryCheckpointStore(), settleSeconds: 0 });
    await passOf(client, query);
    emulator.clearRequests();
    clock.advance(MINUTE);
    await passOf(client, query);
    expect(huaweiWindows(emulator)).toEqual([{ from: NOW - 1, to: NOW + MINUTE }]);
  });

  it("reads only the missing range when `from` is earlier", async () => {
    const { emulator, client } = await openHuawei([callAt("1", NOW - 30 * DAY), callAt("2", NOW - 10 * DAY)]);
    const store = new MemoryCheckpointStore();
    await passOf(client, onlyHuawei({ from, to: daysAgo(5), store }));
    emulator.clearRequests();
    const { changes } = await passOf(client, onlyHuawei({ from: daysAgo(40), to: daysAgo(5), store }));
    expect(named(changes)).toEqual(["new 1"]);
    // The windows extend half a day beyond each end, because the vendor may list a call that far from its start.
    expect(Math.min(...huaweiWindows(emulator).map((window) => window.from))).toBe(NOW - 40.5 * DAY - 1);
    expect(Math.max(...huaweiWindows(emulator).map((window) => window.to))).toBe(NOW - 19.5 * DAY);
    emulator.clearRequests();
    await passOf(client, onlyHuawei({ from: daysAgo(40), to: daysAgo(5), store }));
    expect(emulator.requests).toEqual([]);
  });

  it(
    "delivers calls once when the totals do not match, and reports their range as incomplete",
    { tags: ["slow"] },
    async () => {
      const { client, clock } = await openHuawei([callAt("1", NOW - 12 * DAY), callAt("2", NOW - HOUR)], {
        emulator: { totalShift: { "huawei-cec": 3 } },
      });
      const store = new MemoryCheckpointStore();
      const query = onlyHuawei({ from: daysAgo(13), store, isolateFailures: true });
      const first = await passOf(client, query);
      expect(named(first.changes)).toEqual(["new 1", "new 2"]);
      expect(first.report.accounts[0]?.gaps.map(({ reason }) => reason)).toContain("incomplete");
      clock.advance(HOUR);
      const second = await passOf(client, query);
      expect(second.changes).toEqual([]);
      expect(second.report.accounts[0]?.gaps.map(({ reason }) => reason)).toContain("incomplete");
      const [coverage] = await client.coverage(store, { accounts: ["huawei-cec"] });
      expect(
        coverage?.missing.some((gap) => Date.parse(gap.from) <= NOW - 12 * DAY && NOW - 12 * DAY < Date.parse(gap.to)),
      ).toBe(true);
    },
  );

  it("narrows the gap around an unreadable row, and reads everything else", { tags: ["slow"] }, async () => {
    const calls = [
      ...Array.from({ length: 40 }, (_, day) => callAt(`${day}`, NOW - (day + 3) * DAY)),
      callAt("bad", NOW - 20.5 * DAY, { row: { startTime: "never" } }),
    ];
    const { emulator, client, clock } = await openHuawei(calls);
    const query = onlyHuawei({ from: daysAgo(50), store: new MemoryCheckpointStore(), isolateFailures: true });
    const read = new Set<string>();
    const requests: number[] = [];
    for (let pass = 0; pass < 12; pass += 1) {
      emulator.clearRequests();
      for (const { record } of (await passOf(client, query)).changes) read.add(record.id);
      requests.push(emulator.requests.length);
      clock.advance(5 * MINUTE);
    }
    expect(read.size).toBe(40);
    // The gap is as short as possible, and so are the windows that are requested.
    const [coverage] = await client.coverage(query.store, { accounts: ["huawei-cec"] });
    const missing =
      coverage?.missing
        .filter((gap) => Date.parse(gap.to) < NOW)
        .map((gap) => Date.parse(gap.to) - Date.parse(gap.from)) ?? [];
    expect(missing.length).toBe(1);
    expect(missing[0]).toBeLessThan(SECOND);
    expect(requests.at(-1)).toBeLessThan(20);
  });

  it.each(share([4, 12, 25], 1))(
    "does not send more requests in each pass when all totals of a list are wrong: %i days",
    { tags: ["slow"] },
    async (days) => {
      const calls = Array.from({ length: 390 }, (_, index) =>
        callAt(`${index}`, NOW - 3 * DAY - (index * (days - 3) * DAY) / 390),
      );
      const { emulator, client, clock } = await openHuawei(calls, { emulator: { totalShift: { "huawei-cec": 1 } } });
      const query = onlyHuawei({ from: daysAgo(days), store: new MemoryCheckpointStore(), isolateFailures: true });
      const first = await passOf(client, query);
      expect(first.changes.length).toBe(390);
      const requests: number[] = [];
      for (let pass = 0; pass < extent(2, 6); pass += 1) {
        emulator.clearRequests();
        clock.advance(5 * MINUTE);
        expect((await passOf(client, query)).changes).toEqual([]);
        requests.push(emulator.requests.length);
      }
      const [narrowing = 0, ...later] = requests;
      const atFirst = first.report.accounts[0]?.requests ?? 0;
      // Each window is split into at most 20 parts, and is requested once more as a whole, so that the sum of its parts can be compared with it.
      expect(narrowing).toBeLessThan(22 * atFirst);
      // Later passes do not split the windows again. They request as much as the first pass, but some windows are counted once more and the range has grown.
      expect(Math.max(...later)).toBeLessThanOrEqual(1.2 * atFirst + 2);
    },
  );

  it("continues with all requested ranges when `from` is later", async () => {
    const { client, clock } = await openHuawei([callAt("1", NOW + HOUR), callAt("2", NOW + 5 * DAY)]);
    const store = new MemoryCheckpointStore();
    await passOf(client, onlyHuawei({ from: new Date(NOW - DAY), store }));
    // The job did not run for days.
    clock.advance(6 * DAY);
    const { changes } = await passOf(client, onlyHuawei({ from: new Date(NOW + 5 * DAY), store }));
    expect(named(changes)).toEqual(["new 1", "new 2"]);
  });

  it("continues with the range of a pass that failed before it read anything", async () => {
    const stage = await openHuawei([callAt("1", NOW - 10 * DAY)], { huawei: { appSecret: "wrong-app-secret" } });
    const store = new MemoryCheckpointStore();
    await rejectionOf(passOf(stage.client, onlyHuawei({ from, store })));
    const corrected = await openHuawei([callAt("1", NOW - 10 * DAY)]);
    expect(named((await passOf(corrected.client, onlyHuawei({ from: daysAgo(1), store }))).changes)).toEqual(["new 1"]);
  });

  it("omits the vendor's own row with `raw: false`, and detects its changes anyway", async () => {
    const stage = await openHuawei([callAt("1", NOW - HOUR, { endedAt: new Date(NOW + HOUR) })]);
    const query = onlyHuawei({ from, store: new MemoryCheckpointStore(), raw: false });
    const first = await passOf(stage.client, query);
    stage.clock.advance(2 * HOUR);
    const second = await passOf(stage.client, query);
    expect([...named(first.changes), ...named(second.changes)]).toEqual(["new 1", "updated 1"]);
    expect([...first.changes, ...second.changes].filter(({ record }) => "raw" in record)).toEqual([]);
  });

  it("reads new calls before windows that failed", async () => {
    const { emulator, client, clock } = await openHuawei([callAt("1", NOW - 12 * DAY), callAt("2", NOW + HOUR)], {
      client: { retry: { attempts: 1 } },
    });
    const store = new MemoryCheckpointStore();
    emulator.inject("internal-error", { vendor: "huawei-cec", operation: "queryCallDetailRecord" });
    const first = await passOf(client, onlyHuawei({ from, store, isolateFailures: true }));
    expect(first.report.accounts[0]).toMatchObject({ status: "partial" });
    const missing = (await client.coverage(store)).find(({ account }) => account === "huawei-cec")?.missing ?? [];

    clock.advance(2 * HOUR);
    emulator.clearRequests();
    const second = await passOf(client, onlyHuawei({ from, store, isolateFailures: true }));
    expect(missing[0]?.from).toBe(from.toISOString());
    const windows = huaweiWindows(emulator);
    expect(windows[0]?.to).toBe(NOW + 2 * HOUR);
    expect(Math.min(...windows.map((window) => window.from))).toBe(from.getTime() - DAY / 2 - 1);
    expect(named([...first.changes, ...second.changes])).toEqual(["new 1", "new 2"]);
    expect((await client.coverage(store)).find(({ account }) => account === "huawei-cec")?.missing).toEqual([]);
  });
});

describe("a batch", () => {
  const calls = [callAt("1", NOW - 18 * DAY), callAt("2", NOW - 10 * DAY), callAt("3", NOW - 4 * DAY)];

  it.each(["break", "throw"])(
    "is delivered again, without the earlier ones, when the consumer leaves the loop by %s",
    async (way) => {
      const { client } = await openHuawei(calls);
      const store = new MemoryCheckpointStore();
      const read = async () => {
        let batches = 0;
        for await (const batch of client.sync(onlyHuawei({ from, store }))) {
          batches += batch.changes.length;
          if (batches === 2 && way === "break") break;
          if (batches === 2) throw new Error("The table is full.");
          await batch.commit();
        }
      };
      if (way === "break") await read();
      else await expect(read()).rejects.toThrow("The table is full.");
      expect(named((await passOf(client, onlyHuawei({ from, store }))).changes)).toEqual(["new 2", "new 3"]);
    },
  );

  it("is not delivered again when it was committed and the consumer leaves the loop", async () => {
    const { client } = await openHuawei(calls);
    const store = new MemoryCheckpointStore();
    for await (const batch of client.sync(onlyHuawei({ from, store }))) {
      await Promise.all([batch.commit(), batch.commit()]);
      break;
    }
    expect(named((await passOf(client, onlyHuawei({ from, store }))).changes)).toEqual(["new 2", "new 3"]);
  });

  it("can no longer be committed after the loop has been left", async () => {
    const { client } = await openHuawei(calls);
    const store = new MemoryCheckpointStore();
    let commit = () => Promise.resolve();
    for await (const batch of client.sync(onlyHuawei({ from, store }))) {
      commit = () => batch.commit();
      break;
    }
    const error = await rejectionOf(commit());
    expect(error).toBeInstanceOf(RequestError);
    expect(error.message).toContain("before the loop ends");
    expect(named((await passOf(client, onlyHuawei({ from, store }))).changes)).toEqual(["new 1", "new 2", "new 3"]);
  });

  it("contains the checkpoint from which the next pass continues", async () => {
    const { emulator, client } = await openHuawei(calls);
    let checkpoint = null;
    for await (const batch of client.sync(onlyHuawei({ from, checkpoint: null }))) {
      checkpoint = JSON.parse(JSON.stringify(batch.checkpoint)) as typeof batch.checkpoint;
      if (batch.changes.some(({ record }) => record.id === "2")) break;
    }
    const stream = client.sync(onlyHuawei({ from, checkpoint }));
    const ids: string[] = [];
    for await (const batch of stream) {
      await batch.commit();
      ids.push(...batch.changes.map(({ record }) => record.id));
    }
    expect(ids).toEqual(["3"]);
    // The end of the pass verifies ranges that no batch includes.
    emulator.clearRequests();
    const [last] = stream.checkpoints();
    expect((await passOf(client, onlyHuawei({ from, checkpoint: [...stream.checkpoints()] }))).changes).toEqual([]);
    expect(Math.min(...huaweiWindows(emulator).map((window) => window.from))).toBe(NOW - 2 * DAY - 1);
    expect(last?.account).toBe("huawei-cec");
  });
});

describe("checkpoints that the caller stores", () => {
  it("do not include a batch during which the loop was left", async () => {
    const { client } = await openHuawei([
      callAt("1", NOW - 18 * DAY),
      callAt("2", NOW - 10 * DAY),
      callAt("3", NOW - 4 * DAY),
    ]);
    const stream = client.sync(onlyHuawei({ from, checkpoint: null }));
    let batches = 0;
    for await (const { changes } of stream) {
      batches += changes.length;
      if (batches === 2) break;
    }
    expect(named((await passOf(client, onlyHuawei({ from, checkpoint: stream.checkpoints() }))).changes)).toEqual([
      "new 2",
      "new 3",
    ]);
  });

  it("are complete after a pass in which one account failed and another was not selected", async () => {
    const { client } = await openStage({ emulator: { days: 22, callsPerDay: 5 } });
    const first = client.sync({ from, checkpoint: null });
    for await (const batch of first) await batch.commit();
    expect(first.checkpoints().map(({ account }) => account)).toEqual(["tencent-ccc", "huawei-cec", "itniotech"]);
    const failing = await openStage({
      emulator: { days: 22, callsPerDay: 5 },
      huawei: { appSecret: "wrong-app-secret" },
    });
    const second = failing.client.sync({
      from,
      checkpoint: first.checkpoints(),
      isolateFailures: true,
      accounts: ["huawei-cec", "itniotech"],
    });
    for await (const batch of second) await batch.commit();
    expect(second.checkpoints().map(({ account }) => account)).toEqual(["tencent-ccc", "huawei-cec", "itniotech"]);
    expect((await passOf(client, { from, checkpoint: second.checkpoints() })).changes).toEqual([]);
  });
});

describe("a commit that fails in the store", () => {
  it("can be repeated", async () => {
    const { client } = await openHuawei([callAt("1", NOW - 10 * DAY)]);
    const store = new MemoryCheckpointStore();
    let failures = 0;
    const failing = {
      load: (account: string) => store.load(account),
      lock: (account: string) => store.lock(account),
      save: (account: string, changes: Parameters<typeof store.save>[1]) =>
        Object.keys(changes).length > 1 && failures++ === 0
          ? Promise.reject(new Error("deadlock detected"))
          : store.save(account, changes),
    };
    for await (const batch of client.sync(
      onlyHuawei({
        from: new Date(NOW - 10.2 * DAY),
        to: new Date(NOW - 9.8 * DAY),
        store: failing,
        settleSeconds: 11 * 86_400,
      }),
    )) {
      expect((await rejectionOf(batch.commit())).message).toBe("deadlock detected");
      await batch.commit();
      break;
    }
    expect(
      (
        await passOf(
          client,
          onlyHuawei({
            from: new Date(NOW - 10.2 * DAY),
            to: new Date(NOW - 9.8 * DAY),
            store,
            settleSeconds: 11 * 86_400,
          }),
        )
      ).changes,
    ).toEqual([]);
  });
});

describe("accounts", () => {
  it("can be selected in any pass, because each has its own checkpoint", async () => {
    const { client } = await openStage({ emulator: { days: 22, callsPerDay: 5 } });
    const store = new MemoryCheckpointStore();
    const first = await passOf(client, { from, store, accounts: ["itniotech"] });
    expect(new Set(first.batches.map(({ account }) => account))).toEqual(new Set(["itniotech"]));
    const second = await passOf(client, { from, store });
    expect(new Set(second.batches.map(({ account }) => account))).toEqual(new Set(["tencent-ccc", "huawei-cec"]));
    expect((await passOf(client, { from, store })).changes).toEqual([]);
  });

  it("deliver every call of an added application as new", async () => {
    const options = { emulator: { days: 22, callsPerDay: 20, sdkAppIds: [1_400_000_000, 1_400_000_001] } };
    const stage = await openStage({ ...options, tencent: { sdkAppIds: [1_400_000_000] } });
    const query = { from, store: new MemoryCheckpointStore(), accounts: ["tencent-ccc"] };
    const first = await passOf(stage.client, query);
    const both = await openStage(options);
    const second = await passOf(both.client, query);
    expect(new Set(second.changes.map(({ type, record }) => `${type} ${record.application ?? ""}`))).toEqual(
      new Set(["new 1400000001"]),
    );
    const all = [...first.changes, ...second.changes].map(({ record }) => record);
    expect(idsOf(all)).toEqual(idsOf(within(stage.emulator.truth["tencent-ccc"].calls, from, new Date(NOW + DAY))));
  });

  it("fail independently when failures are isolated, and lose no calls", async () => {
    const stage = await openStage({
      emulator: { days: 22, callsPerDay: 5 },
      huawei: { appSecret: "wrong-app-secret" },
    });
    const store = new MemoryCheckpointStore();
    const { report, changes } = await passOf(stage.client, { from, store, isolateFailures: true });
    expect(report.accounts.map(({ status }) => status)).toEqual(["complete", "failed", "complete"]);
    expect(new Set(changes.map(({ record }) => record.account))).toEqual(new Set(["tencent-ccc", "itniotech"]));
    expect(await rejectionOf(passOf(stage.client, { from, store }))).toMatchObject({
      code: "authentication",
      account: "huawei-cec",
    });
    const corrected = await openStage({ emulator: { days: 22, callsPerDay: 5 } });
    const after = await passOf(corrected.client, { from, store });
    expect(new Set(after.changes.map(({ record }) => record.account))).toEqual(new Set(["huawei-cec"]));
  });
});

describe("a range that a vendor no longer keeps", () => {
  const tencent = { accounts: ["tencent-ccc"] };
  const openTencent = () =>
    openStage({
      emulator: {
        callsPerDay: 0,
        activeCalls: 0,
        calls: { "tencent-ccc": [callAt("old", NOW - 179 * DAY), callAt("new", NOW - DAY)] },
      },
    });

  it('is rejected in a first request, and is a gap that is reported once with `beforeRetention: "clip"`', async () => {
    const { client } = await openTencent();
    const store = new MemoryCheckpointStore();
    const query = { from: daysAgo(200), store, ...tencent };
    expect(await rejectionOf(passOf(client, query))).toMatchObject({ code: "retention", account: "tencent-ccc" });
    const clipped = await passOf(client, { ...query, beforeRetention: "clip" });
    expect(clipped.report.accounts[0]?.gaps).toEqual([
      {
        from: daysAgo(200).toISOString(),
        to: new Date(NOW - 180 * DAY + 5 * MINUTE + 1000).toISOString(),
        reason: "retention",
      },
    ]);
    expect(clipped.report.accounts[0]?.status).toBe("partial");
    // A range that was requested before is not rejected again.
    const again = await passOf(client, query);
    expect(again.report.accounts[0]).toMatchObject({ status: "complete", gaps: [] });
    expect((await client.coverage(store, tencent))[0]?.lost).toEqual([
      { from: daysAgo(200).toISOString(), to: new Date(NOW - 180 * DAY + 5 * MINUTE + 1000).toISOString() },
    ]);
  });

  it("is a gap that is reported once and not requested again, when its first read failed", async () => {
    const calls = {
      "tencent-ccc": [callAt("old", NOW - 170 * DAY), callAt("kept", NOW - 120 * DAY), callAt("new", NOW - DAY)],
    };
    const { emulator, client, clock } = await openStage({
      emulator: { callsPerDay: 0, activeCalls: 0, calls },
      tencent: { sdkAppIds: [1_400_000_000] },
      client: { retry: { attempts: 1 } },
    });
    const store = new MemoryCheckpointStore();
    const query = { from: daysAgo(179), store, ...tencent, isolateFailures: true };
    emulator.inject("internal-error", { vendor: "tencent-ccc" });
    const failed = await passOf(client, query);
    expect(named(failed.changes)).toEqual(["new new"]);
    expect(failed.report.accounts[0]?.gaps.map(({ reason }) => reason)).toEqual(["failed"]);

    clock.advance(30 * DAY);
    const late = await passOf(client, query);
    expect(named(late.changes)).toEqual(["new kept"]);
    const lost = { from: daysAgo(179).toISOString(), to: new Date(NOW - 150 * DAY + 5 * MINUTE + 1000).toISOString() };
    expect(late.report.accounts[0]?.gaps).toEqual([{ ...lost, reason: "retention" }]);
    clock.advance(MINUTE);
    emulator.clearRequests();
    const after = await passOf(client, query);
    expect(after.report.accounts[0]).toMatchObject({ status: "complete", gaps: [] });
    expect((await client.coverage(store, tencent))[0]?.lost).toEqual([lost]);
    expect(
      emulator.requests.every((request) => Number(bodyOf(request).StartTimeStamp) >= (NOW + 28 * DAY) / 1000 - 1),
    ).toBe(true);
  });

  it("does not become a gap when it was complete before", async () => {
    const { client, clock } = await openTencent();
    const query = { from: daysAgo(179), store: new MemoryCheckpointStore(), ...tencent };
    expect(named((await passOf(client, query)).changes)).toEqual(["new new", "new old"]);
    clock.advance(30 * DAY);
    const { report, changes } = await passOf(client, query);
    expect(changes).toEqual([]);
    expect(report.accounts[0]).toMatchObject({ status: "complete", gaps: [] });
    expect((await client.coverage(query.store, tencent))[0]?.lost).toEqual([]);
  });
});

describe("coverage", () => {
  it("returns the complete, unsettled and missing intervals of a store or of checkpoints", async () => {
    const { client, clock } = await openHuawei([callAt("1", NOW - 10 * DAY)]);
    const store = new MemoryCheckpointStore();
    const accounts = { accounts: ["huawei-cec"] };
    expect(await client.coverage(store, accounts)).toEqual([
      {
        account: "huawei-cec",
        provider: "huawei-cec",
        coverage: [],
        unsettled: [],
        missing: [],
        lost: [],
        settledBefore: new Date(NOW - 2.5 * DAY).toISOString(),
      },
    ]);
    const { batches } = await passOf(client, onlyHuawei({ from, store }));
    const iso = (at: number) => new Date(at).toISOString();
    const whole = {
      coverage: [{ from: iso(from.getTime()), to: iso(NOW - 2.5 * DAY) }],
      unsettled: [{ from: iso(NOW - 2.5 * DAY), to: iso(NOW) }],
      missing: [],
    };
    expect((await client.coverage(store, accounts))[0]).toMatchObject(whole);
    clock.advance(HOUR);
    expect((await client.coverage(store, accounts))[0]).toMatchObject({
      ...whole,
      missing: [{ from: iso(NOW), to: iso(NOW + HOUR) }],
    });
    const [batch] = batches;
    if (batch === undefined) throw new TypeError("There is no batch.");
    expect((await client.coverage(batch.checkpoint, accounts))[0]?.missing[0]?.from).toBeDefined();
    expect(await client.coverage([batch.checkpoint], accounts)).toEqual(
      await client.coverage(batch.checkpoint, accounts),
    );
  });
});

describe("wrong arguments", () => {
  const store = new MemoryCheckpointStore();

  it.each([
    ["neither store nor checkpoint", { from }, "`store`: is missing"],
    ["store and checkpoint", { from, store, checkpoint: null }, "cannot be combined with `checkpoint`"],
    ["a store without lock", { from, store: { load: () => 0, save: () => 0 } }, "`store`: must be a CheckpointStore"],
    [
      "an invalid checkpoint",
      { from, checkpoint: { a: 1 } },
      "`checkpoint`: must be the `checkpoint` object of a batch",
    ],
    ["a checkpoint as text", { from, checkpoint: "{}" }, "parse it first if you stored text"],
    [
      "a checkpoint of an account that is not selected",
      { from, accounts: ["itniotech"], checkpoint: { account: "huawei-cec" } },
      "belongs to the account `huawei-cec`, which is not selected",
    ],
    [
      "two checkpoints of one account",
      { from, checkpoint: [{ account: "a" }, { account: "a" }] },
      "contains two checkpoints of the account `a`",
    ],
    ["no from", { store }, "`from`"],
    ["a reversed range", { from, to: daysAgo(30), store }, "`to` must be later than `from`"],
    ["a negative settle time", { from, store, settleSeconds: -1 }, "`settleSeconds`"],
    ["an unknown account", { from, store, accounts: ["none"] }, "there is no account `none`"],
    ["an unknown argument", { from, store, limit: 3 }, "unknown argument `limit`"],
  ])("are rejected immediately: %s", async (_case, query, rule) => {
    const { client } = await openStage({ emulator: { callsPerDay: 0 } });
    const error = thrownBy(() => client.sync(query as unknown as SyncArguments));
    expect(error).toBeInstanceOf(RequestError);
    expect(error.message).toContain(rule);
  });
});
