import {
  type BuiltInProvider,
  type CallRecord,
  CallRecordsClient,
  type ClientEvent,
  type ClientOptions,
} from "call-records";
import type { VendorEmulator, VendorId } from "call-records/testing";
import { afterEach, beforeEach, onTestFinished, vi } from "vitest";
import { huaweiAt, itniotechAt, ManualClock, tencentAt } from "../client/stage.js";
import { RANGE } from "./range.js";

export const VENDORS: VendorId[] = ["tencent-ccc", "huawei-cec", "itniotech"];
export const ENDPOINT = "https://vendor.test";

const PROXY_VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"];

/** Removes the proxy variables before each test, and restores the environment after it. */
export function isolateEnvironment(): void {
  beforeEach(() => {
    for (const name of PROXY_VARIABLES.flatMap((upper) => [upper, upper.toLowerCase()])) vi.stubEnv(name, undefined);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });
}

const providerAt = {
  "tencent-ccc": (emulator: VendorEmulator, endpoint: string) => tencentAt(emulator, { endpoint }),
  "huawei-cec": (emulator: VendorEmulator, endpoint: string) => huaweiAt(emulator, { endpoint }),
  itniotech: (emulator: VendorEmulator, endpoint: string) => itniotechAt(emulator, { endpoint }),
} satisfies Record<VendorId, (emulator: VendorEmulator, endpoint: string) => BuiltInProvider>;

/**
 * Returns a client of one vendor, at `vendor.test` by default, which is closed with the test. The client does not retry,
 * because the tests check the first response.
 */
export function openClientOf(
  vendor: VendorId,
  emulator: VendorEmulator,
  options: Partial<ClientOptions<BuiltInProvider>> = {},
  endpoint = ENDPOINT,
) {
  const events: ClientEvent[] = [];
  const client = new CallRecordsClient<BuiltInProvider>({
    providers: [providerAt[vendor](emulator, endpoint)],
    clock: new ManualClock(),
    retry: { attempts: 1 },
    onEvent: (event) => events.push(event),
    ...options,
  });
  onTestFinished(() => client.close());
  const read = (): Promise<CallRecord[]> => client.records(RANGE).toArray({ max: 10_000 });
  return { client, events, read };
}

/** Waits until the condition holds. Sockets close asynchronously. */
export async function until(condition: () => boolean): Promise<void> {
  await vi.waitFor(() => {
    if (!condition()) throw new Error("The condition does not hold.");
  }, 5000);
}
