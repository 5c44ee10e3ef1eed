import type { IncomingHttpHeaders } from "node:http";

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

/** What the vendor answers. */
export interface VendorAnswer {
  status: number;
  /** Default `application/json;charset=UTF-8`. */
  contentType?: string;
  body: string | Uint8Array;
  /** The vendor's name of what was asked for; the path where there is none. */
  operation: string;
  /** The vendor's code of the refusal, else null. */
  refusal: string | null;
}

/**
 * A vendor is a function from request to answer: no sockets, no waiting. Whatever goes wrong on the way (delays, broken connections, 5xx) belongs in
 * front of it, in the server.
 */
export interface Vendor {
  id: VendorId;
  answer(request: VendorRequest): VendorAnswer;
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
  return typeof value === "object" && value !== null && !Array.isArray(value) ? new Map<string, unknown>(Object.entries(value)) : null;
}
