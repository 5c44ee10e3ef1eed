import { tencentCcc } from "../../src/index.js";

/** Tencent's signer is loaded on first use, which takes real time: in a simulation nothing may. */
export const signerLoaded = Promise.resolve(
  tencentCcc({ secretId: "id", secretKey: "key", sdkAppIds: [1] }).auth?.authorize(
    { method: "POST", url: "https://tencent.test/", headers: {}, body: "{}" },
    { now: new Date(0), token: null },
  ),
);
