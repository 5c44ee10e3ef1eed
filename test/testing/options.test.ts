import { describe, expect, it } from "vitest";
import { type FaultKind, startVendorEmulator } from "call-records/testing";
import { openEmulator } from "../client/stage.js";

// As plain JavaScript may pass it.
const nonsense = "nope" as FaultKind;

describe("an emulator", () => {
  it.each([
    ["share", { faults: { share: 2 } }],
    ["nope", { faults: { share: 0.1, kinds: [nonsense] } }],
    ["pageCap", { pageCap: { itniotech: 0 } }],
    ["maxRows", { maxRows: { "tencent-ccc": -3 } }],
    ["retentionSeconds", { retentionSeconds: { "huawei-cec": 0 } }],
    ["searchCap", { searchCap: { itniotech: { rows: 0.5, total: "true", beyond: "empty" } as const } }],
  ])("is not started with what makes no sense (%s)", async (named, options) => {
    await expect(startVendorEmulator(options)).rejects.toThrow(RangeError);
    await expect(startVendorEmulator(options)).rejects.toThrow(named);
  });

  it("takes no fault that does not exist, and none that never happens", async () => {
    const emulator = await openEmulator({ days: 0 });
    expect(() => {
      emulator.inject(nonsense);
    }).toThrow("`nope`");
    expect(() => {
      emulator.inject("reset", { times: 0 });
    }).toThrow("`times`");
  });
});
