import type { Clock } from "../index.js";
import type { FilterTime, RowOrder, WindowEdges } from "./data/call-table.js";
import type { CustomCall } from "./data/custom-call.js";
import type { NumberMatching } from "./data/number-matching.js";
import type { MissingPage, SearchCap } from "./data/search-cap.js";
import type { FaultOptions } from "./faults/fault-plan.js";
import type { VendorId } from "./vendors.js";

/** A value for each of the started vendors. Where one is left out, the default applies. */
export type ByVendor<Vendors extends VendorId, Value> = Readonly<Partial<Record<NoInfer<Vendors>, Value | undefined>>>;

/** Selects the vendors' behaviour where the documentation leaves a choice, and their data. Every option is optional. */
export interface EmulatorOptions<Vendors extends VendorId = VendorId> {
  /** The vendors to start; default all three. */
  vendors?: readonly Vendors[] | undefined;
  /**
   * The labels of each vendor's accounts; default one account, whose label is the vendor's id. Each account has its own keys, calls and rate limit. The accounts of
   * one vendor share its endpoint.
   */
  accounts?: ByVendor<Vendors, readonly string[]> | undefined;
  /** The same seed, clock and other options give the same calls. Default 1. */
  seed?: number | undefined;
  /** Days of history before now; default 30. */
  days?: number | undefined;
  /** Number of calls of each vendor on an average weekday; default 100. With 0, only `calls` and the active calls exist. */
  callsPerDay?: number | undefined;
  /**
   * The vendors' clock, in milliseconds since 1970; default `Date.now`. It applies to signatures, tokens, retention, the `Date` header and the progress of calls. It must not go back before the time of the start. Rate limits use real time.
   */
  now?: (() => number) | undefined;
  /** Instead of `now`: a clock, such as that of `createTestClock`. The rate limits use it too, and so do the clients that `client()` creates. */
  clock?: Clock | undefined;
  /** The port of the first vendor on 127.0.0.1. The other vendors and then the recordings have the next ones. Default 0: any free ports. */
  port?: number | undefined;
  /** Milliseconds by which every response is delayed; default 0. */
  latencyMs?: number | undefined;
  /**
   * Requests that a vendor serves in any one second, `Infinity` for no limit; default 20 for Tencent (documented, for each API separately), 10 for Huawei and Itniotech (they document none). Token requests are not limited.
   */
  requestsPerSecond?: ByVendor<Vendors, number> | undefined;
  /**
   * The time of a call that the windows of all three vendors filter on, which no vendor documents; default `"start"`. `"created"` is when the row appeared. With `"end"`, a call that has not ended is filtered by its start.
   */
  filterTime?: FilterTime | undefined;
  /** Whether a window contains a row exactly at its bound, which no vendor documents; default both `"inclusive"`. */
  windowEdges?: Partial<WindowEdges> | undefined;
  /** Order of rows by the time that is filtered on; default `"descending"`. `"unsorted"` is a shuffled order that is the same for every page. */
  order?: RowOrder | undefined;
  /** Maximum lifetime of a Huawei token in seconds. A client that requests more receives this value. Default 3600. */
  tokenTtlSeconds?: number | undefined;
  /** Milliseconds until a new Huawei token is accepted. Until then, requests with it are refused with HTTP 401. Default 0. */
  tokenDelayMs?: number | undefined;
  /** Tencent's applications; default `[1400000000, 1400000001]`. */
  sdkAppIds?: readonly number[] | undefined;
  /** The token of Tencent's temporary credentials. By default there is none, and the header is not checked. */
  tencentToken?: string | undefined;
  /** Number of active calls of each vendor, which last until the emulator is closed; default 8. No list contains Itniotech's active calls. */
  activeCalls?: number | undefined;
  /** IANA zone of the vendors' local times: Itniotech's timestamps, and the days of Tencent's usage; default `Asia/Shanghai`. */
  timeZone?: string | undefined;
  /** Your calls, in addition to the generated ones. With `callsPerDay: 0` and `activeCalls: 0` there are no others. */
  calls?: ByVendor<Vendors, readonly CustomCall[]> | undefined;
  /** Random faults; default none. `inject()` adds faults to specific requests. */
  faults?: FaultOptions<NoInfer<Vendors>> | undefined;
  /**
   * The comparison of the filters by number, which no vendor documents: Tencent's `Phones`, Huawei's `caller` and Itniotech's `calledOrCaller`. Default: `"caller"`
   * for Huawei, `"exact"` for the others.
   */
  numberMatching?: NumberMatching | undefined;
  /** Maximum number of rows on a page of the list of records, whatever size is requested. The vendor does not report the reduction. Numbered pages have this size. */
  pageCap?: ByVendor<Vendors, number> | undefined;
  /** Added to the total of every non-empty list of records, which makes the total wrong. */
  totalShift?: ByVendor<Vendors, number> | undefined;
  /**
   * Maximum number of rows. Itniotech refuses a window with more (-23), and Tencent a page (ResponseSizeLimitExceeded). Huawei has no such refusal and ignores this option.
   */
  maxRows?: ByVendor<Vendors, number> | undefined;
  /** The behaviour of a search in the list of records that finds more rows than the vendor returns; by default the vendor returns all. */
  searchCap?: ByVendor<Vendors, SearchCap> | undefined;
  /** A page of each list of records that a vendor never returns; default none. */
  missingPage?: ByVendor<Vendors, MissingPage> | undefined;
  /** Seconds for which a vendor retains a row of its list of records, by the time that it filters on. Older rows are omitted without a refusal. Default `Infinity`. */
  retentionSeconds?: ByVendor<Vendors, number> | undefined;
  /**
   * Seconds for which a vendor keeps a recording after the end of its call. Later, it is gone, although the list of records still names it. Default: 90 days for
   * Tencent, as it documents, and `Infinity` for the others.
   */
  recordingRetentionSeconds?: ByVendor<Vendors, number> | undefined;
  /** Seconds for which an address of a recording is valid; default 86,400 for Tencent and 300 for Huawei, as they document. Itniotech has no addresses. */
  recordingAddressSeconds?: ByVendor<Vendors, number> | undefined;
  /** Whether a download of a recording can begin in its middle (`Range`); default true for Tencent and Huawei, and false for Itniotech. No vendor documents it. */
  recordingRanges?: ByVendor<Vendors, boolean> | undefined;
  /**
   * Instants of corrupt data. A window of the list of records that contains one, its bounds included, always fails with `internal-error`. Default none.
   */
  corruptAt?: ByVendor<Vendors, readonly Date[]> | undefined;
}
