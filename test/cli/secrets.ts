import type { VendorEmulator } from "call-records/testing";
import { expect } from "vitest";
import type { Outcome } from "../outcome.js";

/** Checks that no output contains a secret of the emulator. */
export function expectNoSecret({ credentials }: VendorEmulator, { stdout, stderr }: Outcome): void {
  const { "tencent-ccc": tencent, "huawei-cec": huawei, itniotech } = credentials;
  for (const secret of [tencent.secretId, tencent.secretKey, huawei.appSecret, itniotech.apiSecret]) {
    expect(stdout).not.toContain(secret);
    expect(stderr).not.toContain(secret);
  }
}
