import { CallRecordsError, type ErrorCode } from "call-records";

/** The response to the downloader after a failure. */
export interface Failure {
  status: number;
  /** Safe to show: errors of this library contain no secrets. */
  body: object;
}

/**
 * The status for each error. A vendor that refuses the credentials of this service is not a 401, because the downloader's own credentials are not wrong. A
 * retryable failure that lasted longer than the client's attempts may still be temporary.
 */
const statuses: Record<ErrorCode, number> = {
  request: 400,
  retention: 400,
  "recording-gone": 404,
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
  // A request that the vendor rejects is not an error of the downloader.
  const status = error.code === "request" && error.account !== null ? 502 : statuses[error.code];
  return { status, body: error.toJSON() };
}
