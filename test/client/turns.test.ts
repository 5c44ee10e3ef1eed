import { describe, expect, it } from "vitest";
import type { RateLimiter } from "call-records";
import { daysAgo, huaweiAt, ManualClock, NOW, openClient, openEmulator, rejectionOf, requestsFor } from "./stage.js";

const range = { from: daysAgo(60), to: daysAgo(4) };
const few = { days: 65, callsPerDay: 2 };

/** Returns a limiter that grants every permit at once, and records the send times that it receives. */
function recordingLimiter(): { limiter: RateLimiter; permits: () => number; sentAt: (number | undefined)[] } {
  let permits = 0;
  const sentAt: (number | undefined)[] = [];
  const take = () => {
    permits += 1;
    return Promise.resolve((at?: number) => {
      sentAt.push(at);
    });
  };
  return { limiter: { take, slowDown: () => undefined }, permits: () => permits, sentAt };
}

describe("a custom rate limiter", () => {
  it("grants a permit to every request, including one repeated with a new token, and receives each send time once", async () => {
    const emulator = await openEmulator(few);
    const { limiter, permits, sentAt } = recordingLimiter();
    const client = openClient({ providers: [huaweiAt(emulator)], clock: new ManualClock(), rateLimiter: limiter });
    await client.records(range).toArray({ max: 10_000 });
    emulator.revokeTokens();
    await client.records(range).toArray({ max: 10_000 });
    const requests = requestsFor(emulator, "queryCallDetailRecord");
    expect(requests.filter(({ refusal }) => refusal === "401").length).toBeGreaterThanOrEqual(1);
    expect(permits()).toBe(requests.length);
    expect(sentAt).toEqual(requests.map(() => NOW));
  });

  it("that throws when it receives a send time fails the call with that error", async () => {
    const emulator = await openEmulator(few);
    const take = () =>
      Promise.resolve(() => {
        throw new Error("the limiter's store is down");
      });
    const client = openClient({
      providers: [huaweiAt(emulator)],
      clock: new ManualClock(),
      rateLimiter: { take, slowDown: () => undefined },
    });
    expect((await rejectionOf(client.records(range).toArray({ max: 10_000 }))).message).toBe(
      "the limiter's store is down",
    );
  });
});
