import type { HuaweiKeys } from "./huawei-cec/service.js";
import type { ItniotechKeys } from "./itniotech/service.js";
import type { TencentKeys } from "./tencent-ccc/gateway.js";
import type { VendorId } from "./vendor.js";

/** What Tencent's provider needs. */
export interface TencentCredentials extends TencentKeys {
  /** The applications that the keys may read. */
  sdkAppIds: readonly number[];
}

/** The keys that the emulator accepts, as the factories take them: `huaweiCec({ ...credentials["huawei-cec"], endpoint })`. They open nothing else. */
export interface EmulatorCredentials {
  /** Tencent's, with its applications. */
  "tencent-ccc": TencentCredentials;
  /** Huawei's, for the token service. */
  "huawei-cec": HuaweiKeys;
  /** Itniotech's: those of the vendor's page. */
  itniotech: ItniotechKeys;
}

/** Itniotech's are the ones of the vendor's page, so that its documented signature can be tried: `Timestamp` 1630468800. */
export function emulatorCredentials(sdkAppIds: readonly number[], tencentToken: string | null): EmulatorCredentials {
  return {
    "tencent-ccc": {
      secretId: "AKIDemulatorsecretid0000000000000000",
      secretKey: "emulator-tencent-secret-key-3f9c",
      sdkAppIds,
      ...(tencentToken === null ? {} : { token: tencentToken }),
    },
    "huawei-cec": { appKey: "9emulatorappkey00000000000000003", appSecret: "emulator-huawei-app-secret-7b21" },
    itniotech: { apiKey: "bDqJFiq9", apiSecret: "7bz1lzh9" },
  };
}

/** The variables that `providersFromEnvironment` reads. */
export function environmentOf(
  endpoints: Record<VendorId, string>,
  credentials: EmulatorCredentials,
): Record<string, string> {
  const { "tencent-ccc": tencent, "huawei-cec": huawei, itniotech } = credentials;
  return {
    TENCENTCLOUD_SECRET_ID: tencent.secretId,
    TENCENTCLOUD_SECRET_KEY: tencent.secretKey,
    ...(tencent.token === undefined ? {} : { TENCENTCLOUD_TOKEN: tencent.token }),
    TENCENT_CCC_SDK_APP_IDS: tencent.sdkAppIds.join(","),
    TENCENT_CCC_ENDPOINT: endpoints["tencent-ccc"],
    HUAWEI_CEC_APP_KEY: huawei.appKey,
    HUAWEI_CEC_APP_SECRET: huawei.appSecret,
    HUAWEI_CEC_ENDPOINT: endpoints["huawei-cec"],
    ITNIOTECH_API_KEY: itniotech.apiKey,
    ITNIOTECH_API_SECRET: itniotech.apiSecret,
    ITNIOTECH_ENDPOINT: endpoints.itniotech,
  };
}
