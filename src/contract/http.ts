/** A value that JSON can carry. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** What an adapter wants sent: without credentials, which its `auth` adds for every attempt anew. */
export interface HttpRequest {
  /** How it is sent. */
  method: "GET" | "POST";
  /** Absolute, without a query. A page link that the vendor gave may have one. */
  url: string;
  /** Parameters by name, to be encoded; default none. */
  query?: Record<string, string>;
  /** Further headers, or others in place of `Accept`, `Content-Type` and `User-Agent`; default none. */
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: JsonValue;
}

/** A request as it goes over the wire, ready to be signed: its bytes no longer change. */
export interface PreparedRequest {
  /** As it was asked for. */
  method: "GET" | "POST";
  /** Absolute, with its query. */
  url: string;
  /** All that is set so far, such as `Content-Type`. */
  headers: Record<string, string>;
  /** The exact text of the body, or null. */
  body: string | null;
}

/** What came back. */
export interface HttpResponse {
  /** HTTP status. */
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** The JSON of the body, integers beyond 2^53 as strings; undefined where the body is no JSON. */
  body: unknown;
}
