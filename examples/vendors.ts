/** Whom an example asks: the vendors whose credentials are in the environment; without any, three emulated ones on this machine. */
import { type BuiltInProvider, ConfigurationError, providersFromEnvironment } from "call-records";
import { type EmulatorOptions, startVendorEmulator } from "call-records/testing";

export interface Vendors {
  providers: BuiltInProvider[];
  close(): Promise<void>;
}

/**
 * Half a set of credentials ends the process, and names what is missing.
 * @param emulated the emulated vendors' options: default 35 days before now, with 150 calls of each on an average weekday.
 */
export async function openVendors(emulated: EmulatorOptions = {}): Promise<Vendors> {
  const providers = configuredProviders();
  if (providers.length > 0) return { providers, close: () => Promise.resolve() };
  // Standard output is for what an example answers.
  console.error("No credentials in the environment: asking three emulated vendors on this machine.");
  // Brisker than the real ones, so that an example is short.
  const requestsPerSecond = { "tencent-ccc": 100, "huawei-cec": 100, itniotech: 100 };
  const emulator = await startVendorEmulator({ days: 35, callsPerDay: 150, requestsPerSecond, ...emulated });
  return { providers: emulator.providers(), close: () => emulator.close() };
}

function configuredProviders(): BuiltInProvider[] {
  try {
    return providersFromEnvironment();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    console.error(error.message);
    process.exit(2);
  }
}
