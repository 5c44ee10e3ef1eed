import { createHash } from "node:crypto";
import type { VendorRequest, VendorResponse } from "../vendor.js";

/** A recording that a server holds. */
export interface StoredAudio {
  audio: Buffer;
  contentType: string;
  /** The time of its last change. */
  changedAt: number;
}

/** Returns the response to a request for a recording. @param hasRanges whether the server sends parts. */
export function audioResponse(
  { audio, contentType, changedAt }: StoredAudio,
  { headers: requested }: VendorRequest,
  operation: string,
  hasRanges: boolean,
): VendorResponse {
  const etag = `"${createHash("md5").update(audio).digest("hex")}"`;
  const common = { status: 200, contentType, operation, refusal: null };
  if (!hasRanges) return { ...common, body: audio };
  const headers = { "Accept-Ranges": "bytes", ETag: etag, "Last-Modified": new Date(changedAt).toUTCString() };
  const [, from] = /^bytes=(\d+)-$/.exec(requested.range ?? "") ?? [];
  const isSameVersion = [undefined, etag, headers["Last-Modified"]].includes(
    requested["if-range"] as string | undefined,
  );
  if (from === undefined || !isSameVersion) return { ...common, headers, body: audio };
  const size = audio.byteLength;
  if (Number(from) >= size)
    return {
      ...common,
      status: 416,
      headers: { ...headers, "Content-Range": `bytes */${size}` },
      body: "",
      refusal: "416",
    };
  const range = { "Content-Range": `bytes ${from}-${size - 1}/${size}` };
  return { ...common, status: 206, headers: { ...headers, ...range }, body: audio.subarray(Number(from)) };
}
