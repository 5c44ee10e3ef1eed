import type { PreparedRequest, RawResponse } from "call-records";

/** A request and the vendor's response. */
export interface Exchange {
  operation: string;
  /** Identifies the query. It contains neither the time nor the signature. */
  question: string;
  response: RawResponse;
}

/** Returns the vendor's name of the operation: the action in a header, else the end of the path. */
export function operationOf({ headers, url }: PreparedRequest): string {
  return headers["X-TC-Action"] ?? new URL(url).pathname.split("/").at(-1) ?? "";
}

export function questionOf(request: PreparedRequest): string {
  return `${operationOf(request)} ${request.body ?? ""}`;
}
