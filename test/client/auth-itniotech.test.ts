import { describe, expect, it } from "vitest";
import { AuthenticationError } from "call-records";
import { daysAgo, HOUR, NOW, openStage, rejectionOf, SECOND } from "./stage.js";
import { idsOf, within } from "./truth.js";

const range = { from: daysAgo(30), to: daysAgo(4) };
const accounts = ["itniotech"];

describe("Itniotech's signature", () => {
  it.each([HOUR, -HOUR])(
    "with a clock that is %i ms off is repeated once with the vendor's clock, and is valid from then on",
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

  it("with a clock less than half an hour off is accepted, and no clock is corrected", async () => {
    const { emulator, client, clock, events } = await openStage({
      emulator: { days: 35, callsPerDay: 3, now: () => NOW },
    });
    clock.advance(29 * 60 * SECOND);
    await client.records({ ...range, accounts }).toArray({ max: 10_000 });
    expect(emulator.requests.every(({ refusal }) => refusal === null)).toBe(true);
    expect(events.some(({ type }) => type === "clock")).toBe(false);
  });

  it("that is refused for its time after one correction causes an AuthenticationError that names the clock", async () => {
    // The vendor's Date header is wrong: its clock differs by a day between checking the timestamp and writing the header.
    let readings = 0;
    const { emulator, client } = await openStage({
      emulator: { days: 1, callsPerDay: 0, now: () => NOW + (readings++ % 2 === 0 ? 2 : 1) * 24 * HOUR },
    });
    const error = await rejectionOf(client.records({ ...range, accounts }).toArray({ max: 10 }));
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error.message).toMatch(/clock/);
    expect(error).toMatchObject({ vendorCode: "-16", retryable: false });
    expect(emulator.requests.length).toBe(2);
  });

  it("uses the current time for every request", async () => {
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
