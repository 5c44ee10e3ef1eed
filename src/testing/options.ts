import type { FilterTime, RowOrder, WindowEdges } from "./data/call-table.js";
import type { CustomCall } from "./data/custom-call.js";
import type { MissingPage, SearchCap } from "./data/search-cap.js";
import type { FaultOptions } from "./faults/fault-plan.js";
import type { VendorId } from "./vendor.js";

/** How the vendors behave where the documentation leaves a choice, and what data they have. Everything is optional. */
export interface EmulatorOptions {
  /** The same seed, clock and other options give the same calls. Default 1. */
  seed?: number;
  /** Days of history before now; default 30. */
  days?: number;
  /** Calls of each vendor on an average weekday; default 100. 0: only `calls`, and the calls that are going on. */
  callsPerDay?: number;
  /**
   * The vendors' clock, in milliseconds since 1970; default `Date.now`. It judges signatures, tokens and retention, fills the `Date` header, and lets calls
   * begin and end; it must not go back before the time of the start. Rate limits run on real time all the same.
   */
  now?: () => number;
  /** Milliseconds that every answer is held back; default 0. */
  latencyMs?: number;
  /**
   * Requests that a vendor serves in any one second, `Infinity` for no limit; default 20 for Tencent (documented, for each API by itself), 10 for Huawei and
   * Itniotech (they document none). Token requests are not limited.
   */
  requestsPerSecond?: Partial<Record<VendorId, number>>;
  /**
   * Which of a call's times the windows of all three filter on, which no vendor documents; default `"start"`. `"created"` is when the row appeared. With
   * `"end"`, a call that has not ended is taken by its start.
   */
  filterTime?: FilterTime;
  /** Whether a row exactly at a bound of the window is in it, which no vendor documents; default both `"inclusive"`. */
  windowEdges?: Partial<WindowEdges>;
  /** Order of rows by the time that is filtered on; default `"descending"`. `"unsorted"` is mixed, yet the same on every page. */
  order?: RowOrder;
  /** The longest life of a Huawei token in seconds: a client that asks for more gets this much. Default 3600. */
  tokenTtlSeconds?: number;
  /** Milliseconds after which a new Huawei token is accepted: until then, requests with it are refused with HTTP 401. Default 0. */
  tokenDelayMs?: number;
  /** Tencent's applications; default `[1400000000, 1400000001]`. */
  sdkAppIds?: readonly number[];
  /** The token of Tencent's temporary credentials; default none, and then none is looked at. */
  tencentToken?: string;
  /** Calls of each vendor that are going on now, and go on until the emulator is closed; default 8. Itniotech's are on no list. */
  activeCalls?: number;
  /** IANA zone of the vendors' wall clocks: Itniotech's times, and the days of Tencent's usage; default `Asia/Shanghai`. */
  timeZone?: string;
  /** Calls of your own, added to the generated ones; with `callsPerDay: 0` and `activeCalls: 0` there are no others. */
  calls?: Partial<Record<VendorId, readonly CustomCall[]>>;
  /** What goes wrong by chance; default nothing. `inject()` makes things go wrong on purpose. */
  faults?: FaultOptions;
  /** The largest page of the list of records that a vendor gives, silently, whatever is asked for. Pages with numbers are counted by it. */
  pageCap?: Partial<Record<VendorId, number>>;
  /** Added to the total of every list of records that is not empty: a total that lies. */
  totalShift?: Partial<Record<VendorId, number>>;
  /**
   * More rows are refused as too much: of a window by Itniotech (-23), of a page by Tencent (ResponseSizeLimitExceeded). Huawei has no such refusal, and
   * goes by none.
   */
  maxRows?: Partial<Record<VendorId, number>>;
  /** What a vendor does with a search of its list of records that finds more rows than it shows; default: it shows them all. */
  searchCap?: Partial<Record<VendorId, SearchCap>>;
  /** A page of each list of records that a vendor never gives; default none. */
  missingPage?: Partial<Record<VendorId, MissingPage>>;
  /** For how many seconds a vendor keeps a row of its list of records, by the time that it filters on. An older one is not found, without a refusal. Default `Infinity`. */
  retentionSeconds?: Partial<Record<VendorId, number>>;
  /**
   * Instants of broken data: a window of the list of records that holds one, at its bounds too, is answered with `internal-error`, for ever. Default none.
   */
  corruptAt?: Partial<Record<VendorId, readonly Date[]>>;
}

/** The options with their defaults. */
export interface EmulatorSettings {
  seed: number;
  days: number;
  callsPerDay: number;
  now: () => number;
  latencyMs: number;
  requestsPerSecond: Record<VendorId, number>;
  filterTime: FilterTime;
  windowEdges: WindowEdges;
  order: RowOrder;
  tokenTtlSeconds: number;
  tokenDelayMs: number;
  sdkAppIds: readonly [number, ...number[]];
  tencentToken: string | null;
  activeCalls: number;
  timeZone: string;
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

const forEach = (value: number): Record<VendorId, number> => ({
  "tencent-ccc": value,
  "huawei-cec": value,
  itniotech: value,
});

/** @throws RangeError for a number that makes no sense. */
export function emulatorSettings(options: EmulatorOptions): EmulatorSettings {
  const atLeast = (name: "days" | "callsPerDay" | "latencyMs" | "activeCalls", whenAbsent: number) => {
    const value = options[name] ?? whenAbsent;
    if (!(value >= 0)) throw new RangeError(`${name} must be a number of at least 0.`);
    return value;
  };
  const caps = (name: "pageCap" | "maxRows" | "retentionSeconds") => {
    const values = { ...forEach(Number.POSITIVE_INFINITY), ...options[name] };
    if (Object.values(values).some((value) => !(value >= 1))) throw new RangeError(`${name} must be at least 1.`);
    return values;
  };
  for (const cap of Object.values(options.searchCap ?? {}))
    if (!Number.isInteger(cap.rows) || cap.rows < 1)
      throw new RangeError("searchCap: `rows` must be a whole number of at least 1.");
  const [firstApp, ...otherApps] = options.sdkAppIds ?? [1_400_000_000, 1_400_000_001];
  if (firstApp === undefined) throw new RangeError("sdkAppIds must hold at least one application.");
  return {
    seed: options.seed ?? 1,
    days: atLeast("days", 30),
    callsPerDay: atLeast("callsPerDay", 100),
    now: options.now ?? Date.now,
    latencyMs: atLeast("latencyMs", 0),
    requestsPerSecond: { "tencent-ccc": 20, "huawei-cec": 10, itniotech: 10, ...options.requestsPerSecond },
    filterTime: options.filterTime ?? "start",
    windowEdges: { start: "inclusive", end: "inclusive", ...options.windowEdges },
    order: options.order ?? "descending",
    tokenTtlSeconds: options.tokenTtlSeconds ?? 3600,
    tokenDelayMs: options.tokenDelayMs ?? 0,
    sdkAppIds: [firstApp, ...otherApps],
    tencentToken: options.tencentToken ?? null,
    activeCalls: atLeast("activeCalls", 8),
    timeZone: options.timeZone ?? "Asia/Shanghai",
    calls: { "tencent-ccc": [], "huawei-cec": [], itniotech: [], ...options.calls },
    faults: options.faults ?? { share: 0 },
    pageCap: caps("pageCap"),
    totalShift: { ...forEach(0), ...options.totalShift },
    maxRows: caps("maxRows"),
    searchCap: { "tencent-ccc": null, "huawei-cec": null, itniotech: null, ...options.searchCap },
    missingPage: { "tencent-ccc": null, "huawei-cec": null, itniotech: null, ...options.missingPage },
    retentionSeconds: caps("retentionSeconds"),
    corruptAt: { "tencent-ccc": [], "huawei-cec": [], itniotech: [], ...options.corruptAt },
  };
}
