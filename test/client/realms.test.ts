import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import fc from "fast-check";
import { AbortedError, callRecordSchema, RequestError } from "call-records";
import { systemClock } from "../../src/engine/account/system-clock.js";
import { noResponse } from "../../src/engine/http/connection-failure.js";
import { PolyfilledSignal } from "../engine/polyfilled-signal.js";
import { callRecords } from "../model/records.js";
import { daysAgo, itniotechAt, NOW, openClient, openEmulator, openStage, rejectionOf, thrownBy } from "./stage.js";

/** Returns a `Date` of another realm, as in Jest. */
function foreignDate(time: number): Date {
  return runInNewContext(`new Date(${time})`) as Date;
}

describe("a Date of another realm", () => {
  it("is accepted as an argument", async () => {
    const { client } = await openStage();
    const [from, to] = [foreignDate(NOW - 3_600_000), foreignDate(NOW)];
    expect(from).not.toBeInstanceOf(Date);
    expect(() => client.records({ from, to })).not.toThrow();
    expect(thrownBy(() => client.records({ from, to: foreignDate(Number.NaN) }))).toBeInstanceOf(RequestError);
  });

  it("is accepted in a record", () => {
    const [record] = fc.sample(callRecords, { numRuns: 1, seed: 1 });
    const startedAt = foreignDate(NOW);
    expect(callRecordSchema.parse({ ...record, startedAt }).startedAt.getTime()).toBe(NOW);
    expect(callRecordSchema.safeParse({ ...record, startedAt: foreignDate(Number.NaN) }).success).toBe(false);
    expect(callRecordSchema.safeParse({ ...record, startedAt: {} }).success).toBe(false);
  });
});

describe("an error of another realm", () => {
  it("is recognised by its code", () => {
    const refused: unknown = runInNewContext("Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })");
    expect(noResponse("vendor.example", refused)).toMatchObject({ vendorCode: "ECONNREFUSED" });
  });
});

describe("with the globals of jsdom", () => {
  beforeEach(() => {
    // Jest's jsdom has no `URL.canParse`.
    vi.stubGlobal("URL", Object.assign(class extends URL {}, { canParse: undefined }));
    vi.stubGlobal("setImmediate", undefined);
    vi.stubGlobal(
      "AbortController",
      class {
        readonly signal = new PolyfilledSignal();
        abort(): void {
          if (!this.signal.aborted) this.signal.abort();
        }
      },
    );
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it("a client reads calls, and rejects with errors of the library's classes", async () => {
    const emulator = await openEmulator({ days: 3 });
    const client = openClient({
      providers: [itniotechAt(emulator)],
      clock: { now: () => NOW, sleep: (ms, signal) => systemClock.sleep(ms, signal) },
    });
    expect(
      (await client.records({ from: daysAgo(2), to: new Date(NOW) }).toArray({ max: 1000 })).length,
    ).toBeGreaterThan(50);
    const stream = client.records({ from: daysAgo(2), to: new Date(NOW) });
    const reading = stream.toArray({ max: 1000 });
    await client.close();
    expect(await rejectionOf(reading)).toBeInstanceOf(AbortedError);
  });
});
