import { describe, expect, it } from "vitest";
import { type CallRecord, huaweiCec, IncompleteError, MemoryCheckpointStore, type SyncCheckpoint } from "call-records";
import { huaweiResponding, serve } from "../client/scripted-vendor.js";
import { DAY, ManualClock, NOW, openClient, RATE as rate, rejectionOf } from "../client/stage.js";

const from = NOW - 20 * DAY;
const to = NOW - 19 * DAY;
const rows = Array.from({ length: 1530 }, (_, index) => {
  const startTime = from + Math.floor((index * DAY) / 1530);
  return { callSerialNo: `${index}`, startTime, endTime: startTime, state: 3 };
});

/** Opens a vendor that hides a hundred calls while `hides` is true, although the total of the whole day includes them. */
async function openVendor() {
  const state = { hides: true };
  const endpoint = await serve(
    huaweiResponding(({ body }) => {
      const window = { from: Number(body.startTime), to: Number(body.endTime) };
      const all = rows.filter(
        ({ startTime }) => body.taskType === "0" && startTime >= window.from && startTime <= window.to,
      );
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

describe("a sync of a window whose parts contain fewer calls than its total", () => {
  it.each([true, false])(
    "does not complete the window, and delivers the remaining calls in the next pass (isolated: %s)",
    async (isolateFailures) => {
      const { client, state } = await openVendor();
      const store = new MemoryCheckpointStore();
      const seen = new Map<string, CallRecord>();
      let changeCount = 0;
      const pass = () =>
        client.sync({ from: new Date(from), to: new Date(to), store, isolateFailures }).forEach(({ changes }) => {
          changeCount += changes.length;
          for (const { record } of changes) seen.set(record.id, record);
        });
      if (isolateFailures) await pass();
      else expect(await rejectionOf(pass())).toBeInstanceOf(IncompleteError);
      expect((await client.coverage(store))[0]).toMatchObject({ coverage: [] });
      if (isolateFailures) expect(seen.size).toBe(1430);

      state.hides = false;
      await pass();
      // Committed calls are not delivered again.
      expect([seen.size, changeCount]).toEqual([1530, 1530]);
      expect((await client.coverage(store))[0]).toMatchObject({
        coverage: [{ from: new Date(from).toISOString(), to: new Date(to).toISOString() }],
        missing: [],
      });
    },
  );
});

describe("checkpoints that the caller stores", () => {
  it.each([1, 2, 3])(
    "do not complete a window whose parts were not compared with it: %i stored batches",
    async (storedBatches) => {
      const { client, state } = await openVendor();
      const table = new Set<string>();
      let checkpoint: SyncCheckpoint[] = [];
      let batches = 0;
      try {
        for await (const batch of client.sync({ from: new Date(from), to: new Date(to), checkpoint: [] })) {
          if (batches === storedBatches) break;
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

describe("a sync of a window whose total remains larger than its parts", () => {
  it.each([true, false])(
    "does not complete the window until the total and the parts agree (split immediately: %s)",
    async (isSplit) => {
      const state = { total: isSplit ? 2000 : 1531 };
      const endpoint = await serve(
        huaweiResponding(({ body }) => {
          const window = { from: Number(body.startTime), to: Number(body.endTime) };
          const shown = rows.filter(
            ({ startTime }) => body.taskType === "0" && startTime >= window.from && startTime <= window.to,
          );
          const total = body.taskType === "0" && window.to - window.from >= DAY ? state.total : shown.length;
          return {
            body: {
              retCode: "0",
              retMsg: "",
              result: { total, callInfo: shown.slice(Number(body.offset), Number(body.offset) + Number(body.limit)) },
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
      state.total = 1530;
      expect(await pass()).toMatchObject({
        status: "complete",
        gaps: [],
        coverage: [{ from: new Date(from).toISOString(), to: new Date(to).toISOString() }],
      });
    },
  );
});

describe("a sync of a full page of a hundred calls in one second", () => {
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
