import { describe, expect, it } from "vitest";
import type { CustomCall } from "call-records/testing";
import { daysAgo, openStage } from "./stage.js";

const started = daysAgo(5);
const range = { from: daysAgo(6), to: daysAgo(4) };
const missed = (endCode: number, type?: number): CustomCall => ({
  startedAt: started,
  answeredAt: null,
  endCode,
  ...(type === undefined ? {} : { type }),
});

describe("the vendor's hangup code", () => {
  it("is kept for every EndStatus of Tencent, including 0 (error) and undocumented ones", async () => {
    const codes = [0, 2, 100, 202, 225, 503, 99_999];
    const { client } = await openStage({
      emulator: { callsPerDay: 0, calls: { "tencent-ccc": codes.map((code) => missed(code)) } },
    });
    const records = await client.records({ ...range, accounts: ["tencent-ccc"] }).toArray({ max: 100 });
    expect(records.map(({ hangup }) => Number(hangup?.code ?? Number.NaN)).sort((a, b) => a - b)).toEqual(codes);
  });

  it("is kept for every reason of Huawei, and an unknown one results in an unknown outcome", async () => {
    const codes = [0, 4, 5, 6, 77_777];
    const { client } = await openStage({
      emulator: { callsPerDay: 0, activeCalls: 0, calls: { "huawei-cec": codes.map((code) => missed(code, 1)) } },
    });
    const records = await client.records({ ...range, accounts: ["huawei-cec"] }).toArray({ max: 100 });
    expect(records.map(({ hangup }) => Number(hangup?.code ?? Number.NaN)).sort((a, b) => a - b)).toEqual(codes);
    expect(records.find(({ hangup }) => hangup?.code === "77777")?.outcome).toBe("unknown");
  });

  it("is kept for every hangupReason of Itniotech, and an unknown one results in an unknown outcome", async () => {
    const codes = [0, 4, 5, 6, 7, 8, 77];
    const { client } = await openStage({
      emulator: { callsPerDay: 0, calls: { itniotech: codes.map((code) => missed(code)) } },
    });
    const records = await client.records({ ...range, accounts: ["itniotech"] }).toArray({ max: 100 });
    expect(records.map(({ hangup }) => Number(hangup?.code ?? Number.NaN)).sort((a, b) => a - b)).toEqual(codes);
    expect(records.find(({ hangup }) => hangup?.code === "77")?.outcome).toBe("unknown");
  });
});
