import type { HuaweiKeys } from "./huawei-cec/service.js";
import type { ItniotechKeys } from "./itniotech/service.js";
import type { TencentKeys } from "./tencent-ccc/gateway.js";
import type { VendorId } from "./vendor.js";

/** The credentials of Tencent's provider. */
export interface TencentCredentials extends TencentKeys {
  /** The applications that the keys may read. */
  sdkAppIds: readonly number[];
}

/** The keys that the emulator accepts, in the form that the factories accept: `huaweiCec({ ...credentials["huawei-cec"], endpoint })`. They are not valid anywhere else. */
export interface EmulatorCredentials {
  /** Tencent's keys and applications. */
  "tencent-ccc": TencentCredentials;
  /** Huawei's keys for the token service. */
  "huawei-cec": HuaweiKeys;
  /** Itniotech's keys, which are those on the vendor's documentation page. */
  itniotech: ItniotechKeys;
}

/** Returns the keys. Itniotech's are the ones on the vendor's page, so that a test can verify its documented signature (`Timestamp` 1630468800). */
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

/** Returns the variables that `providersFromEnvironment` reads. */
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
