import type { PreparedRequest, RawResponse } from "call-records";

/** A request and what the vendor answered. */
export interface Exchange {
  operation: string;
  /** The same for the same question: neither the time nor the signature is part of it. */
  question: string;
  response: RawResponse;
}

/** The vendor's name of what is asked for: an action in a header, else the end of the path. */
export function operationOf({ headers, url }: PreparedRequest): string {
  return headers["X-TC-Action"] ?? new URL(url).pathname.split("/").at(-1) ?? "";
}

export function questionOf(request: PreparedRequest): string {
  return `${operationOf(request)} ${request.body ?? ""}`;
}
