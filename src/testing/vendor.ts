import type { IncomingHttpHeaders } from "node:http";
import type { ListFlaw } from "./data/list-page.js";

/** A request as received. */
export interface VendorRequest {
  method: string;
  path: string;
  /** The query string without the question mark; empty when there is none. */
  query: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/**
 * A fault of the connection. The server between vendor and client implements it: `reset`: the connection is reset before the response begins; `stalled-header`: no response is sent, and the connection stays open; `stalled-body`: the headers and half of the body are sent, then nothing; `cut-body`: the headers announce the whole body, half of it is sent, and the connection is closed; `bomb`: the body is a small one that decompresses to a huge one.
 */
export type WireFault = "reset" | "stalled-header" | "stalled-body" | "cut-body" | "bomb";

export type ResponseBody = string | Uint8Array;

/** A vendor's response. */
export interface VendorResponse {
  status: number;
  /** Default `application/json;charset=UTF-8`. */
  contentType?: string;
  /** Additional headers. */
  headers?: Record<string, string>;
  /** The body, or a function that builds it later. The request has been checked and counted before the function runs. */
  body: ResponseBody | (() => ResponseBody);
  /** The vendor's name of the operation; the path where there is none. */
  operation: string;
  /** The vendor's refusal code; null for a success. */
  refusal: string | null;
  /** The fault of the connection, if any. */
  wire?: WireFault;
  /** Whether the response contains the requested flaw. Absent for responses that cannot contain one. */
  flawed?: boolean;
}

/**
 * A vendor is a function from a request to a response, without sockets or delays. Faults of the network (delays, broken connections, 5xx) are added outside of it.
 */
export interface Vendor {
  /** Returns the vendor's name of the operation; the path where there is none. */
  operationOf(request: VendorRequest): string;
  /** @param flaw a flaw to add to the page, if the request is for a page that can have it. */
  respond(request: VendorRequest, flaw?: ListFlaw): VendorResponse;
  /** Invalidates every token issued so far, where the vendor has tokens. */
  revokeTokens?(): void;
  /** Changes the applications that the account has, where the vendor has applications. */
  setApplications?(sdkAppIds: readonly number[]): void;
}

/** Returns the body of a response, and builds it if necessary. */
export function bodyOf({ body }: Pick<VendorResponse, "body">): ResponseBody {
  return typeof body === "function" ? body() : body;
}

/** Returns the entries of a body that is a JSON object, else null. */
export function jsonObject(body: Buffer): ReadonlyMap<string, unknown> | null {
  try {
    return asObject(JSON.parse(body.toString("utf8")));
  } catch {
    return null;
  }
}

/** Returns the entries of a JSON value that is an object, else null. */
export function asObject(value: unknown): ReadonlyMap<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? new Map<string, unknown>(Object.entries(value))
    : null;
}
