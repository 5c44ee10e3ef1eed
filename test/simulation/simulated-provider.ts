import { type CommonOptions, huaweiCec, itniotech, type Provider, tencentCcc } from "../../src/index.js";
import type { Page, WindowRule } from "../../src/adapter.js";
import type { EmulatorCredentials } from "../../src/testing/vendors.js";
import type { VendorId } from "../../src/testing/index.js";
import { HOSTS } from "./virtual-stage.js";

/** The difference between the clocks that a vendor accepts, so that the client does not correct it. */
export const ACCEPTED_DIFFERENCE_MS: Record<VendorId, number> = {
  "tencent-ccc": 301_000,
  "huawei-cec": Number.POSITIVE_INFINITY,
  itniotech: 1_801_000,
};

export const SDK_APP_IDS = [1_400_000_000, 1_400_000_001];

/** Options that only some vendors have. */
interface VendorOptions {
  /** Whether Itniotech's bounds are sent with their offset. */
  sendsOffsets?: boolean;
  /** Tencent's applications. */
  applications?: number[];
}

/** Returns the provider of a simulated vendor. */
export function simulatedProvider(
  vendor: VendorId,
  options: CommonOptions,
  credentials: EmulatorCredentials,
  { sendsOffsets = false, applications = SDK_APP_IDS }: VendorOptions = {},
): Provider {
  const common = { endpoint: `https://${HOSTS[vendor]}`, ...options };
  switch (vendor) {
    case "tencent-ccc": {
      const { secretId, secretKey } = credentials[vendor];
      return tencentCcc({ ...common, secretId, secretKey, sdkAppIds: applications });
    }
    case "huawei-cec":
      return huaweiCec({ ...common, ...credentials[vendor] });
    case "itniotech":
      return itniotech({ ...common, ...credentials[vendor], timeFormat: sendsOffsets ? "iso-8601" : "local" });
  }
}

/** Limits that are narrower than the provider declares, or otherwise different. */
export interface Narrowing {
  pageSize: number;
  windowSeconds: number;
  window?: Partial<WindowRule>;
  /** Whether the list has a total. */
  totals?: boolean;
  /** The declared maximum number of rows of one search; null if no cap is declared. */
  maxRows?: number | null;
}

/** Returns the provider with smaller pages and shorter windows than its vendor allows. */
export function narrowed(
  provider: Provider,
  { pageSize, windowSeconds, window: different = {}, totals = true, maxRows = null }: Narrowing,
): Provider {
  const { records } = provider.operations;
  const { window, paging, responseSchema } = records;
  if (window === null || paging.style === "none") throw new TypeError("A history has windows and pages.");
  const narrow: typeof records = {
    ...records,
    window: { ...window, maxSeconds: Math.min(window.maxSeconds, windowSeconds), ...different },
    paging: {
      ...paging,
      size: Math.min(paging.size, pageSize),
      total: totals,
      ...(maxRows === null ? {} : { maxRows }),
    },
    responseSchema: totals ? responseSchema : responseSchema.transform((page): Page => ({ ...page, total: null })),
  };
  return { ...provider, operations: { ...provider.operations, records: narrow } };
}
