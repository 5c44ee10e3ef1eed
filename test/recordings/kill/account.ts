import { CallRecordsClient, huaweiCec, itniotech, type Provider, tencentCcc, type Transport } from "call-records";
import { clockFrom } from "../../sync/kill/account.js";
import type { Pass } from "./pass.js";

const RATE = { requestsPerSecond: 1_000_000, concurrency: 8 };

/** Returns a client of the three vendors. @param transport the default one if it is undefined. */
export function openClient(
  { endpoints, credentials, now }: Pick<Pass, "endpoints" | "credentials" | "now">,
  transport?: Transport,
): CallRecordsClient {
  return new CallRecordsClient<Provider>({
    providers: [
      tencentCcc({ ...credentials["tencent-ccc"], endpoint: endpoints["tencent-ccc"], rate: RATE }),
      huaweiCec({ ...credentials["huawei-cec"], endpoint: endpoints["huawei-cec"], rate: RATE, recordings: true }),
      itniotech({ ...credentials.itniotech, endpoint: endpoints.itniotech, rate: RATE }),
    ],
    clock: clockFrom(now),
    transport,
  });
}
