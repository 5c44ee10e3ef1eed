import { describe, expect, it } from "vitest";
import { Zone } from "call-records/adapter";
import { dateOf, dayOfDate, weekdayOf } from "../../src/report/calendar/day.js";
import { statesOf, worstState } from "../../src/report/calendar/day-states.js";
import type { AccountProof } from "../../src/report/data/read-proof.js";

const proof = (parts: Partial<AccountProof>): AccountProof => ({
  account: "a",
  provider: "p",
  status: "complete",
  unreadable: 0,
  coverage: [],
  unsettled: [],
  gaps: [],
  ...parts,
});

/** Returns the states by date. */
function statesBy(parts: Partial<AccountProof>, zone: string): Record<string, string> {
  return Object.fromEntries(
    [...statesOf(proof(parts), Zone.named(zone))]
      .map(([day, state]): [string, string] => [dateOf(day).toISOString().slice(0, 10), state])
      .sort(),
  );
}

describe("the state of a day", () => {
  it("is complete only where the whole day is covered", () => {
    const coverage = [{ from: "2026-11-01T16:00:00Z", to: "2026-11-03T10:00:00Z" }];
    expect(statesBy({ coverage }, "Asia/Shanghai")).toEqual({ "2026-11-02": "complete", "2026-11-03": "partial" });
    expect(statesBy({ coverage }, "UTC")).toEqual({
      "2026-11-01": "partial",
      "2026-11-02": "complete",
      "2026-11-03": "partial",
    });
  });

  it("is the worst of its parts", () => {
    expect(
      statesBy(
        {
          coverage: [{ from: "2026-11-01T00:00:00Z", to: "2026-11-03T06:00:00Z" }],
          unsettled: [{ from: "2026-11-03T06:00:00Z", to: "2026-11-05T00:00:00Z" }],
          gaps: [{ from: "2026-11-04T03:00:00Z", to: "2026-11-04T04:00:00Z", reason: "failed" }],
        },
        "UTC",
      ),
    ).toEqual({
      "2026-11-01": "complete",
      "2026-11-02": "complete",
      "2026-11-03": "unsettled",
      "2026-11-04": "missing",
    });
    expect(worstState(["complete", "partial", "unverified"])).toBe("unverified");
    expect(worstState([])).toBe("unverified");
  });

  it("follows days of 23 and 25 hours", () => {
    // Clocks in Berlin were set back on 25 October 2026.
    const coverage = [{ from: "2026-10-24T22:00:00Z", to: "2026-10-25T23:00:00Z" }];
    expect(statesBy({ coverage }, "Europe/Berlin")).toEqual({ "2026-10-25": "complete" });
  });

  it("joins intervals that touch, and finds days with a cut", () => {
    const half = "2026-11-02T12:00:00Z";
    const coverage = [
      { from: half, to: "2026-11-04T00:00:00Z" },
      { from: "2026-11-02T00:00:00Z", to: half },
    ];
    expect(statesBy({ coverage }, "UTC")).toEqual({ "2026-11-02": "complete", "2026-11-03": "complete" });
  });
});

it("weekdays are from 1 (Monday) to 7, also before 1970", () => {
  expect(["2026-11-02", "2026-11-08", "1969-12-29", "1969-12-28"].map((date) => weekdayOf(dayOfDate(date)))).toEqual([
    1, 7, 1, 7,
  ]);
});
