import { URL } from "node:url";
import type { HttpResponse, HttpRequest, PreparedRequest } from "../../contract/http.js";
import { parseExactJson } from "./exact-json.js";
import { type JsonFault, jsonFaultOf } from "./json-fault.js";
import type { RawResponse } from "./transport.js";

/** The exact bytes of a request, before it is signed. */
export function prepareRequest({ method, url, query, headers, body }: HttpRequest): PreparedRequest {
  const target = new URL(url);
  for (const [name, value] of Object.entries(query ?? {})) target.searchParams.append(name, value);
  const contentType = body === undefined ? {} : { "Content-Type": "application/json" };
  return {
    method,
    url: target.href,
    headers: { Accept: "application/json", "User-Agent": "call-records", ...contentType, ...headers },
    body: body === undefined ? null : JSON.stringify(body),
  };
}

/** JSON without a fault, which the runtime could not read all the same. */
const UNREADABLE: JsonFault = {
  rule: "the runtime cannot read it, by its size or depth",
  offset: 0,
  line: 1,
  column: 1,
  kind: "broken",
};

/** An answer whose body was read. */
export interface ReadResponse {
  response: HttpResponse;
  /** Why the body is no JSON; null where it is, and where nothing is known of its text. */
  fault: JsonFault | null;
}

/** The answer with its body read as JSON; undefined where it is none. */
export function readResponse({ status, headers, text }: RawResponse): ReadResponse {
  try {
    return { response: { status, headers, body: parseExactJson(text) }, fault: null };
  } catch {
    return { response: { status, headers, body: undefined }, fault: jsonFaultOf(text) ?? UNREADABLE };
  }
}
