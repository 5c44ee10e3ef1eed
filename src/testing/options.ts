import { performance } from "node:perf_hooks";
import type { Clock } from "../index.js";
import type { FilterTime, RowOrder, WindowEdges } from "./data/call-table.js";
import type { CustomCall } from "./data/custom-call.js";
import type { NumberMatching } from "./data/number-matching.js";
import type { MissingPage, SearchCap } from "./data/search-cap.js";
import type { FaultOptions } from "./faults/fault-plan.js";
import type { SharedSettings } from "./vendor-definition.js";
import { definitionOf, forEachVendor, VENDOR_IDS, type VendorId } from "./vendors.js";

/** Selects the vendors' behaviour where the documentation leaves a choice, and their data. Every option is optional. */
export interface EmulatorOptions<Vendors extends VendorId = VendorId> {
  /** The vendors to start; default all three. */
  vendors?: readonly Vendors[];
  /**
   * The labels of each vendor's accounts; default one account, whose label is the vendor's id. Each account has its own keys, calls and rate limit. The accounts of
   * one vendor share its endpoint.
   */
  accounts?: Partial<Record<VendorId, readonly string[]>>;
  /** The same seed, clock and other options give the same calls. Default 1. */
  seed?: number;
  /** Days of history before now; default 30. */
  days?: number;
  /** Number of calls of each vendor on an average weekday; default 100. With 0, only `calls` and the active calls exist. */
  callsPerDay?: number;
  /**
   * The vendors' clock, in milliseconds since 1970; default `Date.now`. It applies to signatures, tokens, retention, the `Date` header and the progress of calls. It must not go back before the time of the start. Rate limits use real time.
   */
  now?: () => number;
  /** Instead of `now`: a clock, such as that of `createTestClock`. The rate limits use it too, and so do the clients that `client()` creates. */
  clock?: Clock;
  /** The port of the first vendor on 127.0.0.1; the other vendors have the next ones. Default 0: any free ports. */
  port?: number;
  /** Milliseconds by which every response is delayed; default 0. */
  latencyMs?: number;
  /**
   * Requests that a vendor serves in any one second, `Infinity` for no limit; default 20 for Tencent (documented, for each API separately), 10 for Huawei and Itniotech (they document none). Token requests are not limited.
   */
  requestsPerSecond?: Partial<Record<VendorId, number>>;
  /**
   * The time of a call that the windows of all three vendors filter on, which no vendor documents; default `"start"`. `"created"` is when the row appeared. With `"end"`, a call that has not ended is filtered by its start.
   */
  filterTime?: FilterTime;
  /** Whether a window contains a row exactly at its bound, which no vendor documents; default both `"inclusive"`. */
  windowEdges?: Partial<WindowEdges>;
  /** Order of rows by the time that is filtered on; default `"descending"`. `"unsorted"` is a shuffled order that is the same for every page. */
  order?: RowOrder;
  /** Maximum lifetime of a Huawei token in seconds. A client that requests more receives this value. Default 3600. */
  tokenTtlSeconds?: number;
  /** Milliseconds until a new Huawei token is accepted. Until then, requests with it are refused with HTTP 401. Default 0. */
  tokenDelayMs?: number;
  /** Tencent's applications; default `[1400000000, 1400000001]`. */
  sdkAppIds?: readonly number[];
  /** The token of Tencent's temporary credentials. By default there is none, and the header is not checked. */
  tencentToken?: string;
  /** Number of active calls of each vendor, which last until the emulator is closed; default 8. No list contains Itniotech's active calls. */
  activeCalls?: number;
  /** IANA zone of the vendors' local times: Itniotech's timestamps, and the days of Tencent's usage; default `Asia/Shanghai`. */
  timeZone?: string;
  /** Your calls, in addition to the generated ones. With `callsPerDay: 0` and `activeCalls: 0` there are no others. */
  calls?: Partial<Record<VendorId, readonly CustomCall[]>>;
  /** Random faults; default none. `inject()` adds faults to specific requests. */
  faults?: FaultOptions;
  /**
   * The comparison of the filters by number, Tencent's `Phones` and Itniotech's `calledOrCaller`, which neither vendor documents; default `"exact"`.
   */
  numberMatching?: NumberMatching;
  /** Maximum number of rows on a page of the list of records, whatever size is requested. The vendor does not report the reduction. Numbered pages have this size. */
  pageCap?: Partial<Record<VendorId, number>>;
  /** Added to the total of every non-empty list of records, which makes the total wrong. */
  totalShift?: Partial<Record<VendorId, number>>;
  /**
   * Maximum number of rows. Itniotech refuses a window with more (-23), and Tencent a page (ResponseSizeLimitExceeded). Huawei has no such refusal and ignores this option.
   */
  maxRows?: Partial<Record<VendorId, number>>;
  /** The behaviour of a search in the list of records that finds more rows than the vendor returns; by default the vendor returns all. */
  searchCap?: Partial<Record<VendorId, SearchCap>>;
  /** A page of each list of records that a vendor never returns; default none. */
  missingPage?: Partial<Record<VendorId, MissingPage>>;
  /** Seconds for which a vendor retains a row of its list of records, by the time that it filters on. Older rows are omitted without a refusal. Default `Infinity`. */
  retentionSeconds?: Partial<Record<VendorId, number>>;
  /**
   * Instants of corrupt data. A window of the list of records that contains one, its bounds included, always fails with `internal-error`. Default none.
   */
  corruptAt?: Partial<Record<VendorId, readonly Date[]>>;
}

/** The options with their defaults. */
export interface EmulatorSettings extends SharedSettings {
  vendors: readonly VendorId[];
  accounts: Record<VendorId, readonly string[]>;
  clock: Clock | null;
  /** A non-decreasing time in milliseconds, for the rate limits. */
  monotonic: () => number;
  seed: number;
  days: number;
  callsPerDay: number;
  port: number;
  latencyMs: number;
  requestsPerSecond: Record<VendorId, number>;
  filterTime: FilterTime;
  windowEdges: WindowEdges;
  order: RowOrder;
  activeCalls: number;
  calls: Record<VendorId, readonly CustomCall[]>;
  faults: FaultOptions;
  pageCap: Record<VendorId, number>;
  totalShift: Record<VendorId, number>;
  maxRows: Record<VendorId, number>;
  searchCap: Record<VendorId, SearchCap | null>;
  missingPage: Record<VendorId, MissingPage | null>;
  retentionSeconds: Record<VendorId, number>;
  corruptAt: Record<VendorId, readonly Date[]>;
}

const each = <Value>(value: Value) => forEachVendor<Record<VendorId, Value>>(() => value);

/** Returns the options with their defaults. @throws RangeError for a number outside of its range. */
export function emulatorSettings(options: EmulatorOptions): EmulatorSettings {
  const atLeast = (name: "days" | "callsPerDay" | "latencyMs" | "activeCalls", whenAbsent: number) => {
    const value = options[name] ?? whenAbsent;
    if (!(value >= 0)) throw new RangeError(`${name} must be a number of at least 0.`);
    return value;
  };
  const caps = (name: "pageCap" | "maxRows" | "retentionSeconds") => {
    const values = { ...each(Number.POSITIVE_INFINITY), ...options[name] };
    if (Object.values(values).some((value) => !(value >= 1))) throw new RangeError(`${name} must be at least 1.`);
    return values;
  };
  for (const cap of Object.values(options.searchCap ?? {}))
    if (!Number.isInteger(cap.rows) || cap.rows < 1)
      throw new RangeError("searchCap: `rows` must be a whole number of at least 1.");
  if (options.now !== undefined && options.clock !== undefined)
    throw new RangeError("Set either `now` or `clock`, not both.");
  const [firstApp, ...otherApps] = options.sdkAppIds ?? [1_400_000_000, 1_400_000_001];
  if (firstApp === undefined) throw new RangeError("sdkAppIds must hold at least one application.");
  return {
    ...accountsOf(options),
    accountIndex: 0,
    clock: options.clock ?? null,
    monotonic: monotonicOf(options.clock),
    seed: options.seed ?? 1,
    days: atLeast("days", 30),
    callsPerDay: atLeast("callsPerDay", 100),
    now: options.now ?? nowOf(options.clock),
    port: portOf(options.port),
    latencyMs: atLeast("latencyMs", 0),
    requestsPerSecond: {
      ...forEachVendor<Record<VendorId, number>>((id) => definitionOf(id).requestsPerSecond),
      ...options.requestsPerSecond,
    },
    filterTime: options.filterTime ?? "start",
    windowEdges: { start: "inclusive", end: "inclusive", ...options.windowEdges },
    order: options.order ?? "descending",
    tokenTtlSeconds: options.tokenTtlSeconds ?? 3600,
    tokenDelayMs: options.tokenDelayMs ?? 0,
    sdkAppIds: [firstApp, ...otherApps],
    tencentToken: options.tencentToken ?? null,
    activeCalls: atLeast("activeCalls", 8),
    numberMatching: options.numberMatching ?? "exact",
    timeZone: options.timeZone ?? "Asia/Shanghai",
    calls: { ...each([]), ...options.calls },
    faults: options.faults ?? { share: 0 },
    pageCap: caps("pageCap"),
    totalShift: { ...each(0), ...options.totalShift },
    maxRows: caps("maxRows"),
    searchCap: { ...each(null), ...options.searchCap },
    missingPage: { ...each(null), ...options.missingPage },
    retentionSeconds: caps("retentionSeconds"),
    corruptAt: { ...each([]), ...options.corruptAt },
  };
}

/** @throws RangeError for a number that leaves no ports for the vendors. */
function portOf(port = 0): number {
  const last = 65_536 - VENDOR_IDS.length;
  if (!Number.isInteger(port) || port < 0 || port > last)
    throw new RangeError(`port: must be a whole number from 0 to ${last}.`);
  return port;
}

function nowOf(clock: Clock | undefined): () => number {
  return clock === undefined ? Date.now : () => clock.now();
}

/** Returns the time that the rate limits use. A clock without `monotonicMs` may be set back, which this time is not. */
function monotonicOf(clock: Clock | undefined): () => number {
  if (clock === undefined) return () => performance.now();
  let latest = Number.NEGATIVE_INFINITY;
  return () => (latest = Math.max(latest, clock.monotonicMs?.() ?? clock.now()));
}

/** @throws RangeError for a vendor that does not exist, a label that is empty or used twice, or an account of a vendor that is not started. */
function accountsOf({ vendors = VENDOR_IDS, accounts = {}, calls = {} }: EmulatorOptions) {
  const known = (id: string) => VENDOR_IDS.some((one) => one === id);
  if (vendors.length === 0 || !vendors.every(known))
    throw new RangeError(`vendors: must contain at least one of ${VENDOR_IDS.join(", ")}, and nothing else.`);
  for (const id of Object.keys({ ...accounts, ...calls }))
    if (!vendors.some((one) => one === id))
      throw new RangeError(`accounts, calls: the vendor \`${id}\` is not started.`);
  const labels = forEachVendor<Record<VendorId, readonly string[]>>((id) => accounts[id] ?? [id]);
  const started = VENDOR_IDS.filter((id) => vendors.includes(id));
  const all = started.flatMap((id) => labels[id]);
  if (started.some((id) => labels[id].length === 0) || all.includes("") || new Set(all).size < all.length)
    throw new RangeError("accounts: each vendor needs at least one label. A label must not be empty or used twice.");
  for (const id of started)
    for (const { account } of calls[id] ?? [])
      if (account !== undefined && !labels[id].includes(account))
        throw new RangeError(`calls: the vendor \`${id}\` has no account \`${account}\`.`);
  return { vendors: started, accounts: labels };
}
