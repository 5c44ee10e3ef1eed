import type { BuiltInProvider } from "../index.js";
import { planCalls } from "./company.js";
import { emulatorCredentials, environmentOf, type EmulatorCredentials } from "./credentials.js";
import { WallClock } from "./data/wall-clock.js";
import { HuaweiService } from "./huawei-cec/service.js";
import { ItniotechService } from "./itniotech/service.js";
import { startLoopbackServer, type LoopbackServer, type ReceivedRequest } from "./loopback-server.js";
import { settle, type EmulatorOptions } from "./options.js";
import { readyProviders } from "./ready-providers.js";
import { TencentRecords } from "./tencent-ccc/actions.js";
import { TencentGateway } from "./tencent-ccc/gateway.js";
import { tellTruth, type EmulatorTruth } from "./vendor-truth.js";
import type { Vendor, VendorId } from "./vendor.js";

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
  forgetRequests(): void;
  /** The environment variables that point this library at the emulator. */
  environment(): Record<string, string>;
  /** This library's providers for the three vendors, as fast as the emulator allows. New ones on every call. */
  providers(): BuiltInProvider[];
  /** Makes every Huawei token given out so far invalid. */
  revokeTokens(): void;
  /** Stops the three servers and cuts what is connected to them. */
  close(): Promise<void>;
}

/**
 * Starts Tencent CCC, Huawei CEC and Itniotech on 127.0.0.1, as their documentation describes them: signatures, tokens, clocks, windows, pages, retention and
 * rate limits are enforced, and refusals are the vendors' own.
 * @throws RangeError for options that make no sense.
 */
export async function startVendorEmulator(options: EmulatorOptions = {}): Promise<VendorEmulator> {
  const settings = settle(options);
  const { now, filterTime, windowEdges, order, requestsPerSecond, latencyMs } = settings;
  const wallClock = new WallClock(settings.timeZone);
  const credentials = emulatorCredentials(settings.sdkAppIds, settings.tencentToken);
  const planned = planCalls(settings, wallClock);
  const rules = { filterTime, windowEdges, order };
  const records = new TencentRecords(planned["tencent-ccc"], settings.sdkAppIds, rules, wallClock, now);
  const tencent = new TencentGateway(records, { keys: credentials["tencent-ccc"], now, requestsPerSecond: requestsPerSecond["tencent-ccc"] });
  const huawei = new HuaweiService(planned["huawei-cec"], rules, {
    keys: credentials["huawei-cec"],
    now,
    requestsPerSecond: requestsPerSecond["huawei-cec"],
    tokenTtlSeconds: settings.tokenTtlSeconds,
  });
  const itniotech = new ItniotechService(planned.itniotech, rules, {
    keys: credentials.itniotech,
    now,
    requestsPerSecond: requestsPerSecond.itniotech,
    wallClock,
  });
  const requests: ReceivedRequest[] = [];
  const servers: LoopbackServer[] = [];
  const start = async (vendor: Vendor) => {
    const server = await startLoopbackServer(vendor, { latencyMs, now, onRequest: (request) => requests.push(request) });
    servers.push(server);
    return server.endpoint;
  };
  const close = async () => {
    await Promise.all(servers.map((server) => server.close()));
  };
  const startAll = async () => ({ "tencent-ccc": await start(tencent), "huawei-cec": await start(huawei), itniotech: await start(itniotech) });
  const endpoints = await startAll().catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    endpoints,
    credentials,
    truth: tellTruth(planned, records, wallClock, now),
    requests,
    forgetRequests() {
      requests.length = 0;
    },
    environment: () => environmentOf(endpoints, credentials),
    providers: () => readyProviders(endpoints, credentials, settings),
    revokeTokens() {
      huawei.revokeTokens();
    },
    close,
  };
}
