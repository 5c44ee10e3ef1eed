/** The vendors of an example: those whose credentials are in the environment; without any, three emulated vendors on this machine. */
import { type BuiltInProvider, ConfigurationError, providersFromEnvironment } from "call-records";
import { type EmulatorOptions, startVendorEmulator } from "call-records/testing";

export interface Vendors {
  providers: BuiltInProvider[];
  close(): Promise<void>;
}

/**
 * Returns the providers. An incomplete set of credentials ends the process with a message that names the missing variables.
 * @param emulated the options of the emulated vendors: default the last 35 days, with 150 calls of each vendor on an average weekday.
 */
export async function openVendors(emulated: EmulatorOptions = {}): Promise<Vendors> {
  if (isConfigured()) return { providers: configuredProviders(), close: () => Promise.resolve() };
  // Standard output is for the result of an example.
  console.error("No credentials in the environment: using three emulated vendors on this machine.");
  // A higher rate than the real vendors allow, so that an example is fast.
  const requestsPerSecond = { "tencent-ccc": 100, "huawei-cec": 100, itniotech: 100 };
  const emulator = await startVendorEmulator({ days: 35, callsPerDay: 150, requestsPerSecond, ...emulated });
  return { providers: emulator.providers(), close: () => emulator.close() };
}

/** Whether a variable of any vendor is set. */
function isConfigured(): boolean {
  return Object.entries(process.env).some(
    ([name, value]) => /^(?:TENCENTCLOUD_SECRET|TENCENT_CCC|HUAWEI_CEC|ITNIOTECH)_/.test(name) && value?.trim() !== "",
  );
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
