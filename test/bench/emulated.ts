import type { BuiltInProvider, huaweiCec, itniotech, tencentCcc } from "call-records";
import type { EmulatorCredentials, VendorEmulator } from "call-records/testing";

/** The addresses of the vendors of an emulator in another process, and the keys that they accept. */
export interface EmulatedVendors extends Pick<VendorEmulator, "endpoints" | "credentials"> {
  /** The keys of each account, by its label. */
  keys: ReadonlyMap<string, EmulatorCredentials[keyof EmulatorCredentials]>;
}

/** The library's factories, from the built package or from its sources. */
export interface Factories {
  tencentCcc: typeof tencentCcc;
  huaweiCec: typeof huaweiCec;
  itniotech: typeof itniotech;
}

/** A rate that has no effect, in requests per second. Providers require a finite rate. */
export const NO_LIMIT = 10_000;

/** Unlimited rates of the emulator, in requests per second. */
export const UNLIMITED = {
  "tencent-ccc": Number.POSITIVE_INFINITY,
  "huawei-cec": Number.POSITIVE_INFINITY,
  itniotech: Number.POSITIVE_INFINITY,
};

/** Returns providers of the three vendors without a rate limit. */
export function unpacedProviders(
  { endpoints, credentials }: Pick<EmulatedVendors, "endpoints" | "credentials">,
  factories: Factories,
): BuiltInProvider[] {
  const rate = { requestsPerSecond: NO_LIMIT };
  const { secretId, secretKey, sdkAppIds } = credentials["tencent-ccc"];
  return [
    factories.tencentCcc({ endpoint: endpoints["tencent-ccc"], secretId, secretKey, sdkAppIds: [...sdkAppIds], rate }),
    factories.huaweiCec({ endpoint: endpoints["huawei-cec"], ...credentials["huawei-cec"], rate }),
    factories.itniotech({ endpoint: endpoints.itniotech, ...credentials.itniotech, rate }),
  ];
}
