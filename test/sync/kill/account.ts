import { CallRecordsClient, type Clock, huaweiCec, itniotech, type Provider } from "call-records";
import { defineProvider } from "call-records/adapter";
import type { VendorEmulator } from "call-records/testing";
import { systemClock } from "../../../src/engine/account/system-clock.js";

/** Two vendors whose lists differ: Huawei lists active calls and changes them later, while Itniotech lists a call when it has ended. */
export const VENDORS = ["huawei-cec", "itniotech"] as const;

/** The endpoints, credentials and current time with which a process connects to the vendors. */
export interface Vendors {
  endpoints: VendorEmulator["endpoints"];
  credentials: VendorEmulator["credentials"];
  now: number;
}

/** The window length. Short windows result in many batches, between which a process can be killed. */
const WINDOW_SECONDS = 43_200;
const RATE = { requestsPerSecond: 1_000_000, concurrency: 4 };

/** Returns a clock that starts at an instant and advances in real time. */
export function clockFrom(instant: number): Clock {
  const startedAt = performance.now();
  return { ...systemClock, now: () => Math.floor(instant + performance.now() - startedAt) };
}

export function openClient({ endpoints, credentials, now }: Vendors): CallRecordsClient {
  const providers = [
    huaweiCec({ ...credentials["huawei-cec"], endpoint: endpoints["huawei-cec"], rate: RATE }),
    itniotech({ ...credentials.itniotech, endpoint: endpoints.itniotech, rate: RATE }),
  ];
  return new CallRecordsClient<Provider>({ providers: providers.map(inShortWindows), clock: clockFrom(now) });
}

function inShortWindows(provider: Provider): Provider {
  const { records } = provider.operations;
  if (records.window === null) throw new TypeError("This vendor's list has no time window.");
  return defineProvider({
    ...provider,
    operations: {
      ...provider.operations,
      records: { ...records, window: { ...records.window, maxSeconds: WINDOW_SECONDS } },
    },
  });
}
