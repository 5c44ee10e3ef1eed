import type { IncomingHttpHeaders } from "node:http";
import type { ListFlaw } from "./data/list-page.js";

/** The vendors that the emulator plays. */
export type VendorId = "tencent-ccc" | "huawei-cec" | "itniotech";

/** One request, as it came off the wire. */
export interface VendorRequest {
  method: string;
  path: string;
  /** Without the question mark; empty when there is none. */
  query: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/**
 * What becomes of an answer on its way, for whoever stands between vendor and client to act out:
 * `reset`: the connection is broken before anything is answered;
 * `stalled-header`: nothing is ever answered, and the connection stays;
 * `stalled-body`: the header and half of the body come, then nothing more;
 * `cut-body`: the header promises the whole body, half of it comes, and the connection is broken;
 * `bomb`: in place of the body comes a small one that decompresses to a huge one.
 */
export type WireFault = "reset" | "stalled-header" | "stalled-body" | "cut-body" | "bomb";

export type ResponseBody = string | Uint8Array;

/** What the vendor answers. */
export interface VendorResponse {
  status: number;
  /** Default `application/json;charset=UTF-8`. */
  contentType?: string;
  /** Further headers. */
  headers?: Record<string, string>;
  /** Or how it is made, where that takes a while: the request has been judged, and counted, without it. */
  body: ResponseBody | (() => ResponseBody);
  /** The vendor's name of what was asked for; the path where there is none. */
  operation: string;
  /** The vendor's code of the refusal, else null. */
  refusal: string | null;
  /** What goes wrong on the way; left out where nothing does. */
  wire?: WireFault;
  /** Whether the flaw that was asked for is in the answer; left out where none can be. */
  flawed?: boolean;
}

/**
 * A vendor is a function from request to answer: no sockets, no waiting. Whatever goes wrong on the way (delays, broken connections, 5xx) belongs in
 * front of it.
 */
export interface Vendor {
  readonly id: VendorId;
  /** The vendor's name of what is asked for; the path where there is none. */
  operationOf(request: VendorRequest): string;
  /** @param flaw what is to be wrong with the page, if the request asks for one that it can befall. */
  respond(request: VendorRequest, flaw?: ListFlaw): VendorResponse;
  /** Makes every token given out so far invalid, where the vendor has tokens. */
  revokeTokens?(): void;
}

/** The body of an answer, made now where it has yet to be made. */
export function bodyOf({ body }: Pick<VendorResponse, "body">): ResponseBody {
  return typeof body === "function" ? body() : body;
}

/** The body as a JSON object, or null. */
export function jsonObject(body: Buffer): ReadonlyMap<string, unknown> | null {
  try {
    return asObject(JSON.parse(body.toString("utf8")));
  } catch {
    return null;
  }
}

/** A JSON value as an object's entries, or null. */
export function asObject(value: unknown): ReadonlyMap<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? new Map<string, unknown>(Object.entries(value))
    : null;
}
