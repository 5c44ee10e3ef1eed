import { CallRecordsClient, type Clock, huaweiCec, itniotech, type Provider } from "call-records";
import { defineProvider } from "call-records/adapter";
import type { VendorEmulator } from "call-records/testing";
import { systemClock } from "../../../src/engine/account/system-clock.js";

/** Two vendors whose lists differ: Huawei's shows calls that go on, and changes them; Itniotech's shows them when they have ended. */
export const VENDORS = ["huawei-cec", "itniotech"] as const;

/** What a process needs to reach the vendors, at their time. */
export interface Vendors {
  endpoints: VendorEmulator["endpoints"];
  credentials: VendorEmulator["credentials"];
  now: number;
}

/** So short that there are many batches, between which a process can end. */
const WINDOW_SECONDS = 43_200;
const RATE = { requestsPerSecond: 1_000_000, concurrency: 4 };

/** Begins at an instant, and goes on as time does. */
export function clockFrom(instant: number): Clock {
  const began = performance.now();
  return { ...systemClock, now: () => Math.floor(instant + performance.now() - began) };
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
  if (records.window === null) throw new TypeError("This vendor's list is not asked for by time.");
  return defineProvider({
    ...provider,
    operations: {
      ...provider.operations,
      records: { ...records, window: { ...records.window, maxSeconds: WINDOW_SECONDS } },
    },
  });
}
