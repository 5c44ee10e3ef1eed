import { describe, expect, it } from "vitest";
import { bodyOf, DAY, HOUR, IN_TURN, NOW, openStage, requestsFor } from "./stage.js";
import { factsOf, truthOf, within } from "./truth.js";

const accounts = ["huawei-cec"];
const from = new Date("2026-10-01T00:00:00.123Z");
const to = new Date("2026-10-20T00:00:00.456Z");

describe("Huawei's token", () => {
  it("is fetched once, before all other requests, with the keys in the body and the lifetime in a header", async () => {
    const { emulator, client } = await openStage({
      emulator: { days: 60, callsPerDay: 5 },
      huawei: { tokenTtlSeconds: 900 },
    });
    await client.records({ from, to, accounts }).toArray({ max: 10_000 });

    const [first, ...others] = emulator.requests;
    expect(first).toMatchObject({
      vendor: "huawei-cec",
      operation: "tokenByAkSk",
      method: "POST",
      path: "/apigovernance/api/oauth/tokenByAkSk",
      body: { app_key: "9emulatorappkey00000000000000003", app_secret: "emulator-huawei-app-secret-7b21" },
      status: 200,
    });
    expect(first?.headers).toMatchObject({ "x-token-expire": "900", "content-type": "application/json" });
    expect(first?.headers).not.toHaveProperty("authorization");
    expect(others.filter(({ operation }) => operation === "tokenByAkSk")).toEqual([]);
  });
});

describe("Huawei's history, queryCallDetailRecord", () => {
  it("is requested with the token and the key in the headers, and with all values as strings", async () => {
    const { emulator, client } = await openStage({
      emulator: { days: 60, callsPerDay: 5 },
      huawei: { headers: { "X-Gateway": "east-1" } },
    });
    await client.records({ from, to, accounts }).toArray({ max: 10_000 });

    const [first] = requestsFor(emulator, "queryCallDetailRecord");
    const start = from.getTime() - 12 * HOUR - 1;
    expect(first).toMatchObject({
      method: "POST",
      path: "/apiaccess/CC-Management/v1/mobileAgent/queryCallDetailRecord",
      query: "",
      status: 200,
      refusal: null,
    });
    expect(first?.body).toEqual({
      startTime: String(start),
      endTime: String(start + 7 * DAY),
      taskType: "0",
      offset: "0",
      limit: "100",
    });
    expect(first?.headers).toMatchObject({
      "x-app-key": "9emulatorappkey00000000000000003",
      "content-type": "application/json",
      "x-gateway": "east-1",
    });
    expect(first?.headers.authorization).toMatch(/^Bearer \S+$/);
    expect(requestsFor(emulator, "tokenByAkSk")[0]?.headers).not.toHaveProperty("x-gateway");
  });

  it("is read in windows of seven days that overlap by a millisecond, oldest first, each for the task types 0 and 4", async () => {
    const { emulator, client } = await openStage({ emulator: { days: 60, callsPerDay: 5 }, huawei: { rate: IN_TURN } });
    await client.records({ from, to, accounts }).toArray({ max: 10_000 });

    const bodies = requestsFor(emulator, "queryCallDetailRecord")
      .map(bodyOf)
      .filter(({ offset }) => offset === "0");
    const expected: unknown[] = [];
    for (let start = from.getTime() - 12 * HOUR - 1; start < to.getTime() + 12 * HOUR - 1; start += 7 * DAY - 1) {
      const end = Math.min(start + 7 * DAY, to.getTime() + 12 * HOUR);
      for (const task of ["0", "4"]) expected.push([String(start), String(end), task]);
    }
    expect(bodies.map(({ startTime, endTime, taskType }) => [startTime, endTime, taskType])).toEqual(expected);
    expect(expected).toHaveLength(6);
  });

  it("is read in pages by offset, each once, and none beyond the total", async () => {
    const { emulator, client } = await openStage({
      emulator: { days: 60, callsPerDay: 100 },
      huawei: { rate: IN_TURN },
    });
    const records = await client.records({ from, to, accounts }).toArray({ max: 10_000 });

    const bodies = requestsFor(emulator, "queryCallDetailRecord").map(bodyOf);
    const windows = bodies.filter(({ offset }) => offset === "0");
    for (const { startTime, endTime, taskType } of windows) {
      const inWindow = emulator.truth["huawei-cec"].calls.filter(
        ({ type, startedAt }) =>
          (type === 4) === (taskType === "4") &&
          startedAt.getTime() >= Number(startTime) &&
          startedAt.getTime() <= Number(endTime),
      );
      const offsets = bodies
        .filter((body) => body.startTime === startTime && body.taskType === taskType)
        .map(({ offset }) => offset);
      expect(offsets).toEqual(
        Array.from({ length: Math.ceil(inWindow.length / 100) }, (_, page) => String(page * 100)),
      );
    }
    expect(new Set(bodies.map(({ limit }) => limit))).toEqual(new Set(["100"]));
    expect(factsOf(records)).toEqual(truthOf(within(emulator.truth["huawei-cec"].calls, from, to)));
    expect(records.length).toBeGreaterThan(1000);
  });

  it("is read with one request first, and then with up to four concurrent ones", async () => {
    const inFlight: number[] = [];
    let completed = 0;
    const stage = await openStage({
      emulator: { days: 60, callsPerDay: 100, latencyMs: 10 },
      client: {
        onEvent: (event) => {
          if (event.type !== "request") return;
          inFlight.push(stage.emulator.requests.length - completed);
          completed += 1;
        },
      },
    });
    await stage.client.records({ from, to, accounts }).toArray({ max: 10_000 });
    // The token, and the first page.
    expect(inFlight.slice(0, 2)).toEqual([1, 1]);
    expect(Math.max(...inFlight)).toBe(4);
  });
});

describe("Huawei's active calls", () => {
  it("are the calls in the history of the last twelve hours that have not ended", async () => {
    const { emulator, client } = await openStage({ emulator: { days: 3, callsPerDay: 200, activeCalls: 12 } });
    const { calls } = await client.activeCalls({ accounts });

    const bodies = requestsFor(emulator, "queryCallDetailRecord").map(bodyOf);
    expect(new Set(bodies.map(({ taskType }) => taskType))).toEqual(new Set(["0", "4"]));
    for (const { startTime, endTime } of bodies) {
      expect(Number(startTime)).toBeLessThanOrEqual(NOW - 12 * HOUR);
      expect(endTime).toBe(String(NOW));
    }
    expect(factsOf(calls)).toEqual(truthOf(emulator.truth["huawei-cec"].activeCalls));
    expect(calls).toHaveLength(12);
  });
});

describe("Huawei's look-up of one call, queryCallInfoByCallId", () => {
  it("is one POST with the four keys", async () => {
    const { emulator, client } = await openStage({ emulator: { days: 1 } });
    const keys = { callId: "1724233344-98", userId: "1652268429538866153", tenantId: "202205116084", agentId: "124" };
    expect(await client.findCall({ account: "huawei-cec", ...keys })).toBeNull();

    const [token, lookUp, ...others] = emulator.requests;
    expect(token?.operation).toBe("tokenByAkSk");
    expect(lookUp).toMatchObject({
      method: "POST",
      path: "/apiaccess/rest/workbench/v1/queryCallInfoByCallId",
      query: "",
      body: keys,
      status: 200,
    });
    expect(lookUp?.headers).toMatchObject({
      "x-app-key": "9emulatorappkey00000000000000003",
      "content-type": "application/json",
    });
    expect(lookUp?.headers.authorization).toMatch(/^Bearer \S+$/);
    expect(others).toEqual([]);
  });
});
