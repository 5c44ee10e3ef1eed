import { describe, expect, it } from "vitest";
import { type RateLimiter, tencentCcc } from "call-records";
import { daysAgo, huaweiAt, ManualClock, openClient, openEmulator, rejectionOf, requestsFor } from "./stage.js";

const range = { from: daysAgo(60), to: daysAgo(4) };
const few = { days: 65, callsPerDay: 2 };

/** Grants every permit at once, and records the calls of its methods. */
function recordingLimiter() {
  let permits = 0;
  let released = 0;
  let sent = 0;
  const sentAgoMs: number[] = [];
  const take = () => {
    permits += 1;
    return Promise.resolve({
      sent: () => {
        sent += 1;
      },
      responded: (request: { sentAgoMs: number }) => {
        sentAgoMs.push(request.sentAgoMs);
      },
      release: () => {
        released += 1;
      },
    });
  };
  const limiter: RateLimiter = { take, slowDown: () => undefined };
  return { limiter, permits: () => permits, sent: () => sent, released: () => released, sentAgoMs };
}

describe("a custom rate limiter", () => {
  it("grants a permit to every request, also to one that is repeated with a new token, and each permit is sent, responds and is released once", async () => {
    const emulator = await openEmulator(few);
    const { limiter, permits, sent, released, sentAgoMs } = recordingLimiter();
    const client = openClient({ providers: [huaweiAt(emulator)], clock: new ManualClock(), rateLimiter: limiter });
    await client.records(range).toArray({ max: 10_000 });
    emulator.revokeTokens();
    await client.records(range).toArray({ max: 10_000 });
    const requests = requestsFor(emulator, "queryCallDetailRecord");
    expect(requests.filter(({ refusal }) => refusal === "401").length).toBeGreaterThanOrEqual(1);
    expect(permits()).toBe(requests.length);
    expect(sent()).toBe(requests.length);
    expect(released()).toBe(requests.length);
    expect(sentAgoMs).toEqual(requests.map(() => 0));
  });

  it("counts a request of the user's own client as sent when the client receives it", async () => {
    const events: string[] = [];
    const record = (event: string) => () => void events.push(event);
    const permit = { sent: record("sent"), responded: record("responded"), release: record("release") };
    const request = () => {
      events.push("request");
      return Promise.reject(new Error("no response"));
    };
    const client = openClient({
      providers: [tencentCcc({ client: { request }, sdkAppIds: [1] })],
      rateLimiter: { take: () => Promise.resolve(permit), slowDown: () => undefined },
      retry: { attempts: 1 },
    });
    await rejectionOf(client.records(range).toArray({ max: 10_000 }));
    expect(events).toEqual(["sent", "request", "responded", "release"]);
  });

  it.each(["sent", "responded", "release"])(
    "ends the call with the error that `%s` of its permit throws",
    async (method) => {
      const emulator = await openEmulator(few);
      const ignore = () => undefined;
      const broken = () => {
        throw new Error("the limiter's store is down");
      };
      const take = () => Promise.resolve({ sent: ignore, responded: ignore, release: ignore, [method]: broken });
      const client = openClient({
        providers: [huaweiAt(emulator)],
        clock: new ManualClock(),
        rateLimiter: { take, slowDown: () => undefined },
      });
      expect((await rejectionOf(client.records(range).toArray({ max: 10_000 }))).message).toBe(
        "the limiter's store is down",
      );
    },
  );
});
