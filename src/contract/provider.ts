import type { ZodObject, ZodType } from "zod";
import type { Direction } from "../model/call-record.js";
import type { UsageMinutes } from "../model/usage-summary.js";
import type { Auth } from "./auth.js";
import type { HttpResponse, HttpRequest } from "./http.js";
import type { FindCallOperation } from "./lookup.js";
import type { MappedCall } from "./mapped-call.js";
import type { PartitionDiscovery } from "./partition-discovery.js";
import type { PushesOperation } from "./pushes.js";
import type { ProvidedValues } from "./provided-values.js";
import type { RecordingsOperation } from "./recordings.js";
import { redactInspection } from "./redact-inspection.js";
import type { RowTimes } from "./row-times.js";
import type { FailureClassification } from "./failure-classification.js";

/** The version of the adapter contract that this library supports. A provider declares the version that it was written for. */
export const CONTRACT_VERSION = 1;

/** The smallest step of a vendor's time parameters. */
export type TimeUnit = "ms" | "s" | "day";

/** The time window that one request may cover. */
export interface WindowRule {
  /** Unit of the bounds. The start is rounded down to it, and the end is rounded up. */
  unit: TimeUnit;
  /** IANA zone in which days begin, for unit `day`, and of bounds in local time. Default: the provider's `timeZone`. */
  timeZone?: string;
  /**
   * Whether bounds, or the times of rows, are written in the zone's local time, without an offset. Default false. Where clocks are set back, an hour of local
   * time occurs twice. No bound is sent within that hour, because it and the times of rows may be read as either occurrence.
   */
  localTime?: boolean | undefined;
  /** Maximum difference between the two bounds that are sent, in seconds. */
  maxSeconds: number;
  /**
   * Whether a row exactly at the end that was sent belongs to the window. `inclusive`: it does; with unit `day`, the end that is sent is the last second of
   * the day. `exclusive`: it does not. `unknown`: the engine relies on neither bound, and each window begins one unit before the end of the previous one.
   */
  end: "inclusive" | "exclusive" | "unknown";
  /** The time of a call that the window filters on. `start`: its start. `unknown`: not documented, so it may be the start, the end or the creation. */
  filtersOn: "start" | "unknown";
}

/** The pages of a list. */
export interface PageLimits {
  /** Maximum number of rows in a page. */
  size: number;
  /** Whether the vendor reports a total, which verifies that the rows of a window are complete. Pages without a cursor are then requested concurrently. */
  total: boolean;
  /** Maximum number of rows that one search serves, where the vendor caps it. Left out where no cap is known. */
  maxRows?: number | undefined;
}

/** The division of a list into pages. */
export type PagingRule =
  | (PageLimits & {
      /** A page is requested by its number. */
      style: "page";
      /** The number of the first page. */
      first: 0 | 1;
    })
  | (PageLimits & {
      /** A page is requested by the number of rows before it. */
      style: "offset";
    })
  | (PageLimits & {
      /** A page is requested by the `next` of the previous page. Pages are therefore requested one after the other. */
      style: "cursor";
    })
  | {
      /** One response contains the whole list. */
      style: "none";
    };

/** One of the lists that an operation must read separately to be complete, such as the list of one application or of one task type. */
export interface Partition {
  /** The application that its rows belong to, or null. */
  application: string | null;
  /** Parameters that select the list in a request, by the adapter's own names. */
  parameters: Readonly<Record<string, string>>;
}

/** The bounds of a window, ready to be sent: in whole units, and with the end that the `end` of the {@link WindowRule} requires. */
export interface QueryWindow {
  /** The start bound. */
  start: Date;
  /** The end bound. */
  end: Date;
}

/** The position of a page, for each style of paging. */
export interface QueryPage {
  /** The page's number, counted from the `first` of the {@link PagingRule}. */
  number: number;
  /** Number of rows before this page. */
  offset: number;
  /** The `next` of the previous page; null for the first page. */
  cursor: string | null;
  /** Number of rows to request: the `size` of the {@link PagingRule}, or less where the vendor returned fewer or refused that many. */
  size: number;
}

/** One page to request. */
export interface PageQuery<Filters> {
  /** The list that contains the page. */
  partition: Partition;
  /** The bounds to send; null for a list without a window. */
  window: QueryWindow | null;
  /** The position of the page. Use the fields that the list's style of paging needs. */
  page: QueryPage;
  /** The vendor's own filters, as the caller passed them. */
  filters: Partial<Filters>;
  /** The direction that the caller requests, or null. Pass it to the vendor only if the vendor's filter drops no match. The engine filters in any case. */
  direction: Direction | null;
  /** Texts for the vendor's own number filter: any row with one of them as caller or callee is requested. Null: all rows. */
  numbers: readonly string[] | null;
}

/** The vendor's own filter by telephone number, for the argument `number`. */
export interface NumberFilterRule {
  /** The name of the same filter in `filters`. Where the caller of `records` sets it, the numbers are not requested. */
  name: string;
  /** Number of texts that one request may contain. */
  textsPerRequest: number;
  /**
   * Whether the filter is used. Set it only if the vendor documents, or a probe has shown, that the filter finds a row by the plain text of its caller or its
   * callee. `probe` measures it in either case. The filter is then used where the vendor's total shows that it saves requests, and what is read with it is
   * not verified.
   */
  isUsed: boolean;
}

/** One page, as parsed from a response. */
export interface Page {
  /** The unparsed rows; null where the response contains no list. Without a list and a total, the page counts as empty and verifies nothing. */
  rows: unknown[] | null;
  /** Number of rows in the whole window; null where the vendor does not report it. */
  total: number | null;
  /** The cursor of the next page; null where there is none. Used only with style `cursor`. */
  next: string | null;
  /**
   * Whether the vendor documents this response as "no rows", such as by a separate return code. As the first page of a window, received twice, it verifies
   * that the window is empty. Default false: an empty list without a total verifies nothing.
   */
  isDocumentedEmpty?: boolean | undefined;
}

/** The source of a row, which the row itself may not contain. */
export interface RowContext {
  /** The list that contained the row. */
  partition: Partition;
}

/** Fields of a row that may differ between two responses although the call has not changed, by the vendor's names, at any depth. */
export interface VolatileFields {
  /** Fields with URLs whose query changes, such as a signature that expires. The query is ignored when rows are compared. */
  queriesOf?: readonly string[];
  /** Fields that are ignored when rows are compared. */
  fields?: readonly string[];
}

/** A list that the vendor returns page by page: data and pure functions. The engine loops, waits and retries. */
export interface ListOperation<Value, Row = unknown, Filters extends object = object> {
  /** The vendor's name of the operation. */
  name: string;
  /** The schema of the vendor's own documented filters. Unknown filters are refused. */
  filters: ZodObject & ZodType<Filters>;
  /** The vendor's own filter by telephone number. Left out where it has none for both parties of a call. */
  numberFilter?: NumberFilterRule;
  /**
   * Returns the lists that together are complete: at least one. A filter on the parameter that distinguishes the lists selects one of them. Pure.
   * @param applications the applications of the account, where `discoverPartitions` is used and they are known. Without them, return one list with the application
   * null: no request is sent for it.
   */
  partitions(filters: Partial<Filters>, applications?: readonly string[]): Partition[];
  /** The time window of one request; null for a snapshot, which has no time filter. */
  window: WindowRule | null;
  /** How far back the vendor keeps the list, in seconds; null where it documents no limit. Nothing older is requested. */
  retentionSeconds: number | null;
  /**
   * A suspected, undocumented limit of how far back the vendor keeps the list, in seconds. Default null. Older ranges are read, with a `warning` if they are
   * empty.
   */
  suspectedRetentionSeconds?: number | null;
  /** The division of the list into pages. */
  paging: PagingRule;
  /** Returns the request for one page, without credentials. Pure, because the same page may be requested again. */
  request(query: PageQuery<Filters>): HttpRequest;
  /** Parses the envelope. `row` then parses each of its rows. */
  responseSchema: ZodType<Page>;
  /**
   * Parses one row. It must accept unknown keys, new codes, nulls, and numbers as strings. A value that it does not accept is read as null or as absent, with a
   * `warning`. It must therefore refuse null in the required fields.
   */
  row: ZodType<Row>;
  /** Whether rows or windows depend on the provider's `timeZone`. Default true: after a change of the zone, a `sync` reads everything again. */
  dependsOnTimeZone?: boolean;
  /**
   * The fields of a row that are times and durations. Without it, the times of the mapped call are checked instead, after its outcome has been derived from
   * them.
   */
  times?: RowTimes;
  /** Fields that are ignored when a row is compared with its earlier version. Default none. */
  volatile?: VolatileFields;
  /** Returns a key that is unique within the application of the row's partition. Also called for a row that `row` refused, to name it in the error. */
  key(row: Row): string;
  /** Maps a row to the common form. Pure, because `normalize` maps stored rows again. */
  map(row: Row, context: RowContext): Value;
}

/** The vendor's own count for one window. */
export interface UsageReading {
  /** Minutes by billing category, which are added over windows. */
  minutes: Omit<UsageMinutes, "unclassified">;
  /** Number of seats; null where the vendor reports none. Seats cannot be added, so they are reported only where one window covers the period. */
  seats: number | null;
}

/** The operations of a vendor. `activeCalls`, `findCall` and `recordings` are unsupported where they are left out. */
export interface Operations<Filters extends object = object, Keys extends object = object> {
  /** The call history. */
  records: ListOperation<MappedCall, unknown, Filters>;
  /** The vendor's own count of usage. Without it, usage is counted from records. */
  usage?: ListOperation<UsageReading>;
  /** The vendor's list of active calls; or `"records"` if its history contains calls that have not ended. */
  activeCalls?: ListOperation<MappedCall> | "records";
  /** The operations that find one call by the vendor's keys: one, or several with different keys. The first one whose keys match the arguments is used. */
  findCall?: FindCallOperation<Keys, unknown, Filters> | readonly FindCallOperation<Keys, unknown, Filters>[];
  /** The request that lists the applications of the account. Left out where the vendor has none. */
  discoverPartitions?: PartitionDiscovery;
  /** The download of recordings. */
  recordings?: RecordingsOperation;
  /** The pushes of the vendor. Left out where it sends none. */
  pushes?: PushesOperation;
}

/** The request rate of an account. */
export interface Rate {
  /** Maximum number of requests in any one second. */
  requestsPerSecond: number;
  /** Maximum number of concurrent requests. */
  concurrency: number;
}

/** The identity of an account at its vendor. */
export interface AccountIdentity {
  /** Base URL of the vendor's API; null where the user's own client determines it. */
  endpoint: string | null;
  /** The public half of the credentials, such as an application key; null where the provider does not know it. */
  publicKey: string | null;
}

/**
 * One account at one vendor: its limits, the request for one page, the parser for one row, and the classification of failures. A factory such as
 * `tencentCcc(…)` creates it. Your own adapter is an object of this type.
 */
export interface Provider<Id extends string = string, Filters extends object = object, Keys extends object = object> {
  /** The version of the contract that the provider was written for: {@link CONTRACT_VERSION}. */
  readonly contract: typeof CONTRACT_VERSION;
  /** The vendor's id, such as `tencent-ccc`: the `provider` of its records, and its key in `providerFilters`. */
  readonly id: Id;
  /** The account's label, which is unique within a client. */
  readonly account: string;
  /** IANA zone of the vendor's clock, and of days and months in usage. */
  readonly timeZone: string;
  /**
   * ISO 3166 code of the country of the numbers that the vendor writes without a country code, such as `CN`. Default: none. The engine interprets the argument
   * `number` by it. The adapter sets `e164` by it, with `e164Of`.
   */
  readonly defaultCountry?: string | null;
  /** The request rate of the account. Requests for tokens do not count. */
  readonly rate: Rate;
  /** Maximum duration of a call in seconds. If the vendor does not document the time that windows filter on, ranges are read wider by this duration. */
  readonly longestCallSeconds: number;
  /** Seconds after which the vendor no longer adds or changes a record. */
  readonly settleSeconds: number;
  /** The values that the call history provides, for metrics. Default: all, except that no code marks calls that were abandoned in the voice menu. */
  readonly provides?: Partial<ProvidedValues>;
  /** The authentication of requests; null where none is needed, or where `send` adds it. */
  readonly auth: Auth | null;
  /** The vendor's operations. */
  readonly operations: Operations<Filters, Keys>;
  /** Returns the classification of a response; null for a success, or where the HTTP status is sufficient. */
  classify(response: HttpResponse): FailureClassification | null;
  /** Sends a request through the user's own client, instead of the library's HTTP client. */
  send?(request: HttpRequest, options: { signal: AbortSignal }): Promise<HttpResponse>;
  /**
   * Returns the identity of the account at the vendor. A checkpoint of `sync` stores the endpoint and a keyed hash of the key, so that `sync` detects another
   * account's keys under the same label. Without this function, a change is not detected. It is a function so that printing the provider does not show the
   * identity.
   */
  identity?(): AccountIdentity;
  /** Returns the values that must never be shown: keys, passwords and secrets. It is a function so that printing the provider does not show them. */
  secrets(): readonly string[];
}

/**
 * Makes a provider from its declarations. Printing it shows only its id and account.
 * @returns the same object.
 */
export function defineProvider<Id extends string, Filters extends object, Keys extends object>(
  declarations: Provider<Id, Filters, Keys>,
): Provider<Id, Filters, Keys> {
  return redactInspection(declarations, () => `Provider ${declarations.id} (account ${declarations.account})`);
}

/**
 * Makes a list operation from its declarations. `key` and `map` take the type that `row` returns.
 * @returns the same object.
 */
export function defineList<Value, Row, Filters extends object>(
  declarations: ListOperation<Value, Row, Filters>,
): ListOperation<Value, unknown, Filters> {
  return declarations;
}
