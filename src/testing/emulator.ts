import type { BuiltInProvider } from "../index.js";
import { createVendors } from "./emulated-vendors.js";
import type { FaultKind } from "./faults/fault-kinds.js";
import type { Injection } from "./faults/fault-plan.js";
import type { FaultyVendor } from "./faults/faulty-vendor.js";
import { startLoopbackServer, type LoopbackServer, type ReceivedRequest } from "./loopback-server.js";
import { emulatorSettings, type EmulatorOptions } from "./options.js";
import { type EmulatorCredentials, type EmulatorTruth, forEachVendor, VENDOR_IDS, type VendorId } from "./vendors.js";

/** Providers require a finite rate. No client on one machine reaches this one. */
const UNLIMITED = 10_000;

/** The emulated vendors on loopback ports. */
export interface VendorEmulator {
  /** Base URLs, `http://127.0.0.1:PORT`. Huawei's also serves the token service. */
  readonly endpoints: Readonly<Record<VendorId, string>>;
  /** The keys that it accepts. */
  readonly credentials: EmulatorCredentials;
  /** The calls that a correct client must find. */
  readonly truth: EmulatorTruth;
  /** Every request received since the start or the last `clearRequests()`, in order of arrival. */
  readonly requests: readonly ReceivedRequest[];
  /** Empties `requests`. */
  clearRequests(): void;
  /** Returns the environment variables with which `providersFromEnvironment` uses the emulator. */
  environment(): Record<string, string>;
  /** Returns new providers for the emulated vendors, with the emulator's rate limits. */
  providers(): BuiltInProvider[];
  /** Invalidates every Huawei token issued so far. */
  revokeTokens(): void;
  /** Applies a fault to the next applicable request of any vendor; `injection` selects other requests. @throws RangeError for a kind that does not exist. */
  inject(kind: FaultKind, injection?: Injection): void;
  /** Stops the servers and closes their connections. Closing it again has no effect. */
  close(): Promise<void>;
  /** Closes the emulator, as `close` does, at the end of the block that declares it with `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts Tencent CCC, Huawei CEC and Itniotech on 127.0.0.1, as their documentation describes them. They enforce signatures, tokens, clocks, windows, pages, retention and rate limits, and refuse requests with the vendors' own codes.
 * @throws RangeError for options outside of their range.
 */
export async function startVendorEmulator(options: EmulatorOptions = {}): Promise<VendorEmulator> {
  const settings = emulatorSettings(options);
  const { now, latencyMs } = settings;
  const { vendors, setups, credentials, truth, plan } = createVendors(settings);
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
  const startAll = async () => {
    const started = await Promise.all(VENDOR_IDS.map((id) => start(vendors[id])));
    return forEachVendor<Record<VendorId, string>>((_, index) => started[index] ?? "");
  };
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
    environment: () =>
      Object.assign({}, ...VENDOR_IDS.map((id) => setups[id].environment(endpoints[id]))) as Record<string, string>,
    providers: () =>
      VENDOR_IDS.map((id) =>
        setups[id].provider({
          endpoint: endpoints[id],
          rate: { requestsPerSecond: Math.min(settings.requestsPerSecond[id], UNLIMITED) },
          timeZone: settings.timeZone,
        }),
      ),
    revokeTokens() {
      for (const id of VENDOR_IDS) vendors[id].revokeTokens();
    },
    inject(kind, injection) {
      plan.inject(kind, injection);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
