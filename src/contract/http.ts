/** A JSON value. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** A request of an adapter, without credentials. `auth` adds these before every attempt. */
export interface HttpRequest {
  /** The HTTP method. */
  method: "GET" | "POST";
  /** Absolute URL without a query. A page link from the vendor may have one. */
  url: string;
  /** Query parameters by name, not yet encoded; default none. */
  query?: Record<string, string>;
  /** Additional headers, or replacements for `Accept`, `Content-Type` and `User-Agent`; default none. */
  headers?: Record<string, string>;
  /** The body, which is sent as JSON; default none. */
  body?: JsonValue;
}

/** A request in its final form, ready to be signed. Its bytes no longer change. */
export interface PreparedRequest {
  /** The HTTP method. */
  method: "GET" | "POST";
  /** Absolute URL with its query. */
  url: string;
  /** The headers before authorization, such as `Content-Type`. */
  headers: Record<string, string>;
  /** The exact text of the body, or null. */
  body: string | null;
}

/** An HTTP response. */
export interface HttpResponse {
  /** HTTP status. */
  status: number;
  /** The headers, with names in lower case. */
  headers: Record<string, string>;
  /** The parsed JSON of the body, with integers beyond 2^53 as strings; undefined where the body is not JSON. */
  body: unknown;
}
