import { tencentCcc } from "../../src/index.js";

/** Resolves when Tencent's signer is loaded. Loading takes real time, which must not pass during a simulation. */
export const signerLoaded = Promise.resolve(
  tencentCcc({ secretId: "id", secretKey: "key", sdkAppIds: [1] }).auth?.authorize(
    { method: "POST", url: "https://tencent.test/", headers: {}, body: "{}" },
    { now: new Date(0), token: null },
  ),
);
