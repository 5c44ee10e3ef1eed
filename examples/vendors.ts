/** Whom an example asks: the vendors whose credentials are in the environment; without any, three emulated ones on this machine. */
import { type BuiltInProvider, providersFromEnvironment } from "call-records";
import { type EmulatorOptions, startVendorEmulator } from "call-records/testing";

export interface Vendors {
  providers: BuiltInProvider[];
  close(): Promise<void>;
}

/** @param emulated the emulated vendors' options: default 35 days before now, with 150 calls of each on an average weekday. */
export async function openVendors(emulated: EmulatorOptions = {}): Promise<Vendors> {
  const providers = providersFromEnvironment();
  if (providers.length > 0) return { providers, close: () => Promise.resolve() };
  // Standard output is for what an example answers.
  console.error("No credentials in the environment: asking three emulated vendors on this machine.");
  const requestsPerSecond = { "tencent-ccc": 100, "huawei-cec": 100, itniotech: 100 };
  const emulator = await startVendorEmulator({ days: 35, callsPerDay: 150, requestsPerSecond, ...emulated });
  return { providers: emulator.providers(), close: () => emulator.close() };
}
