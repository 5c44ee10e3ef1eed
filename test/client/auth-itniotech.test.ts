import { describe, expect, it } from "vitest";
import { AuthenticationError } from "call-records";
import { daysAgo, HOUR, NOW, openStage, rejectionOf, SECOND } from "./stage.js";
import { idsOf, within } from "./truth.js";

const range = { from: daysAgo(30), to: daysAgo(4) };
const accounts = ["itniotech"];

describe("Itniotech's signature", () => {
  it.each([HOUR, -HOUR])(
    "by a clock that is %i ms off is made again once, by the vendor's clock, and stays right",
    async (off) => {
      const { emulator, client, clock, events } = await openStage({
        emulator: { days: 35, callsPerDay: 30, now: () => NOW },
      });
      clock.advance(off);
      const records = await client.records({ ...range, accounts }).toArray({ max: 10_000 });
      expect(idsOf(records)).toEqual(idsOf(within(emulator.truth.itniotech.calls, range.from, range.to)));
      expect(emulator.requests.map(({ refusal }) => refusal).filter((refusal) => refusal !== null)).toEqual(["-16"]);
      expect(emulator.requests.map(({ headers }) => headers.timestamp)).toEqual([
        String((NOW + off) / SECOND),
        ...emulator.requests.slice(1).map(() => String(NOW / SECOND)),
      ]);
      expect(events.filter(({ type }) => type === "clock" || type === "retry")).toMatchObject([
        { type: "clock", account: "itniotech", offsetMs: -off },
      ]);

      emulator.clearRequests();
      await client.records({ ...range, accounts }).toArray({ max: 10_000 });
      expect(emulator.requests.every(({ refusal }) => refusal === null)).toBe(true);
    },
  );

  it("within half an hour is accepted as it is, and no clock is corrected", async () => {
    const { emulator, client, clock, events } = await openStage({
      emulator: { days: 35, callsPerDay: 3, now: () => NOW },
    });
    clock.advance(29 * 60 * SECOND);
    await client.records({ ...range, accounts }).toArray({ max: 10_000 });
    expect(emulator.requests.every(({ refusal }) => refusal === null)).toBe(true);
    expect(events.some(({ type }) => type === "clock")).toBe(false);
  });

  it("that stays refused for its time is an AuthenticationError that names the clock, after one correction", async () => {
    // A vendor whose Date header lies: its own clock moves on by a day between the judgement and the header.
    let judged = 0;
    const { emulator, client } = await openStage({
      emulator: { days: 1, callsPerDay: 0, now: () => NOW + (judged++ % 2 === 0 ? 2 : 1) * 24 * HOUR },
    });
    const error = await rejectionOf(client.records({ ...range, accounts }).toArray({ max: 10 }));
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error.message).toMatch(/clock/);
    expect(error).toMatchObject({ vendorCode: "-16", retryable: false });
    expect(emulator.requests.length).toBe(2);
  });

  it("is fresh for every request", async () => {
    const { emulator, client, clock } = await openStage({ emulator: { days: 35, callsPerDay: 30 } });
    const stream = client.records({ ...range, accounts });
    await stream.toArray({ max: 10_000 });
    clock.advance(90 * SECOND);
    await client.records({ ...range, accounts }).toArray({ max: 10_000 });
    const stamps = new Set(emulator.requests.map(({ headers }) => headers.timestamp));
    expect(stamps).toEqual(new Set([String(NOW / SECOND), String(NOW / SECOND + 90)]));
    expect(new Set(emulator.requests.map(({ headers }) => headers.sign)).size).toBe(2);
  });
});
