import { describe, expect, it } from "vitest";
import { bodyOf, DAY, HOUR, IN_TURN, NOW, openStage, requestsFor, SECOND } from "./stage.js";
import { factsOf, truthOf, within } from "./truth.js";

const seconds = (date: Date | number) => Number(date) / SECOND;
const accounts = ["tencent-ccc"];
const from = new Date("2026-08-01T00:00:00Z");
const to = new Date("2026-11-10T00:00:00Z");

describe("Tencent's history, DescribeTelCdr", () => {
  it("is requested with signed POSTs, first for the first page of the oldest window of the first application", async () => {
    const { emulator, client } = await openStage({
      emulator: { days: 120, callsPerDay: 3 },
      tencent: { rate: IN_TURN },
    });
    await client.records({ from, to, accounts }).toArray({ max: 10_000 });

    const [first] = emulator.requests;
    const start = seconds(from) - 12 * 3600 - 1;
    expect(first).toMatchObject({
      vendor: "tencent-ccc",
      operation: "DescribeTelCdr",
      method: "POST",
      path: "/",
      query: "",
      status: 200,
      refusal: null,
    });
    expect(first?.body).toEqual({
      StartTimeStamp: start,
      EndTimeStamp: start + 90 * 86_400 - 1,
      SdkAppId: 1_400_000_000,
      PageSize: 100,
      PageNumber: 0,
    });
    expect(first?.headers).toMatchObject({
      "content-type": "application/json",
      "x-tc-action": "DescribeTelCdr",
      "x-tc-version": "2020-02-10",
      "x-tc-timestamp": String(seconds(NOW)),
      host: new URL(emulator.endpoints["tencent-ccc"]).host,
    });
    expect(first?.headers.authorization).toMatch(
      /^TC3-HMAC-SHA256 Credential=AKIDemulatorsecretid0000000000000000\/2026-11-20\/ccc\/tc3_request, SignedHeaders=[a-z;-]+, Signature=[0-9a-f]{64}$/,
    );
    expect(first?.headers).not.toHaveProperty("x-tc-token");
    expect(first?.headers).not.toHaveProperty("x-tc-region");
  });

  it("is read in windows that overlap by a second, oldest first, each for every application", async () => {
    const { emulator, client } = await openStage({
      emulator: { days: 120, callsPerDay: 3 },
      tencent: { rate: IN_TURN },
    });
    await client.records({ from, to, accounts }).toArray({ max: 10_000 });

    const windows = requestsFor(emulator, "DescribeTelCdr")
      .map(bodyOf)
      .filter(({ PageNumber }) => PageNumber === 0);
    const start = seconds(from) - 12 * 3600 - 1;
    const middle = start + 90 * 86_400 - 1;
    const end = seconds(to) + 12 * 3600;
    expect(
      windows.map(({ StartTimeStamp, EndTimeStamp, SdkAppId }) => [StartTimeStamp, EndTimeStamp, SdkAppId]),
    ).toEqual([
      [start, middle, 1_400_000_000],
      [start, middle, 1_400_000_001],
      [middle - 1, end, 1_400_000_000],
      [middle - 1, end, 1_400_000_001],
    ]);
  });

  it("is read in pages, each once, from 0 to the last page of the total", async () => {
    const { emulator, client } = await openStage({
      emulator: { days: 120, callsPerDay: 20 },
      tencent: { rate: IN_TURN },
    });
    const records = await client.records({ from, to, accounts }).toArray({ max: 10_000 });

    const bodies = requestsFor(emulator, "DescribeTelCdr").map(bodyOf);
    for (const { StartTimeStamp, EndTimeStamp, SdkAppId } of bodies.filter(({ PageNumber }) => PageNumber === 0)) {
      const inWindow = emulator.truth["tencent-ccc"].calls.filter(
        ({ application, startedAt }) =>
          application === String(SdkAppId) &&
          seconds(startedAt) >= Number(StartTimeStamp) &&
          seconds(startedAt) <= Number(EndTimeStamp),
      );
      const pages = bodies
        .filter((body) => body.StartTimeStamp === StartTimeStamp && body.SdkAppId === SdkAppId)
        .map(({ PageNumber }) => PageNumber);
      expect(pages).toEqual(Array.from({ length: Math.max(1, Math.ceil(inWindow.length / 100)) }, (_, page) => page));
    }
    expect(new Set(bodies.map(({ PageSize }) => PageSize))).toEqual(new Set([100]));
    expect(factsOf(records)).toEqual(truthOf(within(emulator.truth["tencent-ccc"].calls, from, to)));
    expect(records.length).toBeGreaterThan(1000);
  });
});

describe("Tencent's usage, DescribeTelCallInfo", () => {
  it("is requested in at most 90 whole days of the account's zone, one application at a time", async () => {
    const { emulator, client } = await openStage({ emulator: { callsPerDay: 2 }, tencent: { rate: IN_TURN } });
    await client.usage({ from: "2026-07-01T00:00:00+08:00", to: "2026-11-01T00:00:00+08:00", accounts });

    const first = seconds(Date.parse("2026-07-01T00:00:00+08:00"));
    const second = first + 90 * 86_400;
    const end = seconds(Date.parse("2026-11-01T00:00:00+08:00")) - 1;
    expect(emulator.requests.map(({ body }) => body)).toEqual([
      { StartTimeStamp: first, EndTimeStamp: second - 1, SdkAppIdList: [1_400_000_000] },
      { StartTimeStamp: first, EndTimeStamp: second - 1, SdkAppIdList: [1_400_000_001] },
      { StartTimeStamp: second, EndTimeStamp: end, SdkAppIdList: [1_400_000_000] },
      { StartTimeStamp: second, EndTimeStamp: end, SdkAppIdList: [1_400_000_001] },
    ]);
    expect(emulator.requests[0]).toMatchObject({
      operation: "DescribeTelCallInfo",
      method: "POST",
      path: "/",
      refusal: null,
    });
    expect(emulator.requests[0]?.headers).toMatchObject({
      "x-tc-action": "DescribeTelCallInfo",
      "x-tc-version": "2020-02-10",
    });
  });
});

describe("Tencent's active calls, DescribePSTNActiveSessionList", () => {
  it("are requested in pages of 25, for every application", async () => {
    const { emulator, client } = await openStage({ emulator: { days: 1, activeCalls: 70 } });
    const { calls } = await client.activeCalls({ accounts });

    const requested = emulator.requests
      .map(bodyOf)
      .map(({ SdkAppId, Offset, Limit }) => ({ SdkAppId: String(SdkAppId), Offset, Limit }));
    const expected = ["1400000000", "1400000001"].flatMap((application) => {
      const own = emulator.truth["tencent-ccc"].activeCalls.filter((call) => call.application === application);
      return Array.from({ length: Math.max(1, Math.ceil(own.length / 25)) }, (_, page) => ({
        SdkAppId: application,
        Offset: page * 25,
        Limit: 25,
      }));
    });
    expect(expected.length).toBeGreaterThan(2);
    expect(requested[0]).toEqual(expected[0]);
    expect(requested).toHaveLength(expected.length);
    expect(requested).toEqual(expect.arrayContaining(expected));
    expect(Object.keys(bodyOf(emulator.requests[0])).sort()).toEqual(["Limit", "Offset", "SdkAppId"]);
    expect(emulator.requests[0]?.headers["x-tc-action"]).toBe("DescribePSTNActiveSessionList");
    expect(calls.map(({ id }) => id).sort()).toEqual(
      emulator.truth["tencent-ccc"].activeCalls.map(({ id }) => id).sort(),
    );
  });
});

describe("Tencent's search for one call", () => {
  it("requests the newest window first, with the vendor's filter, within its retention", async () => {
    const { emulator, client } = await openStage({
      emulator: { days: 179, callsPerDay: 2 },
      tencent: { rate: IN_TURN },
    });
    expect(await client.findCall({ account: "tencent-ccc", sessionId: "no such session" })).toBeNull();

    const bodies = requestsFor(emulator, "DescribeTelCdr").map(bodyOf);
    const starts = bodies.map(({ StartTimeStamp }) => Number(StartTimeStamp));
    expect(starts).toEqual([...starts].sort((a, b) => b - a));
    expect(bodies.every(({ SessionIds }) => JSON.stringify(SessionIds) === JSON.stringify(["no such session"]))).toBe(
      true,
    );
    for (const SdkAppId of [1_400_000_000, 1_400_000_001]) {
      const own = bodies.filter((body) => body.SdkAppId === SdkAppId);
      expect(Math.max(...own.map(({ EndTimeStamp }) => Number(EndTimeStamp)))).toBe(seconds(NOW));
      expect(Math.min(...own.map(({ StartTimeStamp }) => Number(StartTimeStamp)))).toBeLessThan(
        seconds(NOW - 180 * DAY + HOUR),
      );
    }
    expect(requestsFor(emulator, "DescribeTelCdr").every(({ refusal }) => refusal === null)).toBe(true);
    expect(requestsFor(emulator, "DescribeTelSession").map((request) => bodyOf(request).SdkAppId)).toEqual([
      1_400_000_000, 1_400_000_001,
    ]);
  });
});
