import { type EmulatedVendors, UNLIMITED } from "../emulated.js";
import { atMost, type Measurement } from "../measurement.js";
import { median } from "../median.js";
import { run, start } from "../process.js";
import type { PageReading, PagesRead } from "../processes/reading.js";

const DAY = 86_400_000;

/** Measures the CPU time from the bytes of a response to its records, compared with parsing the same bytes as JSON. */
export async function reading(): Promise<Measurement[]> {
  const vendors = await start("vendors");
  const emulated = await vendors.run<EmulatedVendors>({
    days: 40,
    sdkAppIds: [1_400_000_000],
    requestsPerSecond: UNLIMITED,
  });
  const now = Date.now();
  const range = { from: new Date(now - 39 * DAY), to: new Date(now - 3 * DAY) };
  const measured: Measurement[] = [];
  for (const account of ["tencent-ccc", "huawei-cec", "itniotech"]) {
    const { rows, bytes, rounds } = await run<PagesRead>("reading", {
      vendors: emulated,
      account,
      range,
    } satisfies PageReading);
    const perRow = (ms: number) => `${((ms * 1000) / rows).toFixed(1)} µs`;
    const detail = `${perRow(median(rounds.map(({ readMs }) => readMs)))} and ${perRow(median(rounds.map(({ parseMs }) => parseMs)))} a row of ${Math.round(bytes / rows)} bytes`;
    measured.push(
      atMost(2, {
        goal: `CPU from bytes to records ÷ JSON.parse, ${account}`,
        value: median(rounds.map(({ readMs, parseMs }) => readMs / parseMs)),
        detail,
      }),
    );
  }
  vendors.stop();
  return measured;
}
