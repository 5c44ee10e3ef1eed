import type { ResponseBody, VendorResponse } from "../vendor.js";
import { expiredAddress, missingRecording } from "./recording-store.js";

/** A failure of a recording. */
export type RecordingFault =
  | "recording-gone"
  | "recording-expired"
  | "recording-text"
  | "recording-json"
  | "recording-empty"
  | "recording-changed"
  | "foreign-address"
  | "plain-address";

/** Every failure of a recording. A retry resolves none of them, or must not be made. */
export const RECORDING_FAULTS = [
  "recording-gone",
  "recording-expired",
  "recording-text",
  "recording-json",
  "recording-empty",
  "recording-changed",
  "foreign-address",
  "plain-address",
] as const satisfies readonly RecordingFault[];

export const isRecordingFault = (kind: string): kind is RecordingFault =>
  RECORDING_FAULTS.some((fault) => fault === kind);

/** Hosts to which nothing may be sent. The second one is Tencent's, but the emulator does not serve it. */
const FOREIGN_ORIGIN = "https://recordings.invalid";
const PLAIN_ORIGIN = "http://recordings.invalid";

/**
 * Returns a response with the failure.
 * @param refuse returns the response of a vendor's API that no longer has the recording; the object store's own by default.
 */
export function withRecordingFault(
  kind: RecordingFault,
  response: VendorResponse,
  body: () => ResponseBody,
  refuse: () => VendorResponse = missingRecording,
): VendorResponse {
  const { operation } = response;
  const instead = (contentType: string, text: string): VendorResponse => ({
    ...{ status: 200, contentType, body: text, operation, refusal: null },
  });
  switch (kind) {
    case "recording-gone":
      return refuse();
    case "recording-expired":
      return expiredAddress();
    case "recording-text":
      return instead("text/plain;charset=UTF-8", "The recording is being prepared.");
    case "recording-json":
      return instead("application/json;charset=UTF-8", JSON.stringify({ message: "The recording is being prepared." }));
    case "recording-empty":
      return { ...instead("audio/mpeg", ""), headers: response.headers ?? {} };
    case "recording-changed":
      return { ...instead("audio/mpeg", ""), body: Buffer.from(body()).reverse(), headers: { ETag: '"another"' } };
    case "foreign-address":
      return { ...response, body: withOrigin(body(), FOREIGN_ORIGIN) };
    case "plain-address":
      return { ...response, body: withOrigin(body(), PLAIN_ORIGIN) };
  }
}

/** Replaces the origin of every address on this machine. */
function withOrigin(body: ResponseBody, origin: string): string {
  return Buffer.from(body)
    .toString()
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, origin);
}
