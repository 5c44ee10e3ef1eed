import { describe, expect, it } from "vitest";
import { huaweiCec, type Order, type RecordStream } from "call-records";
import { huaweiResponding, serve } from "./scripted-vendor.js";
import { DAY, ManualClock, NOW, openClient, RATE as rate } from "./stage.js";
import { share } from "../search.js";

const range = { from: new Date(NOW - 60 * DAY), to: new Date(NOW - 20 * DAY) };
const COUNT = 400;
const starts = Array.from({ length: COUNT }, (_, index) => range.from.getTime() + index * 2_400_000 * 3.5);

/** Opens a stream over many windows. */
async function openStream(order: Order = "arrival"): Promise<RecordStream> {
  const endpoint = await serve(
    huaweiResponding(({ body }) => {
      const found = starts
        .map((startTime, id) => ({ callSerialNo: `${id}`, startTime, endTime: startTime, state: 3 }))
        .filter(
          ({ startTime }) =>
            body.taskType === "0" && startTime >= Number(body.startTime) && startTime <= Number(body.endTime),
        );
      return {
        body: {
          retCode: "0",
          retMsg: "",
          result: {
            total: found.length,
            callInfo: found.slice(Number(body.offset), Number(body.offset) + Number(body.limit)),
          },
        },
      };
    }),
  );
  const client = openClient({
    providers: [
      huaweiCec({
        appKey: "key",
        appSecret: "secret-of-huawei",
        endpoint,
        rate: { ...rate, concurrency: 1 },
        filtersOn: "start",
        longestCallSeconds: 3600,
      }),
    ],
    clock: new ManualClock(),
  });
  return client.records({ ...range, order, raw: false });
}

/** Returns the ids of the calls that the report covers, but that the consumer has not received. */
function coveredWithout(stream: RecordStream, taken: ReadonlySet<string>): string[] {
  const coverage = stream.report().accounts.flatMap((account) => account.coverage);
  return starts.flatMap((start, id) =>
    coverage.some(({ from, to }) => Date.parse(from) <= start && start < Date.parse(to)) && !taken.has(`${id}`)
      ? [`${id}`]
      : [],
  );
}

describe.each(["arrival", "time", "newest"] as const)("a report in %s order", (order) => {
  it.each(share([1, 7, 90, 5000], 2))("covers no call that batches of %i have not delivered", async (size) => {
    const stream = await openStream(order);
    const taken = new Set<string>();
    const read = stream.batches(size);
    for (let next = await read.next(); next.done !== true; next = await read.next()) {
      expect(coveredWithout(stream, taken)).toEqual([]);
      for (const { id } of next.value) taken.add(id);
      expect(stream.report().accounts[0]).toMatchObject({ rows: taken.size, gaps: [] });
    }
    expect(taken.size).toBe(COUNT);
    expect(stream.report().accounts[0]).toMatchObject({
      status: "complete",
      rows: COUNT,
      gaps: [],
      coverage: [{ from: range.from.toISOString(), to: range.to.toISOString() }],
    });
  });

  it("covers nothing before toArray has returned", async () => {
    const stream = await openStream(order);
    const counts: number[] = [];
    const state = { isRead: false };
    const reading = stream.toArray({ max: 1000 }).then(() => (state.isRead = true));
    for (let turn = 0; turn < 100_000 && !state.isRead; turn += 1) {
      counts.push(coveredWithout(stream, new Set()).length + (stream.report().accounts[0]?.rows ?? 0));
      await new Promise(setImmediate);
    }
    await reading;
    expect(counts.length).toBeGreaterThan(5);
    expect(Math.max(...counts)).toBe(0);
    expect(stream.report().accounts[0]).toMatchObject({ status: "complete", rows: COUNT });
  });

  it("contains a gap with the reason `stopped` if the consumer stops early", async () => {
    const stream = await openStream(order);
    const taken = new Set<string>();
    for await (const batch of stream.batches(90)) {
      for (const { id } of batch) taken.add(id);
      if (taken.size >= 180) break;
    }
    expect(coveredWithout(stream, taken)).toEqual([]);
    const { status, gaps } = stream.report().accounts[0] ?? { status: null, gaps: [] };
    expect(status).toBe("partial");
    expect(gaps.map(({ reason }) => reason)).toContain("stopped");
  });
});
