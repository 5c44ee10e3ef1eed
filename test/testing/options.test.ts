import { describe, expect, expectTypeOf, it } from "vitest";
import {
  createTestClock,
  type EmulatorOptions,
  type FaultKind,
  startVendorEmulator,
  type VendorId,
} from "call-records/testing";
import { openEmulator, rejectionOf } from "../client/stage.js";

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

  it.each<[string, object]>([
    ["startVendorEmulator: unknown option `callPerDay`. The options are vendors, accounts,", { callPerDay: 5 }],
    ["startVendorEmulator: unknown option `toString`.", { toString: 5 }],
    ["windowEdges: unknown option `begin`. The options are start, end.", { windowEdges: { begin: "exclusive" } }],
    ["faults: unknown option `rate`.", { faults: { share: 0, rate: 1 } }],
    ["pageCap: unknown option `tencent`. The options are tencent-ccc,", { pageCap: { tencent: 5 } }],
    ["requestsPerSecond: unknown option `huawei`.", { requestsPerSecond: { huawei: 5 } }],
    ["calls: unknown option `number`.", { calls: { itniotech: [{ startedAt: new Date(), number: "1" }] } }],
    [
      "searchCap: unknown option `max`.",
      { searchCap: { itniotech: { rows: 1, total: "true", beyond: "empty", max: 1 } } },
    ],
    ["missingPage: unknown option `page`.", { missingPage: { itniotech: { row: 1, as: "empty", page: 1 } } }],
  ])("does not start with an option that does not exist (%s)", async (message, options) => {
    const error = await rejectionOf(startVendorEmulator(options));
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toContain(message);
  });

  it("refuses an unknown option of a fault, and of a test clock", async () => {
    const emulator = await openEmulator({ days: 0 });
    const injection: object = { time: 2 };
    expect(() => {
      emulator.inject("reset", injection);
    }).toThrow("inject: unknown option `time`.");
    const options = { now: 0, speed: 2 };
    expect(() => createTestClock(options)).toThrow("createTestClock: unknown option `speed`. The options are now.");
  });

  it("accepts only accounts and calls of the vendors that it starts", () => {
    type Options = EmulatorOptions<"itniotech">;
    expectTypeOf<keyof NonNullable<Options["accounts"]>>().toEqualTypeOf<"itniotech">();
    expectTypeOf<keyof NonNullable<Options["calls"]>>().toEqualTypeOf<"itniotech">();
    // Without `vendors`, all three are started, whatever accounts are named.
    const start = () => startVendorEmulator({ accounts: { itniotech: ["a"] } });
    expectTypeOf(start)
      .returns.resolves.toHaveProperty("endpoints")
      .toEqualTypeOf<Readonly<Record<VendorId, string>>>();
    const wrong = () =>
      startVendorEmulator({
        vendors: ["itniotech"],
        // @ts-expect-error Tencent is not started.
        calls: { "tencent-ccc": [] },
      });
    expect(wrong).toBeInstanceOf(Function);
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
