import { describe, expect, it } from "vitest";
import { RequestError } from "call-records";
import { openStage, thrownBy } from "./stage.js";

const DAY_SECONDS = 86_400;

describe("capabilities", () => {
  it("are the limits of each account as plain data, in the order of the providers", async () => {
    const { client, emulator } = await openStage({
      emulator: { days: 0 },
      tencent: { account: "sales", rate: { requestsPerSecond: 7, concurrency: 3 } },
      huawei: { timeZone: "Asia/Singapore", longestCallSeconds: 7200, settleSeconds: 60 },
    });
    const capabilities = client.capabilities();
    expect(capabilities).toMatchObject([
      {
        provider: "tencent-ccc",
        account: "sales",
        timeZone: "Asia/Shanghai",
        rate: { requestsPerSecond: 7, concurrency: 3 },
        longestCallSeconds: 43_200,
        settleSeconds: 172_800,
        provides: { inbound: true, abandoned: true, menuAbandonCodes: ["102", "ivrGiveUp"], waitSeconds: true },
        records: {
          operation: "DescribeTelCdr",
          window: { unit: "s", end: "unknown", filtersOn: "unknown" },
          retentionSeconds: 180 * DAY_SECONDS,
          paging: { style: "page", first: 0, size: 100, total: true },
          partitions: [{ application: "1400000000" }, { application: "1400000001" }],
          filters: ["phones", "sessionIds"],
        },
        usage: {
          sources: ["vendor", "records"],
          vendor: {
            operation: "DescribeTelCallInfo",
            window: { unit: "day", maxSeconds: 90 * DAY_SECONDS },
            paging: { style: "none" },
          },
        },
        activeCalls: "vendor",
        findCall: { lookups: [{ keys: ["sessionId"], operation: "DescribeTelSession", range: "optional" }] },
      },
      {
        provider: "huawei-cec",
        account: "huawei-cec",
        timeZone: "Asia/Singapore",
        longestCallSeconds: 7200,
        settleSeconds: 60,
        provides: { inbound: false, outbound: true, abandoned: false, menuAbandonCodes: null, talkSeconds: true },
        records: {
          window: { unit: "ms", maxSeconds: 7 * DAY_SECONDS },
          retentionSeconds: null,
          paging: { style: "offset", size: 100 },
          partitions: [
            { application: null, parameters: { taskType: "0" } },
            { application: null, parameters: { taskType: "4" } },
          ],
          filters: ["taskType", "caller"],
        },
        usage: { sources: ["records"], vendor: null },
        activeCalls: "records",
        findCall: {
          lookups: [
            { keys: ["callSerialNo"], operation: "queryCallState", range: "optional" },
            { keys: ["callId", "userId", "tenantId", "agentId"], operation: "queryCallInfoByCallId", range: null },
          ],
        },
      },
      {
        provider: "itniotech",
        records: {
          window: { unit: "s", maxSeconds: 93 * DAY_SECONDS },
          paging: { style: "page", first: 1, size: 100 },
          retentionSeconds: null,
        },
        usage: { sources: ["records"], vendor: null },
        activeCalls: null,
        findCall: {
          lookups: [
            { keys: ["keyId"], operation: null, range: "required" },
            { keys: ["callSessionId"], operation: null, range: "required" },
          ],
        },
      },
    ]);
    expect(capabilities[0]?.records.window?.maxSeconds).toBeLessThan(90 * DAY_SECONDS);
    expect(capabilities[2]?.records.filters).toEqual([
      "voiceGroupId",
      "sipGroupName",
      "seatId",
      "seatNameList",
      "callType",
      "hangupReason",
      "calledOrCaller",
      "ccode",
      "hangingDirection",
      "labelNames",
    ]);
    expect(JSON.parse(JSON.stringify(capabilities))).toEqual(capabilities);
    expect(client.capabilities("sales")).toEqual(capabilities[0]);
    expect(emulator.requests).toEqual([]);
  });

  it("show the options about the list of records, and apply them to no other list", async () => {
    const { client } = await openStage({
      emulator: { days: 0 },
      tencent: { filtersOn: "start", windowEnd: "inclusive" },
      huawei: { windowEnd: "exclusive" },
      itniotech: { filtersOn: "start" },
    });
    expect(client.capabilities()).toMatchObject([
      {
        records: { window: { filtersOn: "start", end: "inclusive" } },
        usage: { vendor: { window: { filtersOn: "start", end: "inclusive", unit: "day" } } },
      },
      { records: { window: { filtersOn: "unknown", end: "exclusive" } } },
      { records: { window: { filtersOn: "start", end: "unknown" } } },
    ]);
    const other = await openStage({ emulator: { days: 0 }, tencent: { filtersOn: "unknown", windowEnd: "exclusive" } });
    expect(other.client.capabilities("tencent-ccc").usage.vendor?.window).toMatchObject({
      filtersOn: "start",
      end: "inclusive",
    });
  });

  it("are a copy: changing them does not affect the client", async () => {
    const { client } = await openStage({ emulator: { days: 0 } });
    const [mine] = client.capabilities();
    if (mine === undefined) throw new TypeError("There is no account.");
    mine.rate.concurrency = 0;
    mine.records.filters.push("nothing");
    if (mine.records.window !== null) mine.records.window.maxSeconds = 1;
    expect(client.capabilities("tencent-ccc").rate.concurrency).toBe(20);
    expect(client.capabilities("tencent-ccc").records.filters).toEqual(["phones", "sessionIds"]);
    expect(client.capabilities("tencent-ccc").records.window?.maxSeconds).toBeGreaterThan(1);
  });

  it("of an unknown account cause a RequestError that names the known ones", async () => {
    const { client } = await openStage({ emulator: { days: 0 } });
    const error = thrownBy(() => client.capabilities("marketing"));
    expect(error).toBeInstanceOf(RequestError);
    for (const name of ["marketing", "tencent-ccc", "huawei-cec", "itniotech"])
      expect(error.message).toContain(`\`${name}\``);
  });
});
