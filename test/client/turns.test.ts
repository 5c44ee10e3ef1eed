import { describe, expect, it } from "vitest";
import type { RateLimiter } from "call-records";
import { daysAgo, huaweiAt, ManualClock, NOW, openClient, openEmulator, rejectionOf, requestsFor } from "./stage.js";

const range = { from: daysAgo(60), to: daysAgo(4) };
const few = { days: 65, callsPerDay: 2 };

/** Grants every turn at once, and notes what it is told. */
function noted(): { limiter: RateLimiter; turns: () => number; sentAt: (number | undefined)[] } {
  let turns = 0;
  const sentAt: (number | undefined)[] = [];
  const take = () => {
    turns += 1;
    return Promise.resolve((at?: number) => {
      sentAt.push(at);
    });
  };
  return { limiter: { take, slowDown: () => undefined }, turns: () => turns, sentAt };
}

describe("a rate limiter of one's own", () => {
  it("grants a turn to every request, the one that is sent again with a new token too, and is told once of each when it left", async () => {
    const emulator = await openEmulator(few);
    const { limiter, turns, sentAt } = noted();
    const client = openClient({ providers: [huaweiAt(emulator)], clock: new ManualClock(), rateLimiter: limiter });
    await client.records(range).toArray({ max: 10_000 });
    emulator.revokeTokens();
    await client.records(range).toArray({ max: 10_000 });
    const requests = requestsFor(emulator, "queryCallDetailRecord");
    expect(requests.filter(({ refusal }) => refusal === "401").length).toBeGreaterThanOrEqual(1);
    expect(turns()).toBe(requests.length);
    expect(sentAt).toEqual(requests.map(() => NOW));
  });

  it("that throws when it is told of an answer ends the call with what it threw", async () => {
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
