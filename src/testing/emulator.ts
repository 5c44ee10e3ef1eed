import { performance } from "node:perf_hooks";
import { setTimeout as realTime } from "node:timers/promises";
import { type BuiltInProvider, CallRecordsClient, type ClientOptions, type Clock } from "../index.js";
import { type AccountEmulation, createVendors } from "./emulated-vendors.js";
import type { EmulatorOptions } from "./emulator-options.js";
import type { FaultKind } from "./faults/fault-kinds.js";
import type { Injection } from "./faults/injection.js";
import { refuseFixedOptions } from "./fixed-client-options.js";
import type { FaultyVendor } from "./faults/faulty-vendor.js";
import { accountOfAddress } from "./recordings/recording-store.js";
import { startLoopbackServer, type LoopbackServer, type ReceivedRequest } from "./loopback-server.js";
import { emulatorSettings } from "./options.js";
import type { VendorRequest } from "./vendor.js";
import {
  definitionOf,
  type EmulatorCredentials,
  type EmulatorTruth,
  forEachVendor,
  type ProviderOf,
  type VendorId,
} from "./vendors.js";

/** Providers require a finite rate. No client on one machine reaches this one. */
const UNLIMITED = 10_000;

/** An account of an emulated vendor. */
export interface EmulatedAccount<Id extends VendorId = VendorId> {
  /** The id of the vendor. */
  readonly vendor: Id;
  /** The keys that it accepts. */
  readonly credentials: EmulatorCredentials[Id];
  /** The calls that a correct client must find. */
  readonly truth: EmulatorTruth[Id];
}

/** Options of a client for the emulator: those of `CallRecordsClient` except `providers`. `clock` is by default the emulator's. */
export type EmulatorClientOptions = Omit<ClientOptions, "providers">;

/** The emulated vendors on loopback ports. */
export interface VendorEmulator<Vendors extends VendorId = VendorId> {
  /** Base URLs, `http://127.0.0.1:PORT`. Huawei's also serves the token service. */
  readonly endpoints: Readonly<Record<Vendors, string>>;
  /** Base URL of the server of Tencent's and Huawei's recordings, which is another one than their APIs; null where neither is started. */
  readonly recordingStore: string | null;
  /** The keys of each vendor's first account. */
  readonly credentials: Pick<EmulatorCredentials, Vendors>;
  /** The calls of each vendor's first account that a correct client must find. */
  readonly truth: Pick<EmulatorTruth, Vendors>;
  /** All accounts, by their labels. */
  readonly accounts: ReadonlyMap<string, EmulatedAccount<Vendors>>;
  /** Every request received since the start or the last `clearRequests()`, in order of arrival. */
  readonly requests: readonly ReceivedRequest[];
  /** Empties `requests`. */
  clearRequests(): void;
  /** Returns the environment variables with which `providersFromEnvironment` uses the first account of each vendor. */
  environment(): Record<string, string>;
  /** Returns new providers for all accounts, with the emulator's rate limits. */
  providers(): ProviderOf<Vendors>[];
  /**
   * Returns a new client of all accounts, with the emulator's clock and rate limits. Close it before the emulator.
   * @throws ConfigurationError as the constructor of `CallRecordsClient`, and when `providers` is set.
   */
  client(options?: EmulatorClientOptions): CallRecordsClient<ProviderOf<Vendors>>;
  /** Invalidates every Huawei token issued so far. */
  revokeTokens(): void;
  /**
   * Changes the applications of every Tencent account. `DescribeCCCBuyInfoList` lists them, and requests for others are refused.
   * @throws RangeError when one is not among the option `sdkAppIds`.
   */
  setApplications(sdkAppIds: readonly number[]): void;
  /**
   * Applies a fault to the next applicable request of any vendor; `injection` selects other requests.
   * @throws RangeError naming an argument that breaks a rule, for an option without effect, and for a fault that could never occur, such as that of a vendor that is not started or after `close`.
   */
  inject(kind: FaultKind, injection?: Injection<Vendors>): void;
  /** Stops the servers and closes their connections. Closing it again has no effect. */
  close(): Promise<void>;
  /** Closes the emulator, as `close` does, at the end of the block that declares it with `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts Tencent CCC, Huawei CEC and Itniotech on 127.0.0.1, as their documentation describes them. They enforce signatures, tokens, clocks, windows, pages, retention and rate limits, and refuse requests with the vendors' own codes.
 * @throws RangeError for options that do not exist or break a rule, naming each of them and its rule; the errors of Node when a port is not available.
 */
export function startVendorEmulator<const Vendors extends VendorId = VendorId>(
  options?: EmulatorOptions<Vendors>,
): Promise<VendorEmulator<Vendors>>;
export async function startVendorEmulator(options: EmulatorOptions = {}): Promise<VendorEmulator> {
  const settings = emulatorSettings(options);
  const { now, latencyMs, vendors: ids } = settings;
  const { accounts, credentials, truth, plan, servers: bases } = createVendors(settings);
  const all = ids.flatMap((id) => accounts[id]);
  const requests: ReceivedRequest[] = [];
  const servers: LoopbackServer[] = [];
  const start = async (accountOf: (request: VendorRequest) => FaultyVendor, index: number) => {
    const server = await startLoopbackServer(accountOf, {
      port: settings.port === 0 ? 0 : settings.port + index,
      latencyMs,
      now,
      onRequest: (request) => requests.push(request),
    });
    servers.push(server);
    return server.endpoint;
  };
  const startStore = async () => {
    const accountOf = selectStore(all);
    if (accountOf !== null) bases.store = await start(accountOf, ids.length);
    return accountOf === null ? null : bases.store;
  };
  let isClosed = false;
  const close = async () => {
    isClosed = true;
    await Promise.all(servers.map((server) => server.close()));
  };
  const starting = [...ids.map((id, index) => start(selectAccount(id, accounts[id]), index)), startStore()];
  const started = await Promise.all(starting).catch(async (error: unknown) => {
    await Promise.allSettled(starting);
    await close();
    throw error;
  });
  const endpoints = forEachVendor<Record<VendorId, string>>((id) => started[ids.indexOf(id)] ?? "", ids);
  const providers = () =>
    all.map(({ vendor, setup }) =>
      setup.provider({
        account: vendor.account,
        endpoint: endpoints[vendor.id],
        rate: { requestsPerSecond: Math.min(settings.requestsPerSecond[vendor.id], UNLIMITED) },
        timeZone: settings.timeZone,
      }),
    );
  return {
    endpoints,
    recordingStore: started[ids.length] ?? null,
    credentials,
    truth,
    accounts: new Map(
      all.map(({ vendor, setup, truth }) => [
        vendor.account,
        { vendor: vendor.id, credentials: setup.credentials, truth },
      ]),
    ),
    requests,
    clearRequests() {
      requests.length = 0;
    },
    environment: () =>
      Object.assign({}, ...ids.map((id) => accounts[id][0]?.setup.environment(endpoints[id]))) as Record<
        string,
        string
      >,
    providers,
    client(clientOptions) {
      refuseFixedOptions(clientOptions, ["providers"]);
      const clock = clientOptions?.clock ?? clockOf(options);
      return new CallRecordsClient<BuiltInProvider>({ ...clientOptions, providers: providers(), clock });
    },
    revokeTokens() {
      for (const { vendor } of all) vendor.revokeTokens();
    },
    setApplications(sdkAppIds) {
      const unknown = sdkAppIds.filter((sdkAppId) => !settings.sdkAppIds.includes(sdkAppId));
      if (unknown.length > 0)
        throw new RangeError(`setApplications: ${unknown.join(", ")} is not among the option \`sdkAppIds\`.`);
      for (const { vendor } of all) vendor.setApplications(sdkAppIds);
    },
    inject(kind, injection) {
      if (isClosed) throw new RangeError("inject: the emulator is closed, so that no request can receive the fault.");
      plan.inject(kind, injection);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Returns a function that finds the account whose keys a request names, else the first one, which refuses the request. */
function selectAccount(id: VendorId, accounts: readonly AccountEmulation[]) {
  const definition = definitionOf(id);
  const [first] = accounts;
  if (first === undefined) throw new RangeError(`The vendor \`${id}\` has no account.`);
  const byKey = new Map(accounts.map(({ setup, vendor }) => [setup.keyId, vendor]));
  return (request: VendorRequest) => byKey.get(definition.keyIdOf(request) ?? "") ?? first.vendor;
}

/** Returns a function that finds the object store of the account that an address names, else the first one, which refuses the request; null without any. */
function selectStore(accounts: readonly AccountEmulation[]) {
  const stores = accounts.flatMap(({ store }) => (store === null ? [] : [store]));
  const [first] = stores;
  if (first === undefined) return null;
  const byAccount = new Map(stores.map((store) => [store.account, store]));
  return (request: VendorRequest) => byAccount.get(accountOfAddress(request) ?? "") ?? first;
}

/** Returns the clock of a client: the emulator's clock, or its time of day with real sleeps; undefined for the machine's clock. */
function clockOf({ clock, now }: Pick<EmulatorOptions, "clock" | "now">): Clock | undefined {
  if (clock !== undefined || now === undefined) return clock;
  return {
    now,
    monotonicMs: () => performance.now(),
    sleep: (ms, signal) => realTime(ms, undefined, { signal }),
  };
}
