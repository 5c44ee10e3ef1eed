/** A JSON value. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** A request of an adapter, without credentials, which its `auth` adds before every attempt. */
export interface HttpRequest {
  /** The HTTP method. */
  method: "GET" | "POST";
  /** Absolute URL without a query. A page link from the vendor may have one. */
  url: string;
  /** Query parameters by name, not yet encoded; default none. */
  query?: Record<string, string>;
  /** Additional headers, or replacements for `Accept`, `Content-Type` and `User-Agent`; default none. */
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: JsonValue;
}

/** A request in its final form, ready to be signed: its bytes no longer change. */
export interface PreparedRequest {
  /** The HTTP method. */
  method: "GET" | "POST";
  /** Absolute URL with its query. */
  url: string;
  /** The headers so far, such as `Content-Type`. */
  headers: Record<string, string>;
  /** The exact text of the body, or null. */
  body: string | null;
}

/** A response. */
export interface HttpResponse {
  /** HTTP status. */
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** The JSON of the body, integers beyond 2^53 as strings; undefined where the body is no JSON. */
  body: unknown;
}
