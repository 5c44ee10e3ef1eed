import type { VendorEmulator } from "call-records/testing";

const AUTH_HEADERS = ["authorization", "sign", "token", "x-access-token", "x-tc-token"];

/** Returns the values that no log and no trace may contain: the emulator's keys, and the tokens and signatures that it received. */
export function credentialsOf({ credentials, requests }: VendorEmulator): string[] {
  const { "tencent-ccc": tencent, "huawei-cec": huawei, itniotech } = credentials;
  const keys = [
    tencent.secretId,
    tencent.secretKey,
    huawei.appKey,
    huawei.appSecret,
    itniotech.apiKey,
    itniotech.apiSecret,
  ];
  const received = requests.flatMap(({ headers }) => AUTH_HEADERS.map((name) => headers[name]));
  return [...new Set([...keys, ...received.filter((value) => typeof value === "string")])];
}
