import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CallRecordsClient, RateLimitError, TimeoutError } from "call-records";
import { createTestClock, startVendorEmulator, type TestClockOptions } from "call-records/testing";
import { closeWithFile } from "../closing.js";
import { DAY, detailsOf, NOW, rejectionOf, thrownBy } from "../client/stage.js";
import { quiet } from "../engine/virtual-clock.js";

const range = { from: new Date(NOW - 7 * DAY), to: new Date(NOW - 5 * DAY) };

describe("createTestClock", () => {
  it.each([new Date(NOW), NOW, new Date(NOW).toISOString(), runInNewContext(`new Date(${NOW})`) as Date])(
    "starts at the given time: %s",
    (now) => {
      const clock = createTestClock({ now });
      expect([clock.now(), clock.monotonicMs?.()]).toEqual([NOW, 0]);
    },
  );

  it.each([undefined, null, 5, "2026-11-01T00:00:00Z"])("refuses %o instead of options", (options) => {
    const error = thrownBy(() => createTestClock(options as never));
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toBe("createTestClock: the options must be an object.");
  });

  it.each([
    {},
    ...["soon", "2026-11-01T00:00:00", null, true, [], {}, Number.NaN, Infinity, 1e17, new Date(Number.NaN)].map(
      (now) => ({ now }),
    ),
  ])("refuses %o, which contains no valid time", (options) => {
    const error = thrownBy(() => createTestClock(options as TestClockOptions));
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toContain("createTestClock: option `now`: must be a valid Date, an ISO 8601 text");
  });

  it.each([Number.NaN, Infinity, 1e17, "5" as never])(
    "refuses to sleep or to advance by %s ms, and keeps its time",
    async (ms) => {
      const clock = createTestClock({ now: NOW });
      const other = clock.sleep(1000);
      const error = await rejectionOf(clock.sleep(ms));
      expect(error).toBeInstanceOf(RangeError);
      expect(error.message).toContain("sleep: `ms`");
      expect(thrownBy(() => clock.advance(ms)).message).toContain("advance: `ms`");
      await other;
      expect(clock.now()).toBe(NOW + 1000);
    },
  );

  it("skips sleeps, and wakes several sleepers in the order of their times", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 10 ** 9 }), { minLength: 1, maxLength: 20 }),
        async (waits) => {
          const clock = createTestClock({ now: NOW });
          const woken: { ms: number; at: number }[] = [];
          const sleeper = async (ms: number) => {
            await clock.sleep(ms);
            woken.push({ ms, at: clock.now() - NOW });
            await clock.sleep(1);
          };
          await Promise.all(waits.map(sleeper));
          // A sleeper that wakes is never early, and none is later than the one before it.
          expect(woken.map(({ ms }) => ms)).toEqual([...waits].sort((a, b) => a - b));
          for (const { ms, at } of woken) expect(at).toBe(ms);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("rejects a sleep with the reason of its signal, and does not advance for it", async () => {
    const clock = createTestClock({ now: NOW });
    const controller = new AbortController();
    const reason = new Error("no longer needed");
    const sleeping = clock.sleep(60_000, controller.signal);
    controller.abort(reason);
    expect(await rejectionOf(sleeping)).toBe(reason);
    expect(await rejectionOf(clock.sleep(60_000, controller.signal))).toBe(reason);
    await quiet();
    await quiet();
    expect(clock.now()).toBe(NOW);
  });

  it("advances without a sleep only by `advance`, at once where no sleeper is due", async () => {
    const clock = createTestClock({ now: NOW });
    await quiet();
    expect(clock.now()).toBe(NOW);
    const advanced = clock.advance(3600_000);
    expect(clock.now()).toBe(NOW + 3600_000);
    await advanced;
    expect(thrownBy(() => clock.advance(-1))).toBeInstanceOf(RangeError);
    for (const ms of [5n, "5", null, undefined, Number.NaN]) {
      const error = thrownBy(() => clock.advance(ms as never));
      expect(error).toBeInstanceOf(RangeError);
      expect(error.message).toContain("advance: `ms` must be a number of at least 0");
    }
    for (const signal of [{}, 5, null, "signal"]) {
      const error = await rejectionOf(clock.sleep(5, signal as never));
      expect(error).toBeInstanceOf(RangeError);
      expect(error.message).toBe("sleep: `signal` must be an AbortSignal.");
    }
  });

  it("wakes each sleeper at its own time during `advance`, also one that sleeps again, and then continues", async () => {
    const clock = createTestClock({ now: NOW });
    const woken: number[] = [];
    const sleepers = [3000, 1000].map(async (ms) => {
      for (let time = ms; time < 10_000; time += ms) {
        await clock.sleep(ms);
        woken.push(clock.now() - NOW);
      }
    });
    // While a request is in progress, only `advance` wakes sleepers.
    const request = new AbortController();
    const limit = clock.timeLimit?.(60_000, request.signal, "request").catch(() => undefined);
    await clock.advance(3500);
    expect([woken, clock.now() - NOW]).toEqual([[1000, 2000, 3000, 3000], 3500]);
    await Promise.all([clock.advance(1000), clock.advance(1500)]);
    expect([woken.slice(4), clock.now() - NOW]).toEqual([[4000, 5000, 6000, 6000], 6000]);
    request.abort();
    await Promise.all([limit, ...sleepers]);
    expect(woken.slice(8)).toEqual([7000, 8000, 9000, 9000]);
  });

  it("stands still while a request is in progress", async () => {
    const clock = createTestClock({ now: NOW });
    const request = new AbortController();
    const limit = clock.timeLimit?.(60_000, request.signal, "request").catch(() => "ended");
    let isAwake = false;
    const sleeping = clock.sleep(50).then(() => (isAwake = true));
    for (let turn = 0; turn < 10; turn += 1) await quiet();
    expect([isAwake, clock.now()]).toEqual([false, NOW]);
    request.abort();
    await sleeping;
    expect([await limit, clock.now()]).toEqual(["ended", NOW + 50]);
  });

  it("does not advance for the time limit of a call, and ends it when a sleep passes it", async () => {
    const clock = createTestClock({ now: NOW });
    const limit = clock.timeLimit?.(60_000, new AbortController().signal, "invocation");
    for (let turn = 0; turn < 10; turn += 1) await quiet();
    expect(clock.now()).toBe(NOW);
    await Promise.all([
      clock.sleep(61_000),
      limit?.then(() => {
        expect(clock.now()).toBe(NOW + 60_000);
      }),
    ]);
    expect(clock.now()).toBe(NOW + 61_000);
  });
});

describe("a client and an emulator with one test clock", () => {
  const open = async (options = {}, clientOptions = {}) => {
    const clock = createTestClock({ now: NOW });
    const emulator = await startVendorEmulator({ clock, days: 20, callsPerDay: 40, activeCalls: 0, ...options });
    const client = emulator.client(clientOptions);
    closeWithFile(() => emulator.close());
    closeWithFile(() => client.close());
    return { clock, emulator, client };
  };

  it("keep the declared pace without a refusal, and wait for it in no real time", async () => {
    const [from, to] = [new Date(NOW - 12 * DAY), new Date(NOW - 4 * DAY)];
    const slow = { "tencent-ccc": 2, "huawei-cec": 1, itniotech: 0.5 };
    const { clock, emulator, client } = await open({ requestsPerSecond: slow });
    const calls = await client.records({ from, to }).toArray({ max: 10_000 });
    const expected = Object.values(emulator.truth).flatMap((vendor) =>
      vendor.calls.filter(({ startedAt }) => startedAt >= from && startedAt < to),
    );
    expect(calls).toHaveLength(expected.length);
    expect(emulator.requests.filter(({ refusal }) => refusal !== null)).toEqual([]);
    const sent = emulator.requests.filter(({ vendor }) => vendor === "itniotech").length;
    expect(sent).toBeGreaterThan(2);
    expect(clock.now() - NOW).toBeGreaterThanOrEqual((sent - 1) * 2000);
  });

  it("skip the wait that a vendor requests", async () => {
    const { clock, emulator, client } = await open({ vendors: ["itniotech"] });
    emulator.inject("http-503", { retryAfter: 45 });
    expect((await client.records(range).toArray({ max: 10_000 })).length).toBeGreaterThan(0);
    expect(clock.now() - NOW).toBeGreaterThanOrEqual(45_000);
    expect(clock.now() - NOW).toBeLessThan(60_000);
  });

  it("end an attempt without a response after `timeoutMs` of real time, and retry it", async () => {
    const { emulator, client } = await open({ vendors: ["itniotech"] }, { timeoutMs: 300 });
    emulator.inject("stalled-header");
    expect((await client.records(range).toArray({ max: 10_000 })).length).toBeGreaterThan(0);
    expect(emulator.requests[0]).toMatchObject({ fault: "stalled-header" });
    expect(emulator.requests.length).toBeGreaterThan(1);
  });

  it("end a call after its `totalTimeoutMs` by the clock", async () => {
    const { clock, emulator, client } = await open({ vendors: ["itniotech"] });
    emulator.inject("http-503", { retryAfter: 45, times: Infinity });
    const error = await rejectionOf(client.records({ ...range, totalTimeoutMs: 100_000 }).toArray({ max: 10_000 }));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(clock.now() - NOW).toBe(100_000);
    expect(emulator.requests).toHaveLength(3);
  });

  it("have failures that retries do not prevent", async () => {
    const { emulator, client } = await open({ vendors: ["itniotech"] }, { retry: { attempts: 2 } });
    emulator.inject("throttled", { times: Infinity });
    const error = await rejectionOf(client.records(range).toArray({ max: 10_000 }));
    expect(error).toBeInstanceOf(RateLimitError);
    expect(detailsOf(error)).toMatchObject({ attempts: 2 });
    expect(emulator.requests).toHaveLength(2);
  });
});

describe("a clock that skips sleeps without a test clock's care", () => {
  it("is refused where its sleeps do not advance it, however the client uses it", async () => {
    const emulator = await startVendorEmulator({ vendors: ["itniotech"], callsPerDay: 60 });
    closeWithFile(() => emulator.close());
    const client = new CallRecordsClient({
      providers: emulator.providers(),
      clock: { now: () => Date.now(), sleep: () => Promise.resolve() },
    });
    closeWithFile(() => client.close());
    const now = Date.now();
    const error = await rejectionOf(
      client.records({ from: new Date(now - 12 * DAY), to: new Date(now - 4 * DAY) }).toArray({ max: 10_000 }),
    );
    expect(detailsOf(error)).toMatchObject({ code: "configuration" });
    expect(error.message).toContain("`sleep` resolved repeatedly");
  });
});
