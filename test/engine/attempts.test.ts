import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RetryableFailure, readRetryAfter, type Retry, withAttempts } from "../../src/engine/account/attempts.js";
import { VendorError } from "../../src/model/errors.js";
import { quiet, VirtualClock } from "./virtual-clock.js";

const never = new AbortController().signal;
const toError = (attempts: number) => new VendorError("still failing", { attempts, retryable: true });

/** Runs attempts that fail as given, one after the other, and then succeed. */
async function run(attempts: number, failures: readonly Error[], signal = never) {
  const clock = new VirtualClock();
  const began = clock.now();
  const retries: Retry[] = [];
  const made: number[] = [];
  const once = (number: number) => {
    made.push(number);
    const failure = failures[made.length - 1];
    return failure === undefined ? Promise.resolve("response") : Promise.reject(failure);
  };
  const result: unknown = await clock
    .run(
      withAttempts(once, {
        attempts,
        clock,
        random: Math.random,
        signal,
        mayRetry: () => true,
        onRetry: (retry) => retries.push(retry),
        clean: String,
      }),
    )
    .catch((error: unknown) => error);
  return { result, retries, made, waited: clock.now() - began };
}

describe("attempts", () => {
  it("are repeated until one succeeds or none is left", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 8 }), fc.nat(10), async (attempts, failing) => {
        const { result, made, retries } = await run(
          attempts,
          Array.from({ length: failing }, () => new RetryableFailure("retry", toError)),
        );
        const expected = Math.min(attempts, failing + 1);
        expect(made).toEqual(Array.from({ length: expected }, (_, index) => index + 1));
        expect(retries).toHaveLength(expected - 1);
        if (failing < attempts) expect(result).toBe("response");
        else expect(result).toMatchObject({ code: "vendor", attempts, retryable: true });
      }),
    );
  });

  it("wait with jitter up to a bound that doubles, and at most half a minute", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 12 }), async (attempts) => {
        const { retries, waited } = await run(
          attempts,
          Array.from({ length: attempts - 1 }, () => new RetryableFailure("retry", toError)),
        );
        for (const { attempt, waitMs } of retries) {
          expect(waitMs).toBeGreaterThanOrEqual(0);
          expect(waitMs).toBeLessThanOrEqual(Math.min(30_000, 250 * 2 ** attempt));
        }
        expect(waited).toBe(retries.reduce((sum, { waitMs }) => sum + waitMs, 0));
      }),
    );
  });

  it("wait for different times", async () => {
    const waits = new Set<number>();
    for (let time = 0; time < 30; time += 1) waits.add((await run(2, [new RetryableFailure("retry", toError)])).waited);
    expect(waits.size).toBeGreaterThan(5);
  });

  it("wait as long as the vendor requests, up to a minute", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 500, max: 10_000_000 }), async (retryAfterMs) => {
        const { waited } = await run(2, [new RetryableFailure("retry", toError, retryAfterMs)]);
        expect(waited).toBe(Math.min(60_000, retryAfterMs));
      }),
    );
  });

  it("wait at least a second after a rate-limited request", async () => {
    for (let time = 0; time < 20; time += 1)
      expect((await run(2, [new RetryableFailure("throttle", toError, 0)])).waited).toBeGreaterThanOrEqual(1000);
  });

  it("are not repeated after a permanent failure", async () => {
    const failure = new VendorError("no");
    const { result, made } = await run(5, [new RetryableFailure("retry", toError), failure]);
    expect(result).toBe(failure);
    expect(made).toEqual([1, 2]);
  });

  it.each([new TypeError("a bug"), new RangeError("another"), new Error("Failed to fetch")])(
    "throw %s unchanged",
    async (failure) => {
      const { result, made } = await run(5, [failure]);
      expect(result).toBe(failure);
      expect(made).toEqual([1]);
    },
  );

  it("end during a wait when they are aborted, with the reason, and are not repeated", async () => {
    const clock = new VirtualClock();
    const abort = new AbortController();
    const reason = new Error("enough");
    let made = 0;
    const once = () => {
      made += 1;
      return Promise.reject(new RetryableFailure("retry", toError, 60_000));
    };
    const work = withAttempts(once, {
      attempts: 5,
      clock,
      random: Math.random,
      signal: abort.signal,
      mayRetry: () => true,
      onRetry: () => undefined,
      clean: String,
    }).catch((error: unknown) => error);
    await quiet();
    expect(clock.sleeps).toEqual([60_000]);
    abort.abort(reason);
    expect(await work).toBe(reason);
    expect(made).toBe(1);
  });
});

describe("Retry-After", () => {
  const now = Date.UTC(2026, 10, 1);

  it("is read as seconds", () => {
    fc.assert(
      fc.property(fc.nat(100_000), (seconds) => {
        expect(readRetryAfter(String(seconds), now)).toBe(seconds * 1000);
        expect(readRetryAfter(` ${seconds} `, now)).toBe(seconds * 1000);
      }),
    );
  });

  it("is read as a date, and as no wait if the date has passed", () => {
    fc.assert(
      fc.property(fc.integer({ min: -100_000, max: 100_000 }), (seconds) => {
        expect(readRetryAfter(new Date(now + seconds * 1000).toUTCString(), now)).toBe(Math.max(0, seconds * 1000));
      }),
    );
  });

  it.each([
    ["30.0", 30_000],
    ["1.5", 1500],
    ["0.25", 250],
    [".5", 500],
    ['"1.5"', 1500],
    ["00030", 30_000],
  ])("is read as seconds with a fraction: %s", (header, waitMs) => {
    expect(readRetryAfter(header, now)).toBe(waitMs);
  });

  it("is a finite number, however long the number of seconds is", () => {
    expect(readRetryAfter("9".repeat(400), now)).toBe(Number.MAX_SAFE_INTEGER);
  });

  it.each([
    "Sun, 01 Nov 2026 00:00:30 GMT",
    "Sunday, 01-Nov-26 00:00:30 GMT",
    "Sun Nov  1 00:00:30 2026",
    "2026-11-01T08:00:30+08:00",
    "Sun, 01 Nov 2026 08:00:30 +0800",
  ])("is read as a date in each format of HTTP: %s", (header) => {
    expect(readRetryAfter(header, now)).toBe(30_000);
  });

  it.each([
    undefined,
    "",
    "soon",
    "NaN",
    "-5",
    "-1.5",
    "1e3",
    "5 s",
    "1,5",
    "5;6",
    "1.5.2",
    "Jan 5",
    "0x10",
    "Infinity",
  ])("is ignored if it is %j", (header) => {
    expect(readRetryAfter(header, now)).toBeNull();
  });
});
