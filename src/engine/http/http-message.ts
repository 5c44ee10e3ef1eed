import { URL } from "node:url";
import type { HttpAnswer, HttpRequest, PreparedRequest } from "../../contract/http.js";
import { parseExactJson } from "./exact-json.js";
import type { RawAnswer } from "./transport.js";

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

/** The answer with its body read as JSON; undefined where it is none. */
export function readAnswer({ status, headers, text }: RawAnswer): HttpAnswer {
  try {
    return { status, headers, body: parseExactJson(text) };
  } catch {
    return { status, headers, body: undefined };
  }
}
