import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { bodyOf, DAY, IN_TURN, NOW, openStage, SECOND } from "./stage.js";
import { factsOf, truthOf, within } from "./truth.js";

const accounts = ["itniotech"];
const from = new Date("2026-07-01T00:00:00Z");
const to = new Date("2026-11-01T00:00:00Z");
const shanghai = (instant: number) => new Date(instant + 8 * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
/** Returns the window of a request, as the vendor writes its bounds. */
const windowOf = (body: Record<string, unknown>) => body.params as { startTime: string; endTime: string };

describe("Itniotech's history, /v3/cc/record/query", () => {
  it("is requested with a signature of key, secret and time, and with times in the format of the vendor's sample", async () => {
    const { emulator, client } = await openStage({
      emulator: { days: 130, callsPerDay: 3 },
      itniotech: { rate: IN_TURN },
    });
    await client.records({ from, to, accounts }).toArray({ max: 10_000 });

    const [first] = emulator.requests;
    const timestamp = String(NOW / SECOND);
    expect(first).toMatchObject({
      vendor: "itniotech",
      method: "POST",
      path: "/v3/cc/record/query",
      query: "",
      status: 200,
      refusal: null,
    });
    expect(first?.headers).toMatchObject({
      "content-type": "application/json;charset=UTF-8",
      "api-key": "bDqJFiq9",
      timestamp,
      sign: createHash("md5").update(`bDqJFiq97bz1lzh9${timestamp}`).digest("hex"),
    });
    const start = from.getTime() - 12 * 3600 * SECOND - SECOND;
    expect(first?.body).toEqual({
      current: 1,
      size: 100,
      params: { startTime: shanghai(start), endTime: shanghai(start + 93 * DAY) },
    });
  });

  it("is requested with the signature of the vendor's example", async () => {
    const { emulator, client, clock } = await openStage({
      emulator: { days: 1, callsPerDay: 0, now: () => 1_630_468_800_000 },
    });
    clock.advance(1_630_468_800_000 - NOW);
    await client.records({ from: "2021-08-31T00:00:00Z", to: "2021-08-31T12:00:00Z", accounts }).toArray({ max: 1 });
    expect(emulator.requests[0]?.headers).toMatchObject({
      timestamp: "1630468800",
      sign: "05d7a50893e22a5c4bb3216ae3396c7c",
    });
  });

  it("can be requested with times in the format of the vendor's table", async () => {
    const { emulator, client } = await openStage({
      emulator: { days: 5, callsPerDay: 3 },
      itniotech: { timeFormat: "iso-8601" },
    });
    const range = { from: new Date(NOW - 4 * DAY), to: new Date(NOW - 3 * DAY) };
    const records = await client.records({ ...range, accounts }).toArray({ max: 1000 });
    expect(bodyOf(emulator.requests[0]).params).toEqual({
      startTime: "2026-11-15T23:59:59+08:00",
      endTime: "2026-11-18T00:00:00+08:00",
    });
    expect(factsOf(records)).toEqual(truthOf(within(emulator.truth.itniotech.calls, range.from, range.to)));
  });

  it("is read in windows of 93 days that overlap by a second, oldest first", async () => {
    const { emulator, client } = await openStage({
      emulator: { days: 130, callsPerDay: 3 },
      itniotech: { rate: IN_TURN },
    });
    await client.records({ from, to, accounts }).toArray({ max: 10_000 });

    const windows = emulator.requests
      .map(bodyOf)
      .filter(({ current }) => current === 1)
      .map(windowOf);
    const start = from.getTime() - 12 * 3600 * SECOND - SECOND;
    const middle = start + 93 * DAY;
    expect(windows).toEqual([
      { startTime: shanghai(start), endTime: shanghai(middle) },
      { startTime: shanghai(middle - SECOND), endTime: shanghai(to.getTime() + 12 * 3600 * SECOND) },
    ]);
  });

  it("is read in pages of 100, each once, from 1 to the last page of the total", async () => {
    const { emulator, client } = await openStage({
      emulator: { days: 150, callsPerDay: 20 },
      itniotech: { rate: IN_TURN },
    });
    const records = await client.records({ from, to, accounts }).toArray({ max: 10_000 });

    const bodies = emulator.requests.map(bodyOf);
    for (const { startTime, endTime } of bodies.filter(({ current }) => current === 1).map(windowOf)) {
      const [begin, end] = [startTime, endTime].map((text) => Date.parse(`${text.replace(" ", "T")}+08:00`));
      const inWindow = emulator.truth.itniotech.calls.filter(
        ({ startedAt }) => startedAt.getTime() >= (begin ?? 0) && startedAt.getTime() <= (end ?? 0),
      );
      const pages = bodies.filter((body) => windowOf(body).startTime === startTime).map(({ current }) => current);
      expect(pages).toEqual(Array.from({ length: Math.ceil(inWindow.length / 100) }, (_, page) => page + 1));
    }
    expect(new Set(bodies.map(({ size }) => size))).toEqual(new Set([100]));
    expect(factsOf(records)).toEqual(truthOf(within(emulator.truth.itniotech.calls, from, to)));
    expect(records.length).toBeGreaterThan(1000);
  });

  it("is read with one request first, and then with up to four concurrent ones", { tags: ["slow"] }, async () => {
    const inFlight: number[] = [];
    let completed = 0;
    const stage = await openStage({
      emulator: { days: 130, callsPerDay: 20, latencyMs: 10 },
      client: {
        onEvent: (event) => {
          if (event.type !== "request") return;
          inFlight.push(stage.emulator.requests.length - completed);
          completed += 1;
        },
      },
    });
    await stage.client.records({ from, to, accounts }).toArray({ max: 10_000 });
    expect(inFlight[0]).toBe(1);
    expect(Math.max(...inFlight)).toBe(4);
  });
});
