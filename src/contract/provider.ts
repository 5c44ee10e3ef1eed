import type { ZodObject, ZodType } from "zod";
import type { CallRecord, Direction, FoundCall } from "../model/call-record.js";
import type { UsageMinutes } from "../model/usage-summary.js";
import type { Auth } from "./auth.js";
import type { HttpResponse, HttpRequest } from "./http.js";
import { redactInspection } from "./redact-inspection.js";
import type { RowTimes } from "./row-times.js";
import type { FailureClassification } from "./failure-classification.js";

/** The version of the contract that this library speaks. A provider declares the one that it was written for. */
export const CONTRACT_VERSION = 1;

/** The smallest step of a vendor's time parameters. */
export type TimeUnit = "ms" | "s" | "day";

/** What may be asked for at once. */
export interface WindowRule {
  /** Bounds are sent in whole units: the first is rounded down, the last up. */
  unit: TimeUnit;
  /** IANA zone in which days begin, for unit `day`, and of bounds in local time; default the provider's `timeZone`. */
  timeZone?: string;
  /**
   * Whether bounds are written in the zone's local time, without an offset. Where clocks are set back, an hour of local time occurs twice: no bound is then
   * sent within it, as the vendor may read it as either. Default false.
   */
  localTime?: boolean | undefined;
  /** The largest difference, in seconds, between the two bounds that are sent. */
  maxSeconds: number;
  /**
   * Whether a row exactly at the end that was sent belongs to the window. `inclusive`: the end sent is the last unit within (of a day: its
   * last second). `unknown`: neither bound is relied upon; each window begins a unit before the last one's end.
   */
  end: "inclusive" | "exclusive" | "unknown";
  /** Which of a call's times the window filters on: its start, or one that the vendor does not tell (start, end, creation). */
  filtersOn: "start" | "unknown";
}

/** How a list is cut into pages. */
export type PagingRule =
  | {
      /** By number. */
      style: "page";
      /** The number of the first page. */
      first: 0 | 1;
      /** The largest page, in rows. */
      size: number;
      /** Whether a total is reported: pages are then asked for at once, and a window's rows are proven by it. */
      total: boolean;
      /** The most rows that one search serves, in rows, where the vendor caps it; left out where no cap is known. */
      maxRows?: number | undefined;
    }
  | {
      /** By the rows before it. */
      style: "offset";
      /** The largest page, in rows. */
      size: number;
      /** Whether a total is reported. */
      total: boolean;
      /** As for paging by number. */
      maxRows?: number | undefined;
    }
  | {
      /** By what the page before it gave as `next`: one after the other. */
      style: "cursor";
      /** The largest page, in rows. */
      size: number;
      /** Whether a total is reported. */
      total: boolean;
      /** As for paging by number. */
      maxRows?: number | undefined;
    }
  | {
      /** All in one answer. */
      style: "none";
    };

/** A list that must be read by itself for the whole to be complete, such as one application, or one task type. */
export interface Partition {
  /** The application that its rows belong to, or null. */
  application: string | null;
  /** What the request needs to ask for it, by the adapter's own names. */
  parameters: Readonly<Record<string, string>>;
}

/** The bounds of a window, as they are to be sent: whole units of the rule, the end as the rule's `end` wants it. */
export interface QueryWindow {
  /** The first bound. */
  start: Date;
  /** The last bound. */
  end: Date;
}

/** A page, by each style of paging. */
export interface QueryPage {
  /** The page's number, counted from the rule's `first`. */
  number: number;
  /** Rows before this page. */
  offset: number;
  /** What the last page gave as `next`; null for the first. */
  cursor: string | null;
  /** Rows to ask for: the rule's `size`, or fewer where the vendor gave, or takes, no more. */
  size: number;
}

/** One page to ask for. */
export interface PageQuery<Filters> {
  /** The list that it is a page of. */
  partition: Partition;
  /** The bounds to send; null for a list that has no window. */
  window: QueryWindow | null;
  /** Which page. What the list's paging rule does not need may be left aside. */
  page: QueryPage;
  /** The vendor's own filters, as the caller gave them. */
  filters: Partial<Filters>;
  /** The direction that the caller wants. To be handed to the vendor only where its filter drops no match; the engine filters in any case. */
  direction: Direction | null;
}

/** One page, read off an answer. */
export interface Page {
  /** Null where the answer names no list at all: with no total either, it is taken for an empty page that proves nothing. */
  rows: unknown[] | null;
  /** Rows in the whole window, or null where the vendor does not say. */
  total: number | null;
  /** The cursor of the next page; null where there is none. Only read for paging by cursor. */
  next: string | null;
  /**
   * True where the response is the vendor's documented way to report that there are no rows, such as a return code of its own. As the first page of
   * a window, received twice, it verifies that the window is empty. Default false: an empty list without a total verifies nothing.
   */
  isDocumentedEmpty?: boolean | undefined;
}

/** Where a row was read: what the row itself may not say. */
export interface RowContext {
  /** The list that the row was on. */
  partition: Partition;
}

/** What of a row may differ between two answers although the call has not changed. Fields are named as the vendor names them, at any depth. */
export interface VolatileFields {
  /** URLs of which the query passes, such as a signature with an end: all but the query counts. */
  queriesOf?: readonly string[];
  /** Fields that do not count at all. */
  fields?: readonly string[];
}

/** A list that the vendor answers page by page. Data and pure functions: the engine does the looping, waiting and repeating. */
export interface ListOperation<Value, Row = unknown, Filters extends object = object> {
  /** The vendor's name of it. */
  name: string;
  /** The vendor's own filters, each documented by it; unknown ones are refused. */
  filters: ZodObject & ZodType<Filters>;
  /** The lists that together are complete, at least one. A filter on what tells them apart leaves one. Pure. */
  partitions(filters: Partial<Filters>): Partition[];
  /** Null for a snapshot that is not asked for by time. */
  window: WindowRule | null;
  /** How far back the vendor keeps the list, in seconds; null where no limit is documented. */
  retentionSeconds: number | null;
  /**
   * How far back, in seconds, the vendor may keep the list, where it is suspected and not documented; default null. Older ranges are read all the same.
   * Where they turn out to be empty, a `warning` says so.
   */
  suspectedRetentionSeconds?: number | null;
  /** How it is cut into pages. */
  paging: PagingRule;
  /** The request for one page, without credentials. Pure: the same page may be asked for again. */
  request(query: PageQuery<Filters>): HttpRequest;
  /** Reads the envelope; its rows are read one by one with `row`. */
  responseSchema: ZodType<Page>;
  /**
   * Reads one row: unknown keys, new codes, nulls, and numbers as strings must pass. What it does not accept is read as null or as absent, with a `warning`:
   * it has to refuse null in the fields that a row cannot do without.
   */
  row: ZodType<Row>;
  /** Whether its rows or its windows are read by the provider's `timeZone`; default true. A changed zone then has a `sync` read everything again. */
  dependsOnTimeZone?: boolean;
  /** Which fields of a row are times and durations. Without it, those of the mapped call are checked, from which its outcome has been derived already. */
  times?: RowTimes;
  /** What does not count when a row is compared with what it was before; default nothing. */
  volatile?: VolatileFields;
  /** What is unique to a row within its partition's application. Tried also on a row that `row` refused, to name it in the error. */
  key(row: Row): string;
  /** What a row says, in the one form. Pure: `normalize` maps rows again that were kept. */
  map(row: Row, context: RowContext): Value;
}

/** A call as an adapter maps it: the engine adds the account and the vendor's own row. */
export type MappedCall = Omit<CallRecord, "provider" | "account" | "raw">;
/** A found call as an adapter maps it. */
export type MappedFoundCall = Omit<FoundCall, "provider" | "account" | "raw">;

/** The vendor's own count for one window. */
export interface UsageReading {
  /** They add up over windows. */
  minutes: Omit<UsageMinutes, "unclassified">;
  /** They do not add up, and are reported only where one window covers the period; null where the vendor tells none. */
  seats: number | null;
}

/** How one call is found. */
export type FindCallOperation<Keys extends object = object, Row = unknown, Filters extends object = object> =
  | {
      /** The vendor answers one call. */
      type: "lookup";
      /** The vendor's name of the operation. */
      name: string;
      /** The vendor's keys, as arguments of `findCall`; unknown ones are refused. */
      keys: ZodObject & ZodType<Keys>;
      /** The request for one call, without credentials. Pure. */
      request(keys: Keys): HttpRequest;
      /** The row, or null where the answer says that there is no such call. */
      responseSchema: ZodType;
      /** Whether an answer says by its status or its code that there is no such call, as HTTP 404 does. Left out where `answer` tells it. */
      isNotFound?(response: HttpResponse): boolean;
      /** Reads the row, as tolerantly as that of a list. */
      row: ZodType<Row>;
      /** Which fields of the row are times and durations, as of a list. */
      times?: RowTimes;
      /** What the row says, in the one form. Pure. */
      map(row: Row, keys: Keys): MappedFoundCall;
      /** Whether the call is the one that was asked for: else it is a `ResponseError`. Left out where the keys do not tell. */
      matches?(call: MappedFoundCall, keys: Keys): boolean;
    }
  | {
      /** The call is searched for in the history of each application, newest window first. */
      type: "search";
      /** The vendor's keys, as arguments of `findCall`; unknown ones are refused. The argument `application` is the library's own. */
      keys: ZodObject & ZodType<Keys>;
      /** The filters of the history that leave the call, and as little else as the vendor can. */
      filters(keys: Keys): Partial<Filters>;
      /** Whether a call that was read is the one. */
      matches(call: MappedCall, keys: Keys): boolean;
    };

/** What a vendor can do. What is left out is unsupported. */
export interface Operations<Filters extends object = object, Keys extends object = object> {
  /** The history. */
  records: ListOperation<MappedCall, unknown, Filters>;
  /** The vendor's own count. Without it, usage is counted from records. */
  usage?: ListOperation<UsageReading>;
  /** The vendor's list of the calls going on, or `"records"`: its history shows calls that have not ended. */
  activeCalls?: ListOperation<MappedCall> | "records";
  /** How one call is found by the vendor's keys. */
  findCall?: FindCallOperation<Keys, unknown, Filters>;
}

/** How many requests an account may send. */
export interface Rate {
  /** Requests in any one second. */
  requestsPerSecond: number;
  /** Requests under way at once. */
  concurrency: number;
}

/** What tells one account at a vendor from another. */
export interface AccountIdentity {
  /** Base URL of the vendor's API; null where a client of the user's decides it. */
  endpoint: string | null;
  /** The public half of the credentials, such as an application key; null where the provider does not know it. */
  publicKey: string | null;
}

/**
 * One account at one vendor: its limits, how to ask for one page, how to read one row, what a failure means. Made by a factory such as
 * `tencentCcc(…)`; an adapter of your own is an object of this shape.
 */
export interface Provider<Id extends string = string, Filters extends object = object, Keys extends object = object> {
  /** The version of the contract that it was written for: {@link CONTRACT_VERSION}. */
  readonly contract: typeof CONTRACT_VERSION;
  /** The vendor, such as `tencent-ccc`: the `provider` of its records, and its name in `providerFilters`. */
  readonly id: Id;
  /** The account's label. */
  readonly account: string;
  /** IANA zone of the vendor's clock, and of days and months in usage. */
  readonly timeZone: string;
  /** The pace of all its requests together; those for tokens do not count. */
  readonly rate: Rate;
  /** No call is longer: ranges are read wider by it where the vendor does not say which of a call's times it filters on. */
  readonly longestCallSeconds: number;
  /** Seconds after which the vendor no longer adds or changes a record. */
  readonly settleSeconds: number;
  /** Null where the request as it is, or the `send` that the adapter brings, is proof enough. */
  readonly auth: Auth | null;
  /** What the vendor can do. */
  readonly operations: Operations<Filters, Keys>;
  /** What an answer means; null for a success, or where its HTTP status says it all. */
  classify(response: HttpResponse): FailureClassification | null;
  /** In place of the library's HTTP: answers a request through a client that the user brought. */
  send?(request: HttpRequest, options: { signal: AbortSignal }): Promise<HttpResponse>;
  /**
   * Returns what tells this account from another at the same vendor. A checkpoint of `sync` keeps the endpoint and a keyed hash of the key, so that another
   * account's keys under the same label are noticed. Left out: a change is not noticed. A function, so that printing the provider does not show it.
   */
  identity?(): AccountIdentity;
  /** What must never be printed. A function, so that printing the provider does not show them. */
  secrets(): readonly string[];
}

/**
 * Makes a provider of its declarations. Printing it shows its id and account only.
 * @returns the same object.
 */
export function defineProvider<Id extends string, Filters extends object, Keys extends object>(
  declarations: Provider<Id, Filters, Keys>,
): Provider<Id, Filters, Keys> {
  return redactInspection(declarations, () => `Provider ${declarations.id} (account ${declarations.account})`);
}

/**
 * Makes a list operation of its declarations: `key` and `map` are typed by what `row` reads.
 * @returns the same object.
 */
export function defineList<Value, Row, Filters extends object>(
  declarations: ListOperation<Value, Row, Filters>,
): ListOperation<Value, unknown, Filters> {
  return declarations;
}
