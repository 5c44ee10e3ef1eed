import { describe, expect, it } from "vitest";
import { type FaultKind, RETRYABLE_FAULTS, startVendorEmulator } from "call-records/testing";
import { expectExactlyOnce, openHostileStage, read, VENDORS } from "./hostile-stage.js";
import { share } from "../search.js";

/** The attempts of each request. A fifth of the requests fail, so this many consecutive failures practically never occur. */
const ATTEMPTS = 25;

const injectedKinds = new Set<FaultKind>();

describe.each(share([1, 2, 3, 4, 5, 6, 7, 8], 4))(
  "retryable faults of every kind in a fifth of all requests, with seed %i",
  (seed) => {
    it.each(VENDORS)("lose no call of %s", async (vendor) => {
      const stage = await openHostileStage({
        emulator: { seed, callsPerDay: 24, faults: { seed, share: 0.2 }, pageCap: { [vendor]: 8 } },
        client: { retry: { attempts: ATTEMPTS } },
      });
      expectExactlyOnce(stage, vendor, await read(stage, vendor));
      for (const { fault } of stage.emulator.requests) if (fault !== null) injectedKinds.add(fault);
    });
  },
);

describe("random faults", () => {
  it("include every retryable kind", () => {
    expect(RETRYABLE_FAULTS.filter((kind) => !injectedKinds.has(kind))).toEqual([]);
  });

  it("occur at most `max` times, and only for `vendors`", async () => {
    const stage = await openHostileStage({
      emulator: { faults: { share: 1, max: 3, kinds: ["http-503"], vendors: ["itniotech"] } },
    });
    for (const vendor of VENDORS) expectExactlyOnce(stage, vendor, await read(stage, vendor));
    expect(
      stage.emulator.requests.filter(({ fault }) => fault !== null).map(({ vendor, fault }) => [vendor, fault]),
    ).toEqual(Array.from({ length: 3 }, () => ["itniotech", "http-503"]));
  });

  it.each([-0.1, 1.1, Number.NaN])("are rejected with a share of %s", async (share) => {
    await expect(startVendorEmulator({ faults: { share } })).rejects.toThrow(RangeError);
  });

  it("are the same for the same seed", async () => {
    const run = async () => {
      const stage = await openHostileStage({
        emulator: {
          faults: { seed: 9, share: 0.3, kinds: RETRYABLE_FAULTS.filter((kind) => !kind.startsWith("stalled")) },
          pageCap: { itniotech: 10 },
        },
        client: { retry: { attempts: ATTEMPTS } },
        itniotech: { rate: { requestsPerSecond: 1_000_000, concurrency: 1 } },
      });
      await read(stage, "itniotech");
      return stage.emulator.requests.map(({ fault }) => fault);
    };
    const first = await run();
    expect(new Set(first).size).toBeGreaterThan(5);
    expect(await run()).toEqual(first);
  });
});
