import type { EmulatorOptions } from "call-records/testing";
import { type EmulatedVendors, UNLIMITED } from "../emulated.js";
import { atMost, type Measurement } from "../measurement.js";
import { median } from "../median.js";
import { run, start } from "../process.js";
import type { FirstRecordReading, FirstRecordWaits } from "../processes/first-record.js";

const LATENCY_MS = 100;
const ROUNDS = 8;
const DAY = 86_400_000;

/** Measures the round trips until the first record of an account that was read before. */
export async function firstRecord(): Promise<Measurement[]> {
  const vendors = await start("vendors");
  const options: EmulatorOptions = { latencyMs: LATENCY_MS, requestsPerSecond: UNLIMITED };
  const emulated = await vendors.run<EmulatedVendors>(options);
  const now = Date.now();
  const reading: FirstRecordReading = {
    vendors: emulated,
    range: { from: new Date(now - 4 * DAY), to: new Date(now) },
    rounds: ROUNDS,
  };
  const waits = await run<FirstRecordWaits>("first-record", reading);
  vendors.stop();
  return Object.entries(waits).map(([account, ms]) =>
    atMost(1.5, {
      goal: `first record of ${account}, ${LATENCY_MS} ms away, in round trips`,
      value: median(ms) / LATENCY_MS,
      detail: `most ${(Math.max(...ms) / LATENCY_MS).toFixed(2)}`,
    }),
  );
}
