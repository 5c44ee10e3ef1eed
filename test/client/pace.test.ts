import { describe, expect, it } from "vitest";
import { day } from "call-records";
import { DAY, HISTORY, openClient, openEmulator, requestsFor, tencentAt } from "./stage.js";
import { idsOf, within } from "./truth.js";

describe("the pace that Tencent declares", () => {
  it("draws no refusal from a vendor that counts twenty in any one second, over sixty pages", async () => {
    // By the real clock, which is the subject here.
    const emulator = await openEmulator({
      now: () => Date.now(),
      days: 20,
      callsPerDay: 420,
      sdkAppIds: [1_400_000_000],
      requestsPerSecond: { "tencent-ccc": 20 },
    });
    const client = openClient({ providers: [tencentAt(emulator, { rate: undefined })] });
    const [from, to] = [new Date(Date.now() - 19 * DAY), new Date(Date.now() - 4 * DAY)];
    const stream = client.records({ from, to, raw: false });
    const records = await stream.toArray({ max: 100_000 });

    const requests = requestsFor(emulator, HISTORY["tencent-ccc"]);
    expect(requests.length).toBeGreaterThan(50);
    expect(requests.filter(({ refusal }) => refusal !== null)).toEqual([]);
    expect(stream.report().accounts).toMatchObject([{ throttles: 0, retries: 0, status: "complete" }]);
    expect(idsOf(records)).toEqual(idsOf(within(emulator.truth["tencent-ccc"].calls, from, to)));
  }, 20_000);

  it("is one second's allowance for all that a client does at the same time", async () => {
    const emulator = await openEmulator({ now: () => Date.now(), days: 2, callsPerDay: 5, requestsPerSecond: { "tencent-ccc": 20 } });
    const client = openClient({ providers: [tencentAt(emulator, { rate: undefined })] });
    const yesterday = day(new Date(Date.now() - DAY).toISOString().slice(0, 10), "Asia/Shanghai");
    await Promise.all(Array.from({ length: 14 }, () => client.usage({ ...yesterday, source: "vendor" })));
    expect(emulator.requests).toHaveLength(28);
    expect(emulator.requests.filter(({ refusal }) => refusal !== null)).toEqual([]);
  }, 20_000);
});

describe("a vendor that refuses for want of allowance", () => {
  it("is asked more slowly, and in the end nothing is missing", async () => {
    const emulator = await openEmulator({ now: () => Date.now(), days: 12, callsPerDay: 100, sdkAppIds: [1_400_000_000], requestsPerSecond: { "tencent-ccc": 4 } });
    const client = openClient({ providers: [tencentAt(emulator, { rate: { requestsPerSecond: 20, concurrency: 6 } })], retry: { attempts: 12 } });
    const [from, to] = [new Date(Date.now() - 11 * DAY), new Date(Date.now() - 3 * DAY)];
    const stream = client.records({ from, to });
    const records = await stream.toArray({ max: 10_000 });
    expect(idsOf(records)).toEqual(idsOf(within(emulator.truth["tencent-ccc"].calls, from, to)));
    const [report] = stream.report().accounts;
    const refused = emulator.requests.filter(({ refusal }) => refusal === "RequestLimitExceeded").length;
    expect(refused).toBeGreaterThan(0);
    expect(report).toMatchObject({ status: "complete", throttles: refused, retries: refused, requests: emulator.requests.length });
  }, 30_000);
});
