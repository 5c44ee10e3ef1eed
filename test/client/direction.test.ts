import { beforeAll, describe, expect, it } from "vitest";
import type { EmulatedCall, VendorId } from "call-records/testing";
import { bodyOf, daysAgo, openStage, requestsFor, type Stage } from "./stage.js";
import { idsOf, within } from "./truth.js";

const VENDORS: VendorId[] = ["tencent-ccc", "huawei-cec", "itniotech"];
const range = { from: daysAgo(20), to: daysAgo(4) };

let stage: Stage;
beforeAll(async () => {
  const startedAt = daysAgo(10);
  // One customer, as caller or called party, whose number each vendor writes in different ways.
  stage = await openStage({
    emulator: {
      days: 25,
      callsPerDay: 12,
      calls: {
        "tencent-ccc": [
          { startedAt, customer: "008613912345678", direction: "inbound" },
          { startedAt, customer: "008613912345678" },
          { startedAt, customer: "13912345678" },
        ],
        "huawei-cec": [
          { startedAt, customer: "008613912345678" },
          { startedAt, customer: "+86 139-1234-5678" },
          { startedAt, customer: "13912345678" },
        ],
        itniotech: [
          { startedAt, customer: "8613912345678", direction: "inbound" },
          { startedAt, customer: "8613912345678" },
          { startedAt, customer: "86139123456780" },
        ],
      },
    },
  });
});

const truth = (vendor: VendorId, matches: (call: EmulatedCall) => boolean) =>
  idsOf(within(stage.emulator.truth[vendor].calls, range.from, range.to).filter(matches));

describe("a direction", () => {
  it.each(["inbound", "outbound", "internal", "unknown"] as const)(
    "%s selects the same calls at every vendor",
    async (direction) => {
      const records = await stage.client.records({ ...range, direction }).toArray({ max: 10_000 });
      for (const vendor of VENDORS) {
        expect(
          records
            .filter(({ provider }) => provider === vendor)
            .map(({ id }) => id)
            .sort(),
        ).toEqual(truth(vendor, (call) => call.direction === direction));
      }
      expect(records.every((record) => record.direction === direction)).toBe(true);
    },
  );

  it("is sent to Itniotech as a call type, and to no other vendor", async () => {
    stage.emulator.clearRequests();
    await stage.client.records({ ...range, direction: "inbound" }).toArray({ max: 10_000 });
    expect(
      requestsFor(stage.emulator, "v3/cc/record/query").every(
        (request) => JSON.stringify((bodyOf(request).params as { callType: unknown }).callType) === "[2]",
      ),
    ).toBe(true);
    expect(Object.keys(bodyOf(requestsFor(stage.emulator, "queryCallDetailRecord")[0])).sort()).toEqual([
      "endTime",
      "limit",
      "offset",
      "startTime",
      "taskType",
    ]);
  });

  it("does not exclude calls whose type is undocumented", async () => {
    // An undocumented call type has no direction. A call type in `providerFilters` is sent as it is.
    const { client } = await openStage({
      emulator: {
        callsPerDay: 0,
        calls: {
          itniotech: [
            { startedAt: daysAgo(10), row: { callType: 9 } },
            { startedAt: daysAgo(11), direction: "inbound" },
          ],
        },
      },
    });
    const accounts = ["itniotech"];
    expect((await client.records({ ...range, accounts, direction: "unknown" }).toArray({ max: 10 })).length).toBe(1);
    expect((await client.records({ ...range, accounts, direction: "inbound" }).toArray({ max: 10 })).length).toBe(1);
    expect((await client.records({ ...range, accounts, direction: "outbound" }).toArray({ max: 10 })).length).toBe(0);
    expect(
      (
        await client
          .records({ ...range, accounts, direction: "inbound", providerFilters: { itniotech: { callType: [3] } } })
          .toArray({ max: 10 })
      ).length,
    ).toBe(0);
  });
});
