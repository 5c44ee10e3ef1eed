import { describe, expect, it } from "vitest";
import {
  type CheckpointStore,
  huaweiCec,
  type HuaweiCecOptions,
  MemoryCheckpointStore,
  type Transport,
} from "call-records";
import {
  DAY,
  HOUR,
  huaweiAt,
  itniotechAt,
  ManualClock,
  NOW,
  openClient,
  openEmulator,
  RATE as rate,
  tencentAt,
} from "../client/stage.js";
import { named, passOf } from "./pass.js";

interface Call {
  id: string;
  at: number;
}

/** Returns the transport of a Huawei account whose responses have no `Date` header by default. */
function vendorOf(
  calls: readonly Call[],
  clock: ManualClock,
  broken: readonly number[] = [],
  headers: () => Record<string, string> = () => ({}),
): Transport {
  return {
    send: ({ url, body }) => {
      const query = JSON.parse(body ?? "{}") as Record<string, unknown>;
      const [from, to] = [Number(query.startTime), Number(query.endTime)];
      const found = calls.filter(({ at }) => query.taskType === "0" && at <= clock.now() && at >= from && at <= to);
      const callInfo = found
        .slice(Number(query.offset), Number(query.offset) + Number(query.limit))
        .map(({ id, at }) => ({ callSerialNo: id, startTime: at, endTime: at + 1000, state: 3 }));
      if (broken.some((at) => at >= from && at <= to))
        return Promise.resolve({ status: 500, headers: {}, text: "broken" });
      const response = url.endsWith("tokenByAkSk")
        ? { AccessToken: "a-token", Expires: "600" }
        : { retCode: "0", retMsg: "", result: { total: found.length, callInfo } };
      return Promise.resolve({ status: 200, headers: headers(), text: JSON.stringify(response) });
    },
  };
}

function open(transport: Transport, clock: ManualClock, options: Partial<HuaweiCecOptions> = {}) {
  return openClient({
    providers: [huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", rate, ...options })],
    clock,
    transport,
    retry: { attempts: 1 },
  });
}

/** Runs a pass, and returns the ids that it delivers. */
async function pass(client: ReturnType<typeof open>, store: CheckpointStore, from: number): Promise<string[]> {
  const ids: string[] = [];
  await client
    .sync({ from: new Date(from), store, isolateFailures: true, beforeRetention: "clip" })
    .forEach(({ changes }) => {
      for (const { record } of changes) ids.push(record.id);
    });
  return ids;
}

/** Returns the ids of calls within the coverage that were not delivered. */
async function undeliveredInCoverage(
  client: ReturnType<typeof open>,
  store: CheckpointStore,
  calls: readonly Call[],
  delivered: readonly string[],
  until: number,
): Promise<string[]> {
  const [account] = await client.coverage(store);
  const holds = (at: number) =>
    (account?.coverage ?? []).some(({ from, to }) => Date.parse(from) <= at && at < Date.parse(to));
  return calls.filter(({ id, at }) => at <= until && holds(at) && !delivered.includes(id)).map(({ id }) => id);
}

describe("a pass whose clock was a month ahead", () => {
  it.each([
    [5 * HOUR, { settleSeconds: 0 }],
    [DAY, { settleSeconds: 3600 }],
    [DAY, {}],
    [4 * DAY, {}],
  ])("loses no call that appeared before the next pass, %i ms later (%o)", async (later, options) => {
    const calls = Array.from({ length: 24 * 12 }, (_, hour) => ({
      id: `${hour}`,
      at: NOW - 3 * DAY + hour * HOUR + 60_000,
    }));
    const clock = new ManualClock();
    const transport = vendorOf(calls, clock);
    const store = new MemoryCheckpointStore();
    const delivered = await pass(open(transport, new ManualClock(NOW + 30 * DAY), options), store, NOW - 5 * DAY);
    const client = open(transport, clock, options);
    clock.advance(later);
    expect(await undeliveredInCoverage(client, store, calls, delivered, clock.now())).toEqual([]);
    for (let round = 0; round < 4; round += 1) {
      delivered.push(...(await pass(client, store, NOW - 5 * DAY)));
      clock.advance(DAY);
    }
    expect(await undeliveredInCoverage(client, store, calls, delivered, clock.now() - DAY)).toEqual([]);
  });

  it("is corrected by a later pass when the vendor sends its time, although the clock is still ahead", async () => {
    const calls = Array.from({ length: 24 * 12 }, (_, hour) => ({
      id: `${hour}`,
      at: NOW - 3 * DAY + hour * HOUR + 60_000,
    }));
    const [clock, ahead] = [new ManualClock(), new ManualClock(NOW + 30 * DAY)];
    const store = new MemoryCheckpointStore();
    const delivered = await pass(open(vendorOf(calls, clock), ahead), store, NOW - 5 * DAY);
    const client = open(
      vendorOf(calls, clock, [], () => ({ date: new Date(clock.now()).toUTCString() })),
      ahead,
    );
    delivered.push(...(await pass(client, store, NOW - 5 * DAY)));
    expect(await undeliveredInCoverage(client, store, calls, delivered, Number.POSITIVE_INFINITY)).toEqual([]);
  });

  it("does not report calls as lost that the vendor still has", async () => {
    const from = NOW - 80 * DAY;
    const calls = Array.from({ length: 320 }, (_, index) => ({ id: `${index}`, at: from + index * 6 * HOUR + 60_000 }));
    const clock = new ManualClock();
    const broken = vendorOf(calls, clock, [NOW - 75 * DAY]);
    const options = { retentionSeconds: 90 * 86_400 };
    const store = new MemoryCheckpointStore();
    const delivered = await pass(open(broken, clock, options), store, from);
    delivered.push(...(await pass(open(broken, new ManualClock(NOW + 30 * DAY), options), store, from)));
    clock.advance(HOUR);
    const client = open(vendorOf(calls, clock), clock, options);
    for (let round = 0; round < 3; round += 1) delivered.push(...(await pass(client, store, from)));
    expect(calls.filter(({ id, at }) => at < NOW - 5 * DAY && !delivered.includes(id))).toEqual([]);
    expect((await client.coverage(store))[0]?.lost).toEqual([]);
  });
});

describe("a right clock", () => {
  it("is not mistaken for a clock that was ahead when an account has no new calls", async () => {
    const calls = Array.from({ length: 60 }, (_, index) => ({ id: `${index}`, at: NOW - 6 * DAY + index * HOUR }));
    const clock = new ManualClock();
    const transport = vendorOf(calls, clock);
    const store = new MemoryCheckpointStore();
    const client = open(transport, clock, { filtersOn: "start" });
    const delivered: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      delivered.push(...(await pass(client, store, NOW - 7 * DAY)));
      // The clock is set back by two seconds between two passes, which happens in practice.
      clock.advance(round === 1 ? -2000 : HOUR);
    }
    expect(delivered.length).toBe(60);
    const [account] = await client.coverage(store);
    expect(account?.coverage.at(-1)?.to).toBe(new Date(clock.now() - HOUR - 2 * DAY).toISOString());
  });
});

describe("a vendor's `Date` that falls behind", () => {
  it.each(["tencent-ccc", "huawei-cec", "itniotech"] as const)(
    "does not cause committed calls to be delivered again when both clocks were right during the first pass: %s",
    async (vendor) => {
      const vendorClock = new ManualClock();
      const calls = [6, 5, 4].map((days) => ({
        id: `126221883000000000${days}`,
        startedAt: new Date(NOW - days * DAY),
        endedAt: new Date(NOW - days * DAY + 60_000),
      }));
      const emulator = await openEmulator({
        now: vendorClock.now,
        days: 0,
        callsPerDay: 0,
        activeCalls: 0,
        calls: { [vendor]: calls },
      });
      const provider = { "tencent-ccc": tencentAt, "huawei-cec": huaweiAt, itniotech: itniotechAt }[vendor](emulator);
      const store = new MemoryCheckpointStore();
      const passAt = async (now: number) =>
        named(
          (
            await passOf(openClient({ providers: [provider], clock: new ManualClock(now) }), {
              from: new Date(NOW - 8 * DAY),
              store,
            })
          ).changes,
        );
      expect(await passAt(NOW)).toEqual(calls.map(({ id }) => `new ${id}`).sort());
      vendorClock.advance(-40 * HOUR);
      expect(await passAt(NOW + HOUR)).toEqual([]);
      vendorClock.advance(43 * HOUR);
      expect(await passAt(NOW + 3 * HOUR)).toEqual([]);
    },
  );
});

describe("a clock that is behind", () => {
  it("does not cause committed calls to be delivered again when the first window fails before the vendor has sent its time", async () => {
    const calls = [6, 5, 4, 3].map((days) => ({ id: `${days}`, at: NOW - days * DAY }));
    const clock = new ManualClock();
    const dated = (broken: readonly number[]) =>
      vendorOf(calls, clock, broken, () => ({ date: new Date(clock.now()).toUTCString() }));
    const store = new MemoryCheckpointStore();
    const from = NOW - 8 * DAY;
    expect(await pass(open(dated([]), clock), store, from)).toEqual(["6", "5", "4", "3"]);
    expect(await pass(open(dated([NOW - 4 * DAY]), new ManualClock(NOW - 20 * HOUR)), store, from)).toEqual([]);
    expect(await pass(open(dated([]), clock), store, from)).toEqual([]);
  });
});

describe("a clock that is ahead of the vendor's `Date`", () => {
  const MINUTE = 60_000;

  it.each(
    (["tencent-ccc", "huawei-cec", "itniotech"] as const).flatMap((vendor) => [
      { vendor, aheadMs: 8 * HOUR, isCorrected: true },
      { vendor, aheadMs: 2 * MINUTE, isCorrected: false },
      { vendor, aheadMs: 4 * MINUTE, isCorrected: true },
    ]),
  )(
    "does not cause committed calls to be delivered again: $vendor, $aheadMs ms (corrected: $isCorrected)",
    async ({ vendor, aheadMs, isCorrected }) => {
      const vendorClock = new ManualClock();
      const calls = [6, 5, 4].map((days) => ({
        id: `126221883000000000${days}`,
        startedAt: new Date(NOW - days * DAY),
        endedAt: new Date(NOW - days * DAY + MINUTE),
      }));
      const emulator = await openEmulator({
        now: vendorClock.now,
        days: 0,
        callsPerDay: 0,
        activeCalls: 0,
        calls: { [vendor]: calls },
      });
      const provider = { "tencent-ccc": tencentAt, "huawei-cec": huaweiAt, itniotech: itniotechAt }[vendor](emulator);
      const store = new MemoryCheckpointStore();
      const passBy = async (clock: ManualClock) =>
        named(
          (await passOf(openClient({ providers: [provider], clock }), { from: new Date(NOW - 8 * DAY), store }))
            .changes,
        );
      expect(await passBy(new ManualClock(NOW + aheadMs))).toEqual(calls.map(({ id }) => `new ${id}`).sort());
      for (let round = 0; round < 3; round += 1) {
        vendorClock.advance(MINUTE / 2);
        expect(await passBy(new ManualClock(vendorClock.now() + (isCorrected ? 0 : aheadMs)))).toEqual([]);
      }
    },
  );
});
