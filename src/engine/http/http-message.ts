import type { Readable } from "node:stream";
import { URL } from "node:url";
import type { HttpResponse, HttpRequest, PreparedRequest } from "../../contract/http.js";
import { parseExactJson } from "./exact-json.js";
import { type JsonFault, jsonFaultOf } from "./json-fault.js";
import type { RawResponse } from "./transport.js";

/** Returns a request in its exact form, before it is signed. */
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

/** The fault of valid JSON that the runtime cannot parse. */
const UNREADABLE: JsonFault = {
  rule: "the runtime cannot read it, by its size or depth",
  offset: 0,
  line: 1,
  column: 1,
  kind: "broken",
};

/** A response whose body was parsed. */
export interface ReadResponse {
  response: HttpResponse;
  /** The reason why the body is not JSON; null where it is JSON, and where its text is not available. */
  fault: JsonFault | null;
  /** The audio of the response, where the request is for audio and the response contains it. */
  audio?: Readable;
  /** The beginning of the body as text, where the request is for audio and the response contains none. */
  text?: string;
}

/** Returns the response with its body parsed as JSON; undefined where it is not JSON. */
export function readResponse({ status, headers, text }: RawResponse): ReadResponse {
  try {
    return { response: { status, headers, body: parseExactJson(text) }, fault: null };
  } catch {
    return { response: { status, headers, body: undefined }, fault: jsonFaultOf(text) ?? UNREADABLE };
  }
}
