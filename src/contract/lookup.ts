import type { ZodObject, ZodType } from "zod";
import type { FailureClassification } from "./failure-classification.js";
import type { HttpRequest, HttpResponse } from "./http.js";
import type { MappedCall, MappedFoundCall } from "./mapped-call.js";
import type { RowTimes } from "./row-times.js";

/** The part of a lookup that selects its call in the history. */
export interface HistorySearch<Keys extends object = object, Filters extends object = object> {
  /** Returns the filters of the history that match the call and as few other calls as possible. Pure. */
  filters(keys: Keys): Partial<Filters>;
  /** Whether a call of the history is the requested one. */
  matches(call: MappedCall, keys: Keys): boolean;
  /**
   * Whether the arguments `from` and `to` of `findCall` are required. Set it where no filter selects the call, so that the search reads every call of the range.
   * Default false: without them, the search goes as far back as the vendor keeps calls.
   */
  requiresRange?: boolean;
}

/** A search of the history of each application, newest window first. */
export interface SearchOperation<Keys extends object = object, Filters extends object = object> extends HistorySearch<
  Keys,
  Filters
> {
  /** Distinguishes the search from a lookup. */
  type: "search";
  /** The schema of the vendor's keys, which are arguments of `findCall`. Unknown keys are refused. `application`, `from` and `to` are the library's own. */
  keys: ZodObject & ZodType<Keys>;
}

/** The application of a lookup. */
export interface LookupContext {
  /** The application that the request names; null where `perApplication` is not set, and for calls without an application. */
  application: string | null;
}

/** A request for one call, by the vendor's keys. */
export interface LookupOperation<Keys extends object = object, Row = unknown, Filters extends object = object> {
  /** Distinguishes the lookup from a search. */
  type: "lookup";
  /** The vendor's name of the operation. */
  name: string;
  /** The schema of the vendor's keys, which are arguments of `findCall`. Unknown keys are refused. */
  keys: ZodObject & ZodType<Keys>;
  /** Whether the request is sent for each application of the history, or for the one that the caller names. Default false: once. */
  perApplication?: boolean;
  /** Returns the request for one call, without credentials. Pure. */
  request(keys: Keys, context: LookupContext): HttpRequest;
  /** Parses the response to the unparsed row; null where there is no such call. */
  responseSchema: ZodType;
  /** Whether the status or the code of a response means that there is no such call, such as HTTP 404. Left out where `responseSchema` returns null for it. */
  isNotFound?(response: HttpResponse): boolean;
  /** Classifies a response before the provider's `classify` does. Null for a success, and where that function or the HTTP status is sufficient. */
  classify?(response: HttpResponse): FailureClassification | null;
  /** Parses the row, as the `row` of a list does. */
  row: ZodType<Row>;
  /** The fields of the row that are times and durations, as for a list. */
  times?: RowTimes;
  /** Maps the row to the common form. Pure. */
  map(row: Row, keys: Keys, context: LookupContext): MappedFoundCall;
  /** Whether the call is the requested one. If it is not, `findCall` throws a `ResponseError`. Left out where a call cannot be compared with the keys. */
  matches?(call: MappedFoundCall, keys: Keys): boolean;
  /**
   * The search of the history for calls that the lookup does not find, or finds after their end: the record of the history is then preferred. If the lookup
   * fails, the history is searched too; the failure is thrown only if the call is not found there. Left out: the history is not searched.
   */
  history?: HistorySearch<Keys, Filters>;
}

/** The operation that finds one call: a lookup by the vendor, or a search of the history. */
export type FindCallOperation<Keys extends object = object, Row = unknown, Filters extends object = object> =
  LookupOperation<Keys, Row, Filters> | SearchOperation<Keys, Filters>;

/** Returns the operations of an adapter that find one call, in the order in which their keys are compared with the arguments; empty where there are none. */
export function findCallOperationsOf({
  findCall,
}: {
  findCall?: FindCallOperation | readonly FindCallOperation[];
}): readonly FindCallOperation[] {
  if (findCall === undefined) return [];
  return "type" in findCall ? [findCall] : findCall;
}
