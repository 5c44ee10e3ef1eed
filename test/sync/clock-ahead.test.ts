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

/** A Huawei account whose responses have no `Date`, unless they are given one. */
function vendorOf(
  calls: readonly Call[],
  clock: ManualClock,
  broken: readonly number[] = [],
  headers: () => Record<string, string> = () => ({}),
): Transport {
  return {
    send: ({ url, body }) => {
      const asked = JSON.parse(body ?? "{}") as Record<string, unknown>;
      const [from, to] = [Number(asked.startTime), Number(asked.endTime)];
      const found = calls.filter(({ at }) => asked.taskType === "0" && at <= clock.now() && at >= from && at <= to);
      const callInfo = found
        .slice(Number(asked.offset), Number(asked.offset) + Number(asked.limit))
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

/** Ids that a pass hands out. */
async function pass(client: ReturnType<typeof open>, store: CheckpointStore, from: number): Promise<string[]> {
  const ids: string[] = [];
  await client
    .sync({ from: new Date(from), store, isolateFailures: true, beforeRetention: "clip" })
    .forEach(({ changes }) => {
      for (const { record } of changes) ids.push(record.id);
    });
  return ids;
}

/** Calls that coverage claims, and nobody got. */
async function claimedWithout(
  client: ReturnType<typeof open>,
  store: CheckpointStore,
  calls: readonly Call[],
  got: readonly string[],
  until: number,
): Promise<string[]> {
  const [account] = await client.coverage(store);
  const holds = (at: number) =>
    (account?.coverage ?? []).some(({ from, to }) => Date.parse(from) <= at && at < Date.parse(to));
  return calls.filter(({ id, at }) => at <= until && holds(at) && !got.includes(id)).map(({ id }) => id);
}

describe("a pass whose clock was a month ahead", () => {
  it.each([
    [5 * HOUR, { settleSeconds: 0 }],
    [DAY, { settleSeconds: 3600 }],
    [DAY, {}],
    [4 * DAY, {}],
  ])("loses no call that came before the next pass, %i ms later (%o)", async (later, options) => {
    const calls = Array.from({ length: 24 * 12 }, (_, hour) => ({
      id: `${hour}`,
      at: NOW - 3 * DAY + hour * HOUR + 60_000,
    }));
    const clock = new ManualClock();
    const transport = vendorOf(calls, clock);
    const store = new MemoryCheckpointStore();
    const got = await pass(open(transport, new ManualClock(NOW + 30 * DAY), options), store, NOW - 5 * DAY);
    const client = open(transport, clock, options);
    clock.advance(later);
    expect(await claimedWithout(client, store, calls, got, clock.now())).toEqual([]);
    for (let turn = 0; turn < 4; turn += 1) {
      got.push(...(await pass(client, store, NOW - 5 * DAY)));
      clock.advance(DAY);
    }
    expect(await claimedWithout(client, store, calls, got, clock.now() - DAY)).toEqual([]);
  });

  it("is not believed by a pass whose clock is still ahead, once the vendor tells the time", async () => {
    const calls = Array.from({ length: 24 * 12 }, (_, hour) => ({
      id: `${hour}`,
      at: NOW - 3 * DAY + hour * HOUR + 60_000,
    }));
    const [clock, ahead] = [new ManualClock(), new ManualClock(NOW + 30 * DAY)];
    const store = new MemoryCheckpointStore();
    const got = await pass(open(vendorOf(calls, clock), ahead), store, NOW - 5 * DAY);
    const client = open(
      vendorOf(calls, clock, [], () => ({ date: new Date(clock.now()).toUTCString() })),
      ahead,
    );
    got.push(...(await pass(client, store, NOW - 5 * DAY)));
    expect(await claimedWithout(client, store, calls, got, Number.POSITIVE_INFINITY)).toEqual([]);
  });

  it("gives nothing up for good that the vendor keeps", async () => {
    const from = NOW - 80 * DAY;
    const calls = Array.from({ length: 320 }, (_, index) => ({ id: `${index}`, at: from + index * 6 * HOUR + 60_000 }));
    const clock = new ManualClock();
    const broken = vendorOf(calls, clock, [NOW - 75 * DAY]);
    const options = { retentionSeconds: 90 * 86_400 };
    const store = new MemoryCheckpointStore();
    const got = await pass(open(broken, clock, options), store, from);
    got.push(...(await pass(open(broken, new ManualClock(NOW + 30 * DAY), options), store, from)));
    clock.advance(HOUR);
    const client = open(vendorOf(calls, clock), clock, options);
    for (let turn = 0; turn < 3; turn += 1) got.push(...(await pass(client, store, from)));
    expect(calls.filter(({ id, at }) => at < NOW - 5 * DAY && !got.includes(id))).toEqual([]);
    expect((await client.coverage(store))[0]?.lost).toEqual([]);
  });
});

describe("a right clock", () => {
  it("is not taken for one that was ahead, where an account is quiet", async () => {
    const calls = Array.from({ length: 60 }, (_, index) => ({ id: `${index}`, at: NOW - 6 * DAY + index * HOUR }));
    const clock = new ManualClock();
    const transport = vendorOf(calls, clock);
    const store = new MemoryCheckpointStore();
    const client = open(transport, clock, { filtersOn: "start" });
    const got: string[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      got.push(...(await pass(client, store, NOW - 7 * DAY)));
      // The clock is set back by a little between two passes, as clocks are.
      clock.advance(turn === 1 ? -2000 : HOUR);
    }
    expect(got.length).toBe(60);
    const [account] = await client.coverage(store);
    expect(account?.coverage.at(-1)?.to).toBe(new Date(clock.now() - HOUR - 2 * DAY).toISOString());
  });
});

describe("a vendor's `Date` that falls behind", () => {
  it.each(["tencent-ccc", "huawei-cec", "itniotech"] as const)(
    "brings no call again that was committed, where both clocks were right when it was read: %s",
    async (vendor) => {
      const vendors = new ManualClock();
      const calls = [6, 5, 4].map((days) => ({
        id: `126221883000000000${days}`,
        startedAt: new Date(NOW - days * DAY),
        endedAt: new Date(NOW - days * DAY + 60_000),
      }));
      const emulator = await openEmulator({
        now: vendors.now,
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
      vendors.advance(-40 * HOUR);
      expect(await passAt(NOW + HOUR)).toEqual([]);
      vendors.advance(43 * HOUR);
      expect(await passAt(NOW + 3 * HOUR)).toEqual([]);
    },
  );
});

describe("a clock that is behind", () => {
  it("brings no call again that was committed, where the first window fails before the vendor has told the time", async () => {
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
      { vendor, aheadMs: 8 * HOUR, isPutRight: true },
      { vendor, aheadMs: 2 * MINUTE, isPutRight: false },
      { vendor, aheadMs: 4 * MINUTE, isPutRight: true },
    ]),
  )(
    "brings no call again that was committed: $vendor, $aheadMs ms (put right: $isPutRight)",
    async ({ vendor, aheadMs, isPutRight }) => {
      const vendors = new ManualClock();
      const calls = [6, 5, 4].map((days) => ({
        id: `126221883000000000${days}`,
        startedAt: new Date(NOW - days * DAY),
        endedAt: new Date(NOW - days * DAY + MINUTE),
      }));
      const emulator = await openEmulator({
        now: vendors.now,
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
      for (let turn = 0; turn < 3; turn += 1) {
        vendors.advance(MINUTE / 2);
        expect(await passBy(new ManualClock(vendors.now() + (isPutRight ? 0 : aheadMs)))).toEqual([]);
      }
    },
  );
});
