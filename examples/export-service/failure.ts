import { CallRecordsError, type ErrorCode } from "call-records";

/** What the downloader is told of a failure. */
export interface Failure {
  status: number;
  /** Safe to show: errors of this library hold no secrets. */
  body: object;
}

/**
 * The vendors stand behind this service: that they refuse its credentials is no fault of who asks it, and 401 would have them look for their own.
 * A retryable failure that has gone by the client's attempts may still be over a little later.
 */
const statuses: Record<ErrorCode, number> = {
  request: 400,
  retention: 400,
  unsupported: 400,
  "rate-limit": 429,
  authentication: 502,
  permission: 502,
  network: 502,
  vendor: 502,
  response: 502,
  incomplete: 502,
  aborted: 503,
  timeout: 504,
  configuration: 500,
  checkpoint: 500,
};

export function failureOf(error: unknown): Failure {
  if (!(error instanceof CallRecordsError)) return { status: 500, body: { message: "The export failed." } };
  // A vendor that finds our request wrong is no fault of the downloader's either.
  const status = error.code === "request" && error.account !== null ? 502 : statuses[error.code];
  return { status, body: error.toJSON() };
}
