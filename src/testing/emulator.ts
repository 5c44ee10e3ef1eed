import type { BuiltInProvider } from "../index.js";
import { createVendors } from "./emulated-vendors.js";
import { environmentOf, type EmulatorCredentials } from "./credentials.js";
import type { FaultKind } from "./faults/fault-kinds.js";
import type { Injection } from "./faults/fault-plan.js";
import type { FaultyVendor } from "./faults/faulty-vendor.js";
import { startLoopbackServer, type LoopbackServer, type ReceivedRequest } from "./loopback-server.js";
import { emulatorSettings, type EmulatorOptions } from "./options.js";
import { readyProviders } from "./ready-providers.js";
import type { EmulatorTruth } from "./emulator-truth.js";
import type { VendorId } from "./vendor.js";

/** Three vendors on loopback ports. */
export interface VendorEmulator {
  /** Base URLs, `http://127.0.0.1:PORT`. Huawei's serves its token service too. */
  readonly endpoints: Readonly<Record<VendorId, string>>;
  /** The keys which it accepts. */
  readonly credentials: EmulatorCredentials;
  /** What a correct client must find. */
  readonly truth: EmulatorTruth;
  /** Every request received since the start or the last `forgetRequests()`, in order of arrival. */
  readonly requests: readonly ReceivedRequest[];
  /** Empties `requests`. */
  clearRequests(): void;
  /** The environment variables that point this library at the emulator. */
  environment(): Record<string, string>;
  /** This library's providers for the three vendors, as fast as the emulator allows. New ones on every call. */
  providers(): BuiltInProvider[];
  /** Makes every Huawei token given out so far invalid. */
  revokeTokens(): void;
  /** Makes this befall the next requests that it can befall: one of any vendor's, unless told otherwise. @throws RangeError for a kind that does not exist. */
  inject(kind: FaultKind, injection?: Injection): void;
  /** Stops the three servers and cuts what is connected to them. */
  close(): Promise<void>;
}

/**
 * Starts Tencent CCC, Huawei CEC and Itniotech on 127.0.0.1, as their documentation describes them: signatures, tokens, clocks, windows, pages, retention and
 * rate limits are enforced, and refusals are the vendors' own.
 * @throws RangeError for options that make no sense.
 */
export async function startVendorEmulator(options: EmulatorOptions = {}): Promise<VendorEmulator> {
  const settings = emulatorSettings(options);
  const { now, latencyMs } = settings;
  const { vendors, credentials, truth, plan } = createVendors(settings);
  const requests: ReceivedRequest[] = [];
  const servers: LoopbackServer[] = [];
  const start = async (vendor: FaultyVendor) => {
    const server = await startLoopbackServer(vendor, {
      latencyMs,
      now,
      onRequest: (request) => requests.push(request),
    });
    servers.push(server);
    return server.endpoint;
  };
  const close = async () => {
    await Promise.all(servers.map((server) => server.close()));
  };
  const startAll = async () => ({
    "tencent-ccc": await start(vendors["tencent-ccc"]),
    "huawei-cec": await start(vendors["huawei-cec"]),
    itniotech: await start(vendors.itniotech),
  });
  const endpoints = await startAll().catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    endpoints,
    credentials,
    truth,
    requests,
    clearRequests() {
      requests.length = 0;
    },
    environment: () => environmentOf(endpoints, credentials),
    providers: () => readyProviders(endpoints, credentials, settings),
    revokeTokens() {
      vendors["huawei-cec"].revokeTokens();
    },
    inject(kind, injection) {
      plan.inject(kind, injection);
    },
    close,
  };
}
