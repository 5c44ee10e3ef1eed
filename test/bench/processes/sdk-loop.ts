import { CommonClient } from "tencentcloud-sdk-nodejs-common";
import { type CdrPage, servePlainLoop } from "../plain-loop.js";

/** Runs the loop with Tencent's official SDK. */
servePlainLoop(({ endpoint, secretId, secretKey }) => {
  const client = new CommonClient(new URL(endpoint).host, "2020-02-10", {
    credential: { secretId, secretKey },
    region: "",
    profile: { httpProfile: { protocol: "http://", reqTimeout: 30 } },
  });
  return (parameters) => client.request("DescribeTelCdr", parameters) as Promise<CdrPage>;
});
