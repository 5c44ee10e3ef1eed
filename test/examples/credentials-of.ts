import type { VendorEmulator } from "call-records/testing";

const PROOFS = ["authorization", "sign", "token", "x-access-token", "x-tc-token"];

/** What no log and no trace may hold: the emulator's keys, and the tokens and signatures that it was shown. */
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
  const shown = requests.flatMap(({ headers }) => PROOFS.map((name) => headers[name]));
  return [...new Set([...keys, ...shown.filter((proof) => typeof proof === "string")])];
}
