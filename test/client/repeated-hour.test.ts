import { describe, expect, it } from "vitest";
import { itniotech } from "call-records";
import { Zone } from "../../src/contract/zone.js";
import { serve } from "./scripted-vendor.js";
import { ManualClock, openClient, RATE as rate } from "./stage.js";

const zone = Zone.named("America/New_York");
/** Clocks are set back at 06:00 UTC, so that local times from 01:00 to 02:00 occur twice. */
const from = Date.parse("2026-11-01T03:00:00Z");
const MINUTE = 60_000;
const starts = Array.from({ length: 36 }, (_, index) => from + index * 10 * MINUTE);

/** Opens a vendor whose list filters on the start. It reads a repeated local time as the earlier or the later instant. */
function openVendor(reading: "earlier" | "later") {
  const read = (text: unknown) => {
    if (String(text).includes("T")) return Date.parse(String(text));
    const wall = Date.parse(`${String(text).replace(" ", "T")}Z`);
    const instants = [4, 5].map((hours) => wall + hours * 3_600_000).filter((instant) => zone.toWall(instant) === wall);
    return reading === "earlier" ? Math.min(...instants) : Math.max(...instants);
  };
  const bounds: [number, number][] = [];
  const endpoint = serve(({ body }) => {
    const { startTime, endTime } = body.params as Record<string, unknown>;
    const [start, end] = [read(startTime), read(endTime)];
    bounds.push([start, end]);
    const found = starts.map((at, id) => ({ at, id })).filter(({ at }) => at >= start && at < end);
    const offset = (Number(body.current) - 1) * Number(body.size);
    const records = found
      .slice(offset, offset + Number(body.size))
      .map(({ at, id }) => ({ keyId: `${id}`, callStartTime: zone.print(at), callType: 3, hangupReason: 0 }));
    return { body: { status: 0, data: { total: found.length, records } } };
  });
  return { endpoint, bounds };
}

describe.each([
  ["earlier", "local"],
  ["later", "local"],
  ["earlier", "iso-8601"],
] as const)(
  "a range in a repeated hour, at a vendor that reads local times as the %s instants, with bounds in the format %s",
  (reading, timeFormat) => {
    it("is read without loss and without reversed windows, wherever it is split", async () => {
      const { endpoint, bounds } = openVendor(reading);
      const client = openClient({
        providers: [
          itniotech({
            apiKey: "key",
            apiSecret: "secret-of-itniotech",
            endpoint: await endpoint,
            rate,
            timeZone: zone.name,
            filtersOn: "start",
            timeFormat,
          }),
        ],
        clock: new ManualClock(),
      });
      const ids: string[] = [];
      for (let at = from; at < from + 360 * MINUTE; at += 25 * MINUTE) {
        const stream = client.records({
          from: new Date(at),
          to: new Date(Math.min(at + 25 * MINUTE, from + 360 * MINUTE)),
        });
        ids.push(...(await stream.toArray({ max: 100 })).map(({ id }) => id));
        expect(stream.report().accounts[0]).toMatchObject({ status: "complete", unsettled: [], gaps: [] });
      }
      expect(ids.map(Number).sort((one, other) => one - other)).toEqual(starts.map((_, id) => id));
      for (const [start, end] of bounds) expect(start).toBeLessThan(end);
    });
  },
);
