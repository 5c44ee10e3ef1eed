import { createTestClock, startVendorEmulator, type VendorEmulator, type VendorId } from "call-records/testing";
import type { Capture } from "../../../src/capture/capture-format.js";
import { captureAccounts } from "../../../src/cli/doctor/capture-accounts.js";

/** The vendors whose captures are in this folder. */
export const CAPTURED_VENDORS = ["tencent-ccc", "huawei-cec", "itniotech"] as const;

/** Returns the file with the capture of a vendor. */
export function captureFileOf(vendor: VendorId): URL {
  return new URL(`${vendor}.json`, import.meta.url);
}

/** Starts the emulator from whose data the captures are made. Its clock stands still, so that they are the same each time. */
export async function startCapturedEmulator(
  vendor: VendorId,
  callsPerDay = 12,
): Promise<{
  emulator: VendorEmulator;
  capture: () => Promise<Capture>;
}> {
  const clock = createTestClock({ now: "2026-11-02T04:00:00Z" });
  const emulator = await startVendorEmulator({
    vendors: [vendor],
    clock,
    seed: 19,
    days: 3,
    callsPerDay,
    activeCalls: 2,
  });
  const { signal } = new AbortController();
  return {
    emulator,
    capture: () => captureAccounts(emulator.providers(), { now: clock.now(), clock, signal }),
  };
}
