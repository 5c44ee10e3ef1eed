import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { EmulatorOptions } from "call-records/testing";
import { openEmulator } from "../client/stage.js";

const NOW = Date.UTC(2026, 10, 1);
const HOUR = 3_600_000;

interface Listed {
  status: number;
  data: { total: number; records: { keyId: number }[] } | null;
}

/** Itniotech with 25 calls in one day, oldest first, read by pages of ten. */
async function openItniotech(options: EmulatorOptions) {
  const calls = Array.from({ length: 25 }, (_, index) => ({
    id: String(index + 1),
    startedAt: new Date(NOW - (25 - index) * HOUR),
  }));
  const emulator = await openEmulator({
    now: () => NOW,
    days: 0,
    callsPerDay: 0,
    order: "ascending",
    calls: { itniotech: calls },
    ...options,
  });
  const { apiKey, apiSecret } = emulator.credentials.itniotech;
  const timestamp = String(NOW / 1000);
  const sign = createHash("md5")
    .update(apiKey + apiSecret + timestamp)
    .digest("hex");
  const text = (instant: number) => new Date(instant).toISOString().replace(".000", "");
  const page = async (current: number) => {
    const body = JSON.stringify({
      current,
      size: 10,
      params: { startTime: text(NOW - 30 * HOUR), endTime: text(NOW) },
    });
    const headers = {
      "Content-Type": "application/json;charset=UTF-8",
      "Api-Key": apiKey,
      Timestamp: timestamp,
      Sign: sign,
    };
    const response = await fetch(`${emulator.endpoints.itniotech}/v3/cc/record/query`, {
      method: "POST",
      headers,
      body,
    });
    const { status, data } = (await response.json()) as Listed;
    return { status, total: data?.total, ids: data?.records.map(({ keyId }) => keyId) };
  };
  return { emulator, page };
}

const sequence = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe("a search that returns only its first rows", () => {
  it.each([
    ["refused", { status: -21, total: undefined, ids: undefined }],
    ["empty", { status: 0, total: 15, ids: [] }],
    ["no-data", { status: 0, total: 0, ids: [] }],
    ["last-page", { status: 0, total: 15, ids: sequence(11, 15) }],
    ["served", { status: 0, total: 15, ids: sequence(21, 25) }],
  ] as const)("responds to the page after them: %s", async (beyond, expected) => {
    const { page } = await openItniotech({ searchCap: { itniotech: { rows: 15, total: "capped", beyond } } });
    expect(await page(1)).toEqual({ status: 0, total: 15, ids: sequence(1, 10) });
    expect(await page(2)).toEqual({ status: 0, total: 15, ids: sequence(11, beyond === "served" ? 20 : 15) });
    expect(await page(3)).toEqual(expected);
  });

  it("can report the total number of rows", async () => {
    const { page } = await openItniotech({ searchCap: { itniotech: { rows: 15, total: "true", beyond: "refused" } } });
    expect(await page(2)).toEqual({ status: 0, total: 25, ids: sequence(11, 15) });
  });
});

describe("a list of records", () => {
  it("omits rows that are older than the retention", async () => {
    const { page } = await openItniotech({ retentionSeconds: { itniotech: 5 * 3600 } });
    expect(await page(1)).toEqual({ status: 0, total: 5, ids: sequence(21, 25) });
  });

  it("never returns the missing page", async () => {
    const { page } = await openItniotech({ missingPage: { itniotech: { row: 10, as: "empty" } } });
    expect(await page(2)).toEqual({ status: 0, total: 25, ids: [] });
    expect(await page(2)).toEqual({ status: 0, total: 25, ids: [] });
    expect(await page(3)).toEqual({ status: 0, total: 25, ids: sequence(21, 25) });
  });

  it("reports once that it is empty, and then returns its rows", async () => {
    const { emulator, page } = await openItniotech({});
    emulator.inject("no-data", { vendor: "itniotech", after: 1 });
    expect(await page(1)).toMatchObject({ total: 25, ids: sequence(1, 10) });
    expect(await page(2)).toEqual({ status: 0, total: 0, ids: [] });
    expect(await page(2)).toMatchObject({ total: 25, ids: sequence(11, 20) });
  });
});
