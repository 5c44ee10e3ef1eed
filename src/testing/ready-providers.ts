import { huaweiCec, itniotech, tencentCcc, type BuiltInProvider } from "../index.js";
import type { EmulatorCredentials } from "./credentials.js";
import type { EmulatorSettings } from "./options.js";
import type { VendorId } from "./vendor.js";

/** Providers want a finite pace; no client sends this many on one machine. */
const NO_LIMIT = 10_000;

/** This library's own providers for the three vendors, pointed at the emulator and as fast as it allows. */
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
