import { describe, expect, it } from "vitest";
import { IncompleteError, RequestError, ResponseError, VendorError } from "call-records";
import type { CustomCall, FaultKind, FilterTime, RowOrder, VendorId } from "call-records/testing";
import {
  bodyOf,
  DAY,
  daysAgo,
  HISTORY,
  HOUR,
  NOW,
  rejectionOf,
  requestsFor,
  SECOND,
  type StageOptions,
} from "../client/stage.js";
import { idsOf, within } from "../client/truth.js";
import { share } from "../search.js";
import { HastyClock } from "./hasty-clock.js";
import { expectExactlyOnce, openHostileStage, RANGE, read, VENDORS } from "./hostile-stage.js";

/**
 * A range that each vendor's list reads in one window of many small pages, so that rows appear and disappear while that
 * window is read.
 */
const MOVING = { from: daysAgo(8), to: daysAgo(4) };
const SMALL_PAGE = 10;

/** Returns calls at equal intervals within a range. */
function callsAt(
  count: number,
  range: { from: Date; to: Date },
  fieldsOf: (index: number) => Partial<CustomCall>,
): CustomCall[] {
  const intervalMs = Math.floor((range.to.getTime() - range.from.getTime() - HOUR) / count / SECOND) * SECOND;
  return Array.from({ length: count }, (_, index) => ({
    startedAt: new Date(range.from.getTime() + intervalMs * index),
    ...fieldsOf(index),
  }));
}

const afterSeconds = (seconds: number) => new Date(NOW + seconds * SECOND);

/** Opens a stage whose clock advances by a second with each response of the vendor's list, so that the list changes during paging. */
async function openMovingStage(vendor: VendorId, calls: readonly CustomCall[], order: RowOrder) {
  const clock = new HastyClock();
  const options: StageOptions = {
    emulator: {
      callsPerDay: 40,
      sdkAppIds: [1_400_000_000],
      order,
      calls: { [vendor]: calls },
      pageCap: { [vendor]: SMALL_PAGE },
    },
    client: {
      onEvent: (event) => {
        if (event.type === "request" && event.operation.includes(HISTORY[vendor])) clock.advance(SECOND);
      },
    },
  };
  return openHostileStage(options, clock);
}

describe.each(VENDORS)("%s", (vendor) => {
  const operation = HISTORY[vendor];

  describe.each(share<RowOrder>(["descending", "ascending", "unsorted"], 1))("with %s rows", (order) => {
    it("finds every row once when rows appear during paging", async () => {
      const calls = callsAt(8, MOVING, (index) => ({ listedFrom: afterSeconds(index + 1) }));
      const stage = await openMovingStage(vendor, calls, order);
      expectExactlyOnce(stage, vendor, await read(stage, vendor, MOVING), MOVING);
    });

    it.each([
      ["rows that disappear", 0],
      ["rows that alternately appear and disappear", 1],
    ])("finds every remaining row once despite %s during paging", async (_, appearing) => {
      const calls = callsAt(8, MOVING, (index) =>
        index % 2 < appearing ? { listedFrom: afterSeconds(index + 1) } : { removedAt: afterSeconds(index + 1) },
      );
      const stage = await openMovingStage(vendor, calls, order);
      const before = idsOf(within(stage.emulator.truth[vendor].calls, MOVING.from, MOVING.to));
      const { records, accounts } = await read(stage, vendor, MOVING);
      const after = idsOf(within(stage.emulator.truth[vendor].calls, MOVING.from, MOVING.to));
      const ever = new Set([...before, ...after]);
      const found = idsOf(records);
      expect(new Set(found).size).toBe(found.length);
      expect(after.filter((id) => !found.includes(id))).toEqual([]);
      expect(found.filter((id) => !ever.has(id))).toEqual([]);
      expect(before.filter((id) => !after.includes(id)).length).toBeGreaterThan(3);
      expect(accounts).toMatchObject([{ status: "complete", gaps: [] }]);
    });

    it.each(share([1, 7, 99], 1))("finds every row once when the vendor limits pages to %i rows", async (cap) => {
      const stage = await openHostileStage({ emulator: { callsPerDay: 15, order, pageCap: { [vendor]: cap } } });
      expectExactlyOnce(stage, vendor, await read(stage, vendor));
    });
  });

  it.each(share([1, -1, 25], 1))(
    "causes an IncompleteError when its total of settled rows is wrong by %i",
    async (shift) => {
      const stage = await openHostileStage({ emulator: { totalShift: { [vendor]: shift } } });
      const error = await rejectionOf(read(stage, vendor));
      expect(error).toBeInstanceOf(IncompleteError);
      expect(error).toMatchObject({ account: vendor, operation: expect.stringContaining(operation) as string });
      expect(error.message).toMatch(/different keys were read where the vendor counts/);
    },
  );

  it.each(share([1, -1, 25], 1))(
    "has its unsettled rows delivered and reported as unsettled when their total is wrong by %i",
    async (shift) => {
      const range = { from: new Date(NOW - DAY), to: new Date(NOW - 2 * HOUR) };
      const stage = await openHostileStage({ emulator: { callsPerDay: 60, totalShift: { [vendor]: shift } } });
      const { records, accounts } = await read(stage, vendor, range);
      expect(idsOf(records)).toEqual(idsOf(within(stage.emulator.truth[vendor].calls, range.from, range.to)));
      expect(accounts).toMatchObject([
        { coverage: [], unsettled: [{ from: range.from.toISOString(), to: range.to.toISOString() }] },
      ]);
    },
  );

  it.each(share<FaultKind>(["repeated-page", "empty-page", "duplicate-row", "shifted-total"], 2))(
    "is read completely despite one %s",
    async (kind) => {
      const stage = await openHostileStage({ emulator: { callsPerDay: 60 } });
      stage.emulator.inject(kind, { vendor });
      expectExactlyOnce(stage, vendor, await read(stage, vendor));
      expect(stage.emulator.requests.filter(({ fault }) => fault === kind)).toHaveLength(1);
    },
  );

  it("causes a ResponseError, not an endless loop, when it always returns the same page", async () => {
    const stage = await openHostileStage({ emulator: { callsPerDay: 60 } });
    stage.emulator.inject("repeated-page", { vendor, times: Number.POSITIVE_INFINITY });
    const error = await rejectionOf(read(stage, vendor));
    expect(error).toBeInstanceOf(ResponseError);
    expect(error.message).toMatch(/cannot be read to its end/);
    expect(stage.emulator.requests.length).toBeLessThan(60);
  });

  it("causes an IncompleteError, not an endless loop, when its pages are always empty", async () => {
    const stage = await openHostileStage({ emulator: { callsPerDay: 60 } });
    stage.emulator.inject("empty-page", { vendor, times: Number.POSITIVE_INFINITY });
    const error = await rejectionOf(read(stage, vendor));
    expect(error).toBeInstanceOf(IncompleteError);
    expect(stage.emulator.requests.length).toBeLessThan(120);
  });

  it("yields the same calls by start time, regardless of the time that it filters on", async () => {
    const found = await Promise.all(
      (["start", "end", "created"] as const).map(async (filterTime: FilterTime) => {
        const long = callsAt(20, RANGE, (index) => ({
          endedAt: new Date(RANGE.from.getTime() + (index * 9 + 11) * HOUR),
        }));
        const stage = await openHostileStage({
          emulator: { filterTime, order: "unsorted", calls: { [vendor]: long } },
        });
        const reading = await read(stage, vendor);
        expectExactlyOnce(stage, vendor, reading);
        return idsOf(reading.records);
      }),
    );
    expect(found[1]).toEqual(found[0]);
    expect(found[2]).toEqual(found[0]);
  });
});

describe("a result that is too large for one response", () => {
  it("is requested from Itniotech in smaller windows", async () => {
    const stage = await openHostileStage({ emulator: { maxRows: { itniotech: 20 } } });
    expectExactlyOnce(stage, "itniotech", await read(stage, "itniotech"));
    expect(stage.emulator.requests.some(({ refusal }) => refusal === "-23")).toBe(true);
  });

  it("is requested from Tencent in smaller pages", async () => {
    const stage = await openHostileStage({ emulator: { maxRows: { "tencent-ccc": 20 } } });
    expectExactlyOnce(stage, "tencent-ccc", await read(stage, "tencent-ccc"));
    expect(stage.emulator.requests.some(({ refusal }) => refusal === "ResponseSizeLimitExceeded")).toBe(true);
    const served = requestsFor(stage.emulator, "DescribeTelCdr").filter(({ refusal }) => refusal === null);
    expect(Math.min(...served.map((request) => Number(bodyOf(request).PageSize)))).toBeLessThanOrEqual(25);
  });

  it.each(["itniotech", "tencent-ccc"] as const)(
    "causes the VendorError of %s, not an endless loop, when even the smallest request is too large",
    async (vendor) => {
      const stage = await openHostileStage({ emulator: { days: 20, callsPerDay: 5 } });
      stage.emulator.inject("too-much-data", { vendor, times: Number.POSITIVE_INFINITY });
      const error = await rejectionOf(read(stage, vendor));
      expect(error).toBeInstanceOf(VendorError);
      expect(error).not.toBeInstanceOf(RequestError);
      expect(error).toMatchObject({ vendorCode: vendor === "itniotech" ? "-23" : "ResponseSizeLimitExceeded" });
      expect(stage.emulator.requests.length).toBeLessThan(60);
    },
  );
});

describe("ids beyond 2^53", () => {
  it("keep every digit, and remain distinct when only the last digit differs", async () => {
    const ids = ["1037058396471308289", "1037058396471308290", "9007199254740993", "9007199254740992"];
    const calls = ids.map((id, index) => ({ id, startedAt: daysAgo(5 + index) }));
    const stage = await openHostileStage({
      emulator: { callsPerDay: 0, activeCalls: 0, calls: { "huawei-cec": calls } },
    });
    const reading = await read(stage, "huawei-cec");
    expectExactlyOnce(stage, "huawei-cec", reading);
    expect(idsOf(reading.records)).toEqual([...ids].sort());
  });
});
