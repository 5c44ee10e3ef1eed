import { huaweiCec, itniotech, tencentCcc, type BuiltInProvider } from "../index.js";
import type { EmulatorCredentials } from "./credentials.js";
import type { EmulatorSettings } from "./options.js";
import type { VendorId } from "./vendor.js";

/** Providers require a finite rate. No client on one machine reaches this one. */
const NO_LIMIT = 10_000;

/** Returns providers for the emulated vendors, with the emulator's endpoints and rate limits. */
export function readyProviders(
  endpoints: Record<VendorId, string>,
  credentials: EmulatorCredentials,
  settings: EmulatorSettings,
): BuiltInProvider[] {
  const rate = (vendor: VendorId) => ({ requestsPerSecond: Math.min(settings.requestsPerSecond[vendor], NO_LIMIT) });
  const { timeZone } = settings;
  return [
    tencentCcc({
      endpoint: endpoints["tencent-ccc"],
      ...credentials["tencent-ccc"],
      rate: rate("tencent-ccc"),
      timeZone,
    }),
    huaweiCec({ endpoint: endpoints["huawei-cec"], ...credentials["huawei-cec"], rate: rate("huawei-cec"), timeZone }),
    itniotech({ endpoint: endpoints.itniotech, ...credentials.itniotech, rate: rate("itniotech"), timeZone }),
  ];
}
