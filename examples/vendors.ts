/** Whom an example asks: the vendors whose credentials are in the environment; without any, three emulated ones on this machine. */
import { type BuiltInProvider, providersFromEnvironment } from "call-records";
import { startVendorEmulator } from "call-records/testing";

export interface Vendors {
  providers: BuiltInProvider[];
  close(): Promise<void>;
}

/** @param history of the emulated vendors: days before now, and calls of each vendor on an average weekday. */
export async function openVendors(history: { days: number; callsPerDay: number } = { days: 35, callsPerDay: 150 }): Promise<Vendors> {
  const providers = providersFromEnvironment();
  if (providers.length > 0) return { providers, close: () => Promise.resolve() };
  // Standard output is for what an example answers.
  console.error("No credentials in the environment: asking three emulated vendors on this machine.");
  const emulator = await startVendorEmulator({ ...history, requestsPerSecond: { "tencent-ccc": 100, "huawei-cec": 100, itniotech: 100 } });
  return { providers: emulator.providers(), close: () => emulator.close() };
}
