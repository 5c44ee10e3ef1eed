import { describe, expect, it } from "vitest";
import { type CallRecord, huaweiCec, IncompleteError, MemoryCheckpointStore, type SyncCheckpoint } from "call-records";
import { huaweiResponding, serve } from "../client/scripted-vendor.js";
import { DAY, ManualClock, NOW, openClient, RATE as rate, rejectionOf } from "../client/stage.js";

const from = NOW - 20 * DAY;
const to = NOW - 19 * DAY;
const starts = Array.from({ length: 1530 }, (_, index) => from + Math.floor((index * DAY) / 1530));

/** A vendor that hides a hundred calls from every window but the whole day's count, until it is well again. */
async function openVendor() {
  const state = { hides: true };
  const endpoint = await serve(
    huaweiResponding(({ body }) => {
      const window = { from: Number(body.startTime), to: Number(body.endTime) };
      const all = starts
        .map((startTime, id) => ({ callSerialNo: `${id}`, startTime, endTime: startTime, state: 3 }))
        .filter(({ startTime }) => body.taskType === "0" && startTime >= window.from && startTime <= window.to);
      const shown = state.hides ? all.filter(({ callSerialNo }) => Number(callSerialNo) >= 100) : all;
      const isWhole = window.to - window.from >= DAY;
      const total = isWhole ? 2 * 1000 : shown.length;
      const callInfo = shown.slice(Number(body.offset), Number(body.offset) + Number(body.limit));
      return { body: { retCode: "0", retMsg: "", result: { total: state.hides ? total : all.length, callInfo } } };
    }),
  );
  const client = openClient({
    providers: [huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate, filtersOn: "start" })],
    clock: new ManualClock(),
  });
  return { client, state };
}

describe("a sync of a window whose parts hold less than the window announced", () => {
  it.each([true, false])(
    "completes nothing of it, and delivers the rest in the next pass (isolated: %s)",
    async (isolateFailures) => {
      const { client, state } = await openVendor();
      const store = new MemoryCheckpointStore();
      const seen = new Map<string, CallRecord>();
      let changed = 0;
      const pass = () =>
        client.sync({ from: new Date(from), to: new Date(to), store, isolateFailures }).forEach(({ changes }) => {
          changed += changes.length;
          for (const { record } of changes) seen.set(record.id, record);
        });
      if (isolateFailures) await pass();
      else expect(await rejectionOf(pass())).toBeInstanceOf(IncompleteError);
      expect((await client.coverage(store))[0]).toMatchObject({ coverage: [] });
      if (isolateFailures) expect(seen.size).toBe(1430);

      state.hides = false;
      await pass();
      // What was committed does not come again.
      expect([seen.size, changed]).toEqual([1530, 1530]);
      expect((await client.coverage(store))[0]).toMatchObject({
        coverage: [{ from: new Date(from).toISOString(), to: new Date(to).toISOString() }],
        missing: [],
      });
    },
  );
});

describe("checkpoints of the caller's own", () => {
  it.each([1, 2, 3])(
    "complete nothing of a window of which the parts were not compared with it: %i batches were kept",
    async (kept) => {
      const { client, state } = await openVendor();
      const table = new Set<string>();
      let checkpoint: SyncCheckpoint[] = [];
      let batches = 0;
      try {
        for await (const batch of client.sync({ from: new Date(from), to: new Date(to), checkpoint: [] })) {
          if (batches === kept) break;
          batches += 1;
          for (const { record } of batch.changes) table.add(record.id);
          checkpoint = [batch.checkpoint];
        }
      } catch (error) {
        expect(error).toBeInstanceOf(IncompleteError);
      }
      expect(table.size).toBeGreaterThan(0);
      expect((await client.coverage(checkpoint))[0]).toMatchObject({ coverage: [] });
      state.hides = false;
      for await (const batch of client.sync({ from: new Date(from), to: new Date(to), checkpoint }))
        for (const { record } of batch.changes) table.add(record.id);
      expect(table.size).toBe(1530);
    },
  );
});

describe("a sync of a window that keeps counting more than its parts hold", () => {
  it.each([true, false])(
    "completes nothing of it in any pass, and all of it once they agree (split at once: %s)",
    async (isSplit) => {
      const state = { counted: isSplit ? 2000 : 1531 };
      const endpoint = await serve(
        huaweiResponding(({ body }) => {
          const window = { from: Number(body.startTime), to: Number(body.endTime) };
          const rows = starts
            .map((startTime, id) => ({ callSerialNo: `${id}`, startTime, endTime: startTime, state: 3 }))
            .filter(({ startTime }) => body.taskType === "0" && startTime >= window.from && startTime <= window.to);
          const total = body.taskType === "0" && window.to - window.from >= DAY ? state.counted : rows.length;
          return {
            body: {
              retCode: "0",
              retMsg: "",
              result: { total, callInfo: rows.slice(Number(body.offset), Number(body.offset) + Number(body.limit)) },
            },
          };
        }),
      );
      const client = openClient({
        providers: [huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate, filtersOn: "start" })],
        clock: new ManualClock(),
      });
      const store = new MemoryCheckpointStore();
      const pass = async () => {
        const stream = client.sync({ from: new Date(from), to: new Date(to), store, isolateFailures: true });
        await stream.forEach(() => undefined);
        return stream.report().accounts[0];
      };
      for (let number = 1; number <= 3; number += 1) {
        expect(await pass()).toMatchObject({
          status: "partial",
          error: { code: "incomplete" },
          gaps: [{ reason: "incomplete" }],
          coverage: [],
        });
      }
      state.counted = 1530;
      expect(await pass()).toMatchObject({
        status: "complete",
        gaps: [],
        coverage: [{ from: new Date(from).toISOString(), to: new Date(to).toISOString() }],
      });
    },
  );
});

describe("a sync of a hundred calls in one second, a full page", () => {
  it("delivers them, and leaves the second unverified", async () => {
    const at = from + DAY / 2;
    const endpoint = await serve(
      huaweiResponding(({ body }) => {
        const isWithin = body.taskType === "0" && at >= Number(body.startTime) && at <= Number(body.endTime);
        const rows = Array.from({ length: isWithin ? 100 : 0 }, (_, id) => ({
          callSerialNo: `${id}`,
          startTime: at,
          endTime: at,
          state: 3,
        }));
        return {
          body: {
            retCode: "0",
            retMsg: "",
            result: {
              total: rows.length,
              callInfo: rows.slice(Number(body.offset), Number(body.offset) + Number(body.limit)),
            },
          },
        };
      }),
    );
    const client = openClient({
      providers: [huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate, filtersOn: "start" })],
      clock: new ManualClock(),
    });
    const ids: string[] = [];
    const stream = client.sync({ from: new Date(from), to: new Date(to), store: new MemoryCheckpointStore() });
    await stream.forEach(({ changes }) => {
      for (const { record } of changes) ids.push(record.id);
    });
    expect(new Set(ids).size).toBe(100);
    expect(stream.report().accounts[0]).toMatchObject({ gaps: [], unsettled: [{}] });
  });
});
