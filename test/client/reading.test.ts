import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type CallRecord, RequestError } from "call-records";
import { daysAgo, openStage, rejectionOf, type Stage, thrownBy } from "./stage.js";
import { within } from "./truth.js";
import { share } from "../search.js";

const range = { from: daysAgo(20), to: daysAgo(4) };

let stage: Stage;
let total: number;
beforeAll(async () => {
  stage = await openStage({ emulator: { days: 25, callsPerDay: 25 } });
  const { truth } = stage.emulator;
  total = [truth["tencent-ccc"], truth["huawei-cec"], truth.itniotech].reduce(
    (sum, { calls }) => sum + within(calls, range.from, range.to).length,
    0,
  );
});
beforeEach(() => {
  stage.emulator.clearRequests();
});

const keyOf = ({ account, application, id }: CallRecord) => `${account}/${application ?? ""}/${id}`;

describe("a stream of records", () => {
  it("sends nothing before it is read", async () => {
    const stream = stage.client.records(range);
    stream.batches(10);
    stage.client.records(range)[Symbol.asyncIterator]();
    // Any asynchronous work that was started can run here.
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(stage.emulator.requests).toEqual([]);
  });

  it("returns the same records one by one, in batches and as an array", async () => {
    const single: string[] = [];
    for await (const record of stage.client.records(range)) single.push(keyOf(record));
    const batched: string[] = [];
    for await (const batch of stage.client.records(range).batches()) batched.push(...batch.map(keyOf));
    const whole = (await stage.client.records(range).toArray({ max: 10_000 })).map(keyOf);
    expect(single).toHaveLength(total);
    expect(new Set(single).size).toBe(total);
    expect(batched.sort()).toEqual(single.sort());
    expect(whole.sort()).toEqual(single);
  });

  it.each(share([1, 7, 100, 500, 1_000_000], 3))("yields batches of exactly %i, except for the last", async (size) => {
    const sizes: number[] = [];
    for await (const batch of stage.client.records({ ...range, accounts: ["itniotech"] }).batches(size))
      sizes.push(batch.length);
    const count = sizes.reduce((sum, length) => sum + length, 0);
    expect(sizes).toEqual([
      ...Array.from({ length: Math.floor(count / size) }, () => size),
      ...(count % size === 0 ? [] : [count % size]),
    ]);
    expect(count).toBeGreaterThan(300);
  });

  it("yields batches of 500 by default", async () => {
    const sizes: number[] = [];
    for await (const batch of stage.client.records(range).batches()) sizes.push(batch.length);
    expect(sizes[0]).toBe(500);
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    "rejects batches of %d, and can still be read",
    async (size) => {
      const stream = stage.client.records({ ...range, accounts: ["itniotech"] });
      const error = thrownBy(() => stream.batches(size));
      expect(error).toBeInstanceOf(RequestError);
      expect(error.message).toContain("`size` must be a positive whole number");
      expect(stage.emulator.requests).toEqual([]);
      expect((await stream.toArray({ max: 10_000 })).length).toBeGreaterThan(0);
    },
  );

  it("can be read only once", async () => {
    const stream = stage.client.records({ ...range, accounts: ["itniotech"] });
    await stream.toArray({ max: 10_000 });
    stage.emulator.clearRequests();
    expect(await rejectionOf(stream.toArray({ max: 10_000 }))).toBeInstanceOf(RequestError);
    expect(() => stream.batches()).toThrow("can be read once");
    expect(await rejectionOf(stream[Symbol.asyncIterator]().next())).toBeInstanceOf(RequestError);
    expect(stage.emulator.requests).toEqual([]);
  });

  it("as an array contains at most `max` records, and rejects if there are more", async () => {
    expect(await stage.client.records(range).toArray({ max: total })).toHaveLength(total);
    const stream = stage.client.records(range);
    const error = await rejectionOf(stream.toArray({ max: total - 1 }));
    expect(error).toBeInstanceOf(RequestError);
    expect(error.message).toContain(`\`max\` = ${total - 1}`);
    expect(stream.report().accounts.some(({ status }) => status === "partial")).toBe(true);
  });

  it("omits the vendor's rows, and nothing else, with `raw: false`", async () => {
    const accounts = ["huawei-cec"];
    const withRaw = await stage.client.records({ ...range, accounts, order: "time" }).toArray({ max: 10_000 });
    const without = await stage.client
      .records({ ...range, accounts, order: "time", raw: false })
      .toArray({ max: 10_000 });
    expect(without.every((record) => !("raw" in record))).toBe(true);
    expect(withRaw.every(({ raw }) => typeof raw === "object" && raw !== null)).toBe(true);
    expect(
      withRaw.map((record) => Object.fromEntries(Object.entries(record).filter(([name]) => name !== "raw"))),
    ).toEqual(without);
  });

  it("is ascending over all accounts in time order", async () => {
    const records = await stage.client.records({ ...range, order: "time" }).toArray({ max: 10_000 });
    const times = records.map(({ startedAt }) => startedAt.getTime());
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(records).toHaveLength(total);
    expect(new Set(records.slice(0, 50).map(({ account }) => account)).size).toBe(3);
  });

  it("reads each named account once", async () => {
    const records = await stage.client
      .records({ ...range, accounts: ["itniotech", "itniotech", "huawei-cec"] })
      .toArray({ max: 10_000 });
    expect(new Set(records.map(({ account }) => account))).toEqual(new Set(["itniotech", "huawei-cec"]));
    expect(new Set(records.map(keyOf)).size).toBe(records.length);
    expect(stage.emulator.requests.some(({ vendor }) => vendor === "tencent-ccc")).toBe(false);
  });

  it("accepts bounds as dates, and as ISO 8601 with Z or an offset", async () => {
    const ids = async (from: Date | string, to: Date | string) =>
      (await stage.client.records({ from, to, accounts: ["itniotech"] }).toArray({ max: 10_000 }))
        .map(({ id }) => id)
        .sort();
    const dates = await ids(new Date("2026-11-10T00:00:00Z"), new Date("2026-11-12T00:00:00Z"));
    expect(dates.length).toBeGreaterThan(10);
    expect(await ids("2026-11-10T00:00:00Z", "2026-11-12T00:00:00.000Z")).toEqual(dates);
    expect(await ids("2026-11-10T08:00:00+08:00", "2026-11-11T16:00-08:00")).toEqual(dates);
  });
});
