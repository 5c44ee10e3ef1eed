import type { CallWithRecordings, PreparedRequest, Provider, RawResponse } from "../../index.js";
import type { Partition, FailureAction } from "../../adapter.js";

/** A call of the vendor, with the fields that the suite needs. */
export interface VendorCall {
  /** The expected `id` of the record. */
  id: string;
  /** The expected `startedAt` of the record. */
  startedAt: Date;
}

/**
 * A small vendor: a function from a request to a response, without sockets. It should refuse what the real vendor refuses (a window too long, a page too large, a wrong signature), with the vendor's own codes. Wrong limits of an adapter are not detected otherwise.
 */
export interface ConformanceVendor {
  /**
   * Responds to one request, including the request for a token. Not called where the adapter has its own `send`.
   * @param now the vendor's clock, which advances during the read.
   */
  respond(request: PreparedRequest, now: Date): RawResponse | Promise<RawResponse>;
  /** The time at which the read begins. */
  now: Date;
  /** The start of the range `[from, to)`. */
  from: Date;
  /** The end of the range: at least `settleSeconds` and `longestCallSeconds` before `now`, so that the whole range is settled. */
  to: Date;
  /** Every call of the range, each once; more than one page contains. */
  calls: readonly VendorCall[];
}

/** The documented response of a list. */
export interface ListExample {
  /** The body of a response with rows, preferably the sample in the vendor's documentation. */
  response: unknown;
  /** The body of a response without rows, if the vendor documents one. */
  empty?: unknown;
  /** The partition of the rows; default the first partition. */
  partition?: Partition;
  /** The row's fields that contain codes, such as the reason for the end of a call. Each must accept unknown codes. */
  codes?: readonly string[];
}

/** The documented response to the request for the applications of an account. */
export interface ApplicationsExample {
  /** The body of the response, with at least one application. */
  response: unknown;
  /** The ids of its applications, in their order. */
  applications: readonly string[];
}

/** A documented push. */
export interface PushExample {
  /** The query parameters; default none. */
  query?: Record<string, string>;
  /** The headers, with names in lower case; default none. */
  headers?: Record<string, string>;
  /** The parsed body. */
  body: unknown;
  /** The ids of the call in the push, by the vendor's names. */
  relatedIds: Record<string, string>;
  /** The start of the call; where the push does not contain it, the time in the push. */
  time: Date | string;
}

/** The documented request and responses of a lookup. */
export interface LookupExample {
  /** Arguments of `findCall`, according to the provider's schema of keys. */
  keys: Record<string, unknown>;
  /** The application that the request names, for a lookup with `perApplication`; default none. */
  application?: string;
  /** The body of the response that contains the call. */
  response: unknown;
  /** The body of the response for a call that does not exist, if the vendor documents one. */
  missing?: unknown;
  /** The HTTP status of that response; default 200. */
  missingStatus?: number;
}

/** A recording of the vendor, and the documented responses about it. */
export interface RecordingExample {
  /** The call of the recording. It lists the recording in `recordings`. Its account is that of the provider. */
  call: Omit<CallWithRecordings, "account">;
  /** The body of the response that contains the address, preferably the vendor's sample. Required if `locate` returns a lookup. */
  response?: unknown;
  /** The address in that response. */
  address?: string;
  /** The response for a recording that the vendor no longer has, if the vendor documents one. */
  gone?: ExampleResponse;
}

/** The parts of a response that an adapter classifies. */
export interface ExampleResponse {
  /** HTTP status. */
  status: number;
  /** Names in lower case; default none. */
  headers?: Record<string, string>;
  /** The parsed JSON body; absent for a body that is not JSON. */
  body?: unknown;
}

/** A documented refusal and its classification. */
export interface FailureExample {
  /** The vendor's response. */
  response: ExampleResponse;
  /** The expected classification, such as `{ type: "throttle" }` or `{ type: "fail", error: "permission" }`. */
  classification: FailureAction;
}

/** A response for each operation of a provider. */
export interface ConformanceExamples {
  /** The history. */
  records: ListExample;
  /** Required if the provider has `usage`. */
  usage?: ListExample;
  /** Required if the provider's `activeCalls` is a separate list. */
  activeCalls?: ListExample;
  /** Required for each lookup of the provider's `findCall`: one, or several with different keys. */
  findCall?: LookupExample | readonly LookupExample[];
  /** Required if the provider has `discoverPartitions`. */
  applications?: ApplicationsExample;
  /** Required if the provider has `recordings`. */
  recordings?: RecordingExample;
  /** Required if the provider has `pushes`: one for each kind. */
  pushes?: readonly PushExample[];
}

/** The argument of `testProvider`: an adapter and its vendor's documented responses. */
export interface ConformanceSubject {
  /** Creates a provider. All providers that it returns must behave the same. */
  provider: () => Provider;
  /** Creates a vendor. Each check reads from a new one. */
  vendor: () => ConformanceVendor;
  /** A response for each operation. */
  examples: ConformanceExamples;
  /** The refusals that the vendor documents. */
  failures: readonly FailureExample[];
}
