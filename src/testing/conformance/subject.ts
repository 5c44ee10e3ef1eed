import type { PreparedRequest, Provider, RawResponse } from "../../index.js";
import type { Partition, FailureAction } from "../../adapter.js";

/** A call that the vendor holds, as far as the suite has to know it. */
export interface VendorCall {
  /** As the record's `id` shall be. */
  id: string;
  /** As the record's `startedAt` shall be. */
  startedAt: Date;
}

/**
 * A small vendor to read from: a function from request to answer, without sockets. It should refuse what the real one refuses (a window too
 * long, a page too large, a wrong signature), each with the vendor's own words: limits that an adapter declares wrongly show in nothing else.
 */
export interface ConformanceVendor {
  /**
   * Answers one request, that for a token included. Not asked where the adapter brings its own `send`.
   * @param now the vendor's clock, which moves on as the reading goes on.
   */
  respond(request: PreparedRequest, now: Date): RawResponse | Promise<RawResponse>;
  /** When the reading begins. */
  now: Date;
  /** The start of the range to read, `[from, to)`. */
  from: Date;
  /** Its end: old enough for all in it to be settled, at least `settleSeconds` and `longestCallSeconds` before `now`. */
  to: Date;
  /** Every call of the range, each once; more than fit on one page. */
  calls: readonly VendorCall[];
}

/** A list's answer as the vendor documents it. */
export interface ListExample {
  /** The body of an answer with rows, best the sample that the vendor's page prints. */
  response: unknown;
  /** The body of an answer without rows, where the vendor shows one. */
  empty?: unknown;
  /** Where the rows were read; default the first partition. */
  partition?: Partition;
  /** Names of fields of a row that hold codes, such as a reason for ending: a code that nobody has seen before must pass in each. */
  codes?: readonly string[];
}

/** How one call is asked for and answered. */
export interface LookupExample {
  /** Arguments of `findCall`: those that the provider's schema of keys takes. */
  keys: Record<string, unknown>;
  /** The body of the answer that holds the call. */
  response: unknown;
  /** The body of the answer that says that there is none, where the vendor shows one. */
  missing?: unknown;
  /** The HTTP status of that answer; default 200. */
  missingStatus?: number;
}

/** An answer, as far as an adapter judges it. */
export interface ExampleResponse {
  /** HTTP status. */
  status: number;
  /** Names in lower case; default none. */
  headers?: Record<string, string>;
  /** The JSON of the body; left out where it is none. */
  body?: unknown;
}

/** A refusal that the vendor documents, and what is to be done about it. */
export interface FailureExample {
  /** As the vendor answers it. */
  response: ExampleResponse;
  /** What it must be judged to be, such as `{ type: "throttle" }` or `{ type: "fail", error: "permission" }`. */
  classification: FailureAction;
}

/** What the vendor answers to each operation of a provider. */
export interface ConformanceExamples {
  /** Of the history. */
  records: ListExample;
  /** Needed where the provider has `usage`. */
  usage?: ListExample;
  /** Needed where the provider's `activeCalls` is a list of the vendor's own. */
  activeCalls?: ListExample;
  /** Needed where the provider's `findCall` is a look-up. */
  findCall?: LookupExample;
}

/** An adapter, and what its vendor documents: what `testProvider` is given. */
export interface ConformanceSubject {
  /** Makes the provider anew: two of them must behave alike. */
  provider: () => Provider;
  /** Makes the vendor anew: each check reads from one of its own. */
  vendor: () => ConformanceVendor;
  /** One answer for each of the provider's operations. */
  examples: ConformanceExamples;
  /** Every refusal that the vendor documents, or as many as matter. */
  failures: readonly FailureExample[];
}
