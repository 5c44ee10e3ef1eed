import { type CommonOptions, huaweiCec, itniotech, type Provider, tencentCcc } from "../../src/index.js";
import type { EmulatorCredentials } from "../../src/testing/credentials.js";
import type { VendorId } from "../../src/testing/index.js";
import { HOSTS } from "./virtual-stage.js";

export const SDK_APP_IDS = [1_400_000_000, 1_400_000_001];

/** The provider of a simulated vendor. */
export function simulatedProvider(vendor: VendorId, options: CommonOptions, credentials: EmulatorCredentials): Provider {
  const common = { endpoint: `https://${HOSTS[vendor]}`, ...options };
  switch (vendor) {
    case "tencent-ccc": {
      const { secretId, secretKey } = credentials[vendor];
      return tencentCcc({ ...common, secretId, secretKey, sdkAppIds: SDK_APP_IDS });
    }
    case "huawei-cec":
      return huaweiCec({ ...common, ...credentials[vendor] });
    case "itniotech":
      return itniotech({ ...common, ...credentials[vendor] });
  }
}

/** The provider with smaller pages and shorter windows than its vendor allows. */
export function narrowed(provider: Provider, pageSize: number, windowSeconds: number): Provider {
  const { records } = provider.operations;
  const { window, paging } = records;
  if (window === null || paging.style === "none") throw new TypeError("A history has windows and pages.");
  const narrow = { ...records, window: { ...window, maxSeconds: Math.min(window.maxSeconds, windowSeconds) }, paging: { ...paging, size: Math.min(paging.size, pageSize) } };
  return { ...provider, operations: { ...provider.operations, records: narrow } };
}
