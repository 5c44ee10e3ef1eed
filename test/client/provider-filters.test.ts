import { beforeAll, describe, expect, it } from "vitest";
import { type HuaweiCecFilters, type ItniotechFilters, RequestError } from "call-records";
import type { EmulatedCall } from "call-records/testing";
import { bodyOf, daysAgo, openStage, requestsFor, type Stage, thrownBy } from "./stage.js";
import { idsOf, within } from "./truth.js";

const range = { from: daysAgo(20), to: daysAgo(4) };

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ emulator: { days: 25, callsPerDay: 40 } });
});

async function readAll(account: string, providerFilters: Parameters<Stage["client"]["records"]>[0]["providerFilters"]) {
  stage.emulator.clearRequests();
  const stream = stage.client.records({ ...range, accounts: [account], providerFilters });
  const records = await stream.toArray({ max: 10_000 });
  return { ids: records.map(({ id }) => id).sort(), report: stream.report().accounts[0], records };
}

describe("Tencent's filters", () => {
  it("send Phones and SessionIds to every application", async () => {
    const calls = within(stage.emulator.truth["tencent-ccc"].calls, range.from, range.to);
    const phones = [...new Set(calls.slice(0, 3).map(({ customer }) => customer))];
    const sessionIds = calls.slice(0, 200).map(({ id }) => id);
    const { ids } = await readAll("tencent-ccc", { "tencent-ccc": { phones, sessionIds } });
    const bodies = requestsFor(stage.emulator, "DescribeTelCdr").map(bodyOf);
    for (const body of bodies) expect(body).toMatchObject({ Phones: phones, SessionIds: sessionIds });
    expect(new Set(bodies.map(({ SdkAppId }) => SdkAppId)).size).toBe(2);
    expect(ids).toEqual(idsOf(calls.slice(0, 200).filter(({ customer }) => phones.includes(customer))));
  });
});

describe("Huawei's filters", () => {
  it.each<[HuaweiCecFilters["taskType"], (call: EmulatedCall) => boolean]>([
    ["0", ({ type }) => type !== 4],
    ["1", ({ type }) => type === 1],
    ["2", ({ type }) => type === 2],
    ["3", ({ type }) => type === 3],
    ["4", ({ type }) => type === 4],
  ])("read only the list of task type %s", async (taskType, matches) => {
    const { ids, report } = await readAll("huawei-cec", { "huawei-cec": { taskType } });
    expect(
      new Set(requestsFor(stage.emulator, "queryCallDetailRecord").map((request) => bodyOf(request).taskType)),
    ).toEqual(new Set([taskType]));
    expect(ids).toEqual(idsOf(within(stage.emulator.truth["huawei-cec"].calls, range.from, range.to).filter(matches)));
    expect(report).toMatchObject({ status: "complete", gaps: [] });
  });

  it("determine the kind of a call whose row does not contain it", async () => {
    const { records } = await readAll("huawei-cec", { "huawei-cec": { taskType: "3" } });
    expect(new Set(records.map(({ kind }) => kind))).toEqual(new Set(["notification"]));
  });

  it("send the caller with both task types", async () => {
    const caller = "88881001";
    const { ids } = await readAll("huawei-cec", { "huawei-cec": { caller } });
    const bodies = requestsFor(stage.emulator, "queryCallDetailRecord").map(bodyOf);
    expect(bodies.every((body) => body.caller === caller)).toBe(true);
    expect(new Set(bodies.map(({ taskType }) => taskType))).toEqual(new Set(["0", "4"]));
    const expected = within(stage.emulator.truth["huawei-cec"].calls, range.from, range.to).filter(
      ({ agent }) => agent?.staffNumber === "1001",
    );
    expect(ids).toEqual(idsOf(expected));
    expect(ids.length).toBeGreaterThan(3);
  });
});

const itnioFilters: [ItniotechFilters, ((call: EmulatedCall) => boolean) | null][] = [
  // Few rows contain the id of the group, whose name all of them contain.
  [{ voiceGroupId: 13 }, ({ row }) => row.sipGroupName === "客户回访"],
  [{ sipGroupName: "客户回访" }, ({ row }) => row.sipGroupName === "客户回访"],
  [{ seatId: [1001, 1003] }, ({ agent }) => agent?.staffNumber === "1001" || agent?.staffNumber === "1003"],
  [{ seatNameList: ["王芳"] }, ({ agent }) => agent?.name === "王芳"],
  [{ callType: [1, 2] }, ({ type }) => type !== 3],
  [{ hangupReason: [7] }, ({ endCode }) => endCode === 7],
  [{ ccode: ["65"] }, ({ row }) => String(row.ccode).startsWith("65(")],
  [{ hangingDirection: [1] }, ({ hungUpBy }) => hungUpBy === "agent"],
  [{ labelNames: ["VIP"] }, ({ row }) => String(row.labelName).includes("VIP")],
  [
    { callType: [3], hangupReason: [1], hangingDirection: [0] },
    ({ type, endCode, hungUpBy }) => type === 3 && endCode === 1 && hungUpBy === "customer",
  ],
];

describe("Itniotech's filters", () => {
  it.each(itnioFilters)("send %o in `params`, with the vendor's names, in every request", async (filters, matches) => {
    const { ids } = await readAll("itniotech", { itniotech: filters });
    for (const request of stage.emulator.requests) {
      const { startTime, endTime, ...given } = bodyOf(request).params as Record<string, unknown>;
      expect([typeof startTime, typeof endTime]).toEqual(["string", "string"]);
      expect(given).toEqual(filters);
    }
    const calls = within(stage.emulator.truth.itniotech.calls, range.from, range.to);
    if (matches !== null) expect(ids).toEqual(idsOf(calls.filter(matches)));
    expect(ids.length).toBeGreaterThan(0);
  });

  it("send calledOrCaller", async () => {
    const { ids } = await readAll("itniotech", { itniotech: { calledOrCaller: "85230018899" } });
    expect(ids).toEqual(
      idsOf(
        within(stage.emulator.truth.itniotech.calls, range.from, range.to).filter(({ line }) => line === "85230018899"),
      ),
    );
    expect((bodyOf(stage.emulator.requests[0]).params as { calledOrCaller: unknown }).calledOrCaller).toBe(
      "85230018899",
    );
  });
});

describe("filters of one vendor", () => {
  it("do not affect the other vendors", async () => {
    const records = await stage.client
      .records({ ...range, providerFilters: { itniotech: { hangupReason: [7] }, "huawei-cec": {} } })
      .toArray({ max: 10_000 });
    const huawei = records
      .filter(({ provider }) => provider === "huawei-cec")
      .map(({ id }) => id)
      .sort();
    expect(huawei).toEqual(idsOf(within(stage.emulator.truth["huawei-cec"].calls, range.from, range.to)));
  });

  it.each([
    [{ "huawei-cec": { taskType: "5" } }, "taskType"],
    [{ "huawei-cec": { taskType: 3 } }, "taskType"],
    [{ "huawei-cec": { caller: "1".repeat(33) } }, "caller"],
    [{ "huawei-cec": { callee: "1" } }, "callee"],
    [{ itniotech: { hangupReason: [] } }, "hangupReason"],
    [{ itniotech: { hangupReason: ["7"] } }, "hangupReason"],
    [{ "tencent-ccc": { phones: [] } }, "phones"],
    [{ "tencent-ccc": { Phones: ["1"] } }, "Phones"],
    [{ aws: {} }, "aws"],
  ])("%o are rejected before any request, with an error that names the wrong part", (providerFilters, name) => {
    stage.emulator.clearRequests();
    const untyped = stage.client as unknown as { records(query: object): unknown };
    const error = thrownBy(() => untyped.records({ ...range, providerFilters }));
    expect(error).toBeInstanceOf(RequestError);
    expect(error.message).toContain(`\`${name}`);
    expect(stage.emulator.requests).toEqual([]);
  });
});
