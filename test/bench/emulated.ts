import type { BuiltInProvider, huaweiCec, itniotech, tencentCcc } from "call-records";
import type { VendorEmulator } from "call-records/testing";

/** Where the vendors of an emulator in another process are, and the keys which they accept. */
export type EmulatedVendors = Pick<VendorEmulator, "endpoints" | "credentials">;

/** The library's factories: of the built package, or of its sources. */
export interface Factories {
  tencentCcc: typeof tencentCcc;
  huaweiCec: typeof huaweiCec;
  itniotech: typeof itniotech;
}

/** No pace at all, in requests a second: providers want a finite one. */
export const NO_LIMIT = 10_000;

/** The emulator's own rates, of which none is kept: requests a second. */
export const UNLIMITED = {
  "tencent-ccc": Number.POSITIVE_INFINITY,
  "huawei-cec": Number.POSITIVE_INFINITY,
  itniotech: Number.POSITIVE_INFINITY,
};

/** Providers of the three vendors, without a pace of their own. */
export function unpacedProviders({ endpoints, credentials }: EmulatedVendors, factories: Factories): BuiltInProvider[] {
  const rate = { requestsPerSecond: NO_LIMIT };
  const { secretId, secretKey, sdkAppIds } = credentials["tencent-ccc"];
  return [
    factories.tencentCcc({ endpoint: endpoints["tencent-ccc"], secretId, secretKey, sdkAppIds: [...sdkAppIds], rate }),
    factories.huaweiCec({ endpoint: endpoints["huawei-cec"], ...credentials["huawei-cec"], rate }),
    factories.itniotech({ endpoint: endpoints.itniotech, ...credentials.itniotech, rate }),
  ];
}
