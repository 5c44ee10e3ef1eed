import { describe, expect, it } from "vitest";
import { type FaultKind, startVendorEmulator } from "call-records/testing";
import { openEmulator } from "../client/stage.js";

// A value that JavaScript callers may pass.
const nonsense = "nope" as FaultKind;

describe("an emulator", () => {
  it.each([
    ["share", { faults: { share: 2 } }],
    ["nope", { faults: { share: 0.1, kinds: [nonsense] } }],
    ["pageCap", { pageCap: { itniotech: 0 } }],
    ["maxRows", { maxRows: { "tencent-ccc": -3 } }],
    ["retentionSeconds", { retentionSeconds: { "huawei-cec": 0 } }],
    ["searchCap", { searchCap: { itniotech: { rows: 0.5, total: "true", beyond: "empty" } as const } }],
  ])("does not start with an invalid option (%s)", async (named, options) => {
    await expect(startVendorEmulator(options)).rejects.toThrow(RangeError);
    await expect(startVendorEmulator(options)).rejects.toThrow(named);
  });

  it("refuses connections after the block that declares it, and can be closed again", async () => {
    let endpoint: string;
    let close: () => Promise<void>;
    {
      await using emulator = await startVendorEmulator({ days: 0 });
      endpoint = emulator.endpoints.itniotech;
      close = () => emulator.close();
      expect((await fetch(endpoint)).status).toBeGreaterThan(0);
    }
    await expect(fetch(endpoint)).rejects.toThrow(TypeError);
    await Promise.all([close(), close()]);
  });

  it("rejects an unknown fault, and one that never happens", async () => {
    const emulator = await openEmulator({ days: 0 });
    expect(() => {
      emulator.inject(nonsense);
    }).toThrow("`nope`");
    expect(() => {
      emulator.inject("reset", { times: 0 });
    }).toThrow("`times`");
  });
});
