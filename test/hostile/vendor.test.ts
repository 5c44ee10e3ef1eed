import { describe, expect, it } from "vitest";
import { AuthenticationError, type ClientEvent, RateLimitError, VendorError } from "call-records";
import type { FaultKind, VendorId } from "call-records/testing";
import { daysAgo, HISTORY, HOUR, NOW, rejectionOf, requestsFor, SECOND } from "../client/stage.js";
import { idsOf, within } from "../client/truth.js";
import { HastyClock } from "./hasty-clock.js";
import { expectExactlyOnce, openHostileStage, RANGE, read, VENDORS } from "./hostile-stage.js";
import { share } from "../search.js";

const MINUTE = 60 * SECOND;
const STATUSES: readonly FaultKind[] = ["http-429", "http-502", "http-503", "http-504"];

const waitsOf = (events: readonly ClientEvent[]) =>
  events.flatMap((event) => (event.type === "retry" ? [event.waitMs] : []));
const throttlesOf = (events: readonly ClientEvent[]) => events.filter(({ type }) => type === "throttle");

describe.each(VENDORS)("%s", (vendor) => {
  const operation = HISTORY[vendor];

  describe.each(share(STATUSES, 2))("when it responds with %s", (kind) => {
    const isThrottle = kind === "http-429";

    it.each([
      // Without jitter a back-off is 0 ms, except that a throttle waits at least one second.
      ["no Retry-After", {}, isThrottle ? 1000 : 0],
      ["Retry-After in seconds", { retryAfter: 7 }, 7000],
      ["Retry-After as a date", { retryAfter: new Date(NOW + 9000) }, 9000],
      ["a Retry-After of an hour, which is capped", { retryAfter: 3600 }, 60_000],
      ["a Retry-After of a date in the past", { retryAfter: new Date(NOW - HOUR) }, isThrottle ? 1000 : 0],
    ])("is read completely after the wait, with %s", async (_, injection, wait) => {
      const stage = await openHostileStage();
      stage.emulator.inject(kind, { vendor, operation, ...injection });
      const reading = await read(stage, vendor);
      expectExactlyOnce(stage, vendor, reading);
      expect(waitsOf(stage.events)).toEqual([wait]);
      expect(throttlesOf(stage.events)).toHaveLength(isThrottle ? 1 : 0);
      expect(reading.accounts).toMatchObject([{ retries: 1, throttles: isThrottle ? 1 : 0, waitedMs: wait }]);
    });

    it("to every request, causes an error after five attempts", async () => {
      const stage = await openHostileStage();
      stage.emulator.inject(kind, { vendor, operation, times: 4 });
      stage.emulator.inject(kind, { vendor, operation, times: Number.POSITIVE_INFINITY, retryAfter: 3600 });
      const error = await rejectionOf(read(stage, vendor));
      expect(error).toBeInstanceOf(isThrottle ? RateLimitError : VendorError);
      expect(error).toMatchObject({
        account: vendor,
        attempts: 5,
        vendorCode: `HTTP ${kind.slice(-3)}`,
        retryable: true,
        retryAfterMs: HOUR,
      });
      expect(error.message).toMatch(/try again later/);
      expect(requestsFor(stage.emulator, operation)).toHaveLength(5);
    });
  });

  it.each([
    [
      "throttled",
      RateLimitError,
      { "tencent-ccc": /^RequestLimitExceeded/, "huawei-cec": /^(HTTP )?429$/, itniotech: /^-15$/ },
    ],
    [
      "internal-error",
      VendorError,
      { "tencent-ccc": /^InternalError/, "huawei-cec": /^(HTTP )?503$/, itniotech: /^-18$/ },
    ],
  ] as const)(
    "is read completely after three responses with its own code for %s, and causes an error when all have it",
    async (kind, errorClass, codes) => {
      const stage = await openHostileStage();
      stage.emulator.inject(kind, { vendor, operation, after: 1, times: 3 });
      expectExactlyOnce(stage, vendor, await read(stage, vendor));
      expect(throttlesOf(stage.events)).toHaveLength(kind === "throttled" ? 3 : 0);
      expect(waitsOf(stage.events)).toHaveLength(3);
      stage.emulator.inject(kind, { vendor, operation, times: Number.POSITIVE_INFINITY });
      const error = await rejectionOf(read(stage, vendor));
      expect(error).toBeInstanceOf(errorClass);
      expect(error).toMatchObject({
        account: vendor,
        attempts: 5,
        vendorCode: expect.stringMatching(codes[vendor]) as string,
      });
      expect(error.message).toMatch(/try again later/);
    },
  );
});

describe("Huawei's token", () => {
  const vendor = "huawei-cec";

  it("that is rejected in the middle of a run is replaced once", async () => {
    const stage = await openHostileStage({ huawei: { rate: { requestsPerSecond: 1_000_000, concurrency: 1 } } });
    stage.emulator.inject("unauthorized", { vendor, after: 2 });
    expectExactlyOnce(stage, vendor, await read(stage, vendor));
    expect(requestsFor(stage.emulator, "tokenByAkSk")).toHaveLength(2);
    expect(waitsOf(stage.events)).toEqual([]);
  });

  it("that is revoked before it expires is replaced once, regardless of the number of rejected requests", async () => {
    let responses = 0;
    const stage = await openHostileStage({
      client: {
        onEvent: (event) => {
          if (event.type === "request" && event.operation === HISTORY[vendor] && ++responses === 3)
            stage.emulator.revokeTokens();
        },
      },
    });
    expectExactlyOnce(stage, vendor, await read(stage, vendor));
    expect(requestsFor(stage.emulator, "tokenByAkSk")).toHaveLength(2);
  });

  it("causes an AuthenticationError when the new token is rejected twice as well", async () => {
    const stage = await openHostileStage();
    stage.emulator.inject("unauthorized", { vendor, times: Number.POSITIVE_INFINITY });
    const error = await rejectionOf(read(stage, vendor));
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ account: vendor, retryable: false });
    expect(error.message).toContain("credentials");
    expect(requestsFor(stage.emulator, "tokenByAkSk")).toHaveLength(2);
    expect(requestsFor(stage.emulator, HISTORY[vendor])).toHaveLength(3);
  });

  it("causes an AuthenticationError and no further request when the response does not contain it", async () => {
    const stage = await openHostileStage();
    stage.emulator.inject("no-token", { times: Number.POSITIVE_INFINITY });
    const error = await rejectionOf(read(stage, vendor));
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ account: vendor, retryable: false });
    expect(error.message).toContain("credentials");
    expect(stage.emulator.requests).toHaveLength(1);
  });
});

describe("the client's clock", () => {
  const OFFSETS = [-9 * HOUR, -45 * MINUTE, -20 * MINUTE, -4 * MINUTE, 4 * MINUTE, 20 * MINUTE, 45 * MINUTE, 9 * HOUR];
  const inMinutes = OFFSETS.map((offset) => [offset / MINUTE] as const);
  /** The clock difference that each vendor accepts. Huawei does not check it. */
  const tolerance: Partial<Record<VendorId, number>> = { "tencent-ccc": 5 * MINUTE, itniotech: 30 * MINUTE };

  async function openApart(minutes: number) {
    const clock = new HastyClock(NOW + minutes * MINUTE);
    return openHostileStage({ emulator: { now: () => clock.now() - minutes * MINUTE } }, clock);
  }

  describe.each(VENDORS)("with a difference from %s", (vendor) => {
    it.each(share(inMinutes, 2))(
      "of %i minutes causes no lost call of a settled range, and at most one correction",
      async (minutes) => {
        const stage = await openApart(minutes);
        expectExactlyOnce(stage, vendor, await read(stage, vendor));
        const isRejected = Math.abs(minutes * MINUTE) > (tolerance[vendor] ?? Number.POSITIVE_INFINITY);
        expect(stage.events.filter(({ type }) => type === "clock")).toHaveLength(isRejected ? 1 : 0);
      },
    );
  });

  describe.each(["tencent-ccc", "itniotech"] as const)("when %s checks it", (vendor) => {
    it.each(share([[-9 * 60], [-45], [45], [9 * 60]], 2))(
      "causes no lost call up to the vendor's current time with a difference of %i minutes",
      async (minutes) => {
        const stage = await openApart(minutes);
        const range = { from: daysAgo(3), to: new Date(NOW) };
        const { records, accounts } = await read(stage, vendor, range);
        expect(idsOf(records)).toEqual(idsOf(within(stage.emulator.truth[vendor].calls, range.from, range.to)));
        expect(accounts).toMatchObject([{ status: "complete", gaps: [] }]);
      },
    );

    it("is corrected by 0 ms when it is right and is rejected once", async () => {
      const stage = await openHostileStage();
      stage.emulator.inject("clock-refused", { vendor, after: 1 });
      expectExactlyOnce(stage, vendor, await read(stage, vendor));
      expect(stage.events).toContainEqual(expect.objectContaining({ type: "clock", account: vendor, offsetMs: 0 }));
      expect(waitsOf(stage.events)).toEqual([]);
    });

    it("causes an AuthenticationError that names both clocks when it is right and is always rejected", async () => {
      const stage = await openHostileStage();
      stage.emulator.inject("clock-refused", { vendor, times: Number.POSITIVE_INFINITY });
      const error = await rejectionOf(read(stage, vendor, RANGE));
      expect(error).toBeInstanceOf(AuthenticationError);
      expect(error).toMatchObject({
        vendorCode: vendor === "itniotech" ? "-16" : "AuthFailure.SignatureExpire",
        retryable: false,
      });
      expect(error.message).toMatch(/clock shows 2026-11-20T04:00:00.*Set this machine.s clock/);
      expect(stage.emulator.requests).toHaveLength(2);
    });
  });
});
