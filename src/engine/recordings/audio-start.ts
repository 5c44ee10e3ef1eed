import type { HttpResponse } from "../../contract/http.js";
import { type CallRecordsError, ResponseError } from "../../model/errors.js";
import { errorAbout, type ErrorContext } from "../account/failure.js";
import { mediaTypeOf } from "../http/audio-response.js";

/** The properties of a recording that the headers of its response state. */
export interface AudioStart {
  /** The media type in lower case, without parameters. */
  contentType: string;
  /** The size in bytes; null where the response does not state it. */
  sizeBytes: number | null;
  /** The value of `If-Range` with which the rest can be requested; null where the server does not serve ranges, or states no version of the recording. */
  ifRange: string | null;
}

/**
 * Reads the headers of a whole recording.
 * @throws ResponseError when it is empty, larger than the limit, compressed, or only a part.
 */
export function readAudioStart(response: HttpResponse, maxBytes: number, errorContext: ErrorContext): AudioStart {
  const { status, headers } = response;
  const refused = (words: string) => errorAbout(ResponseError, errorContext, `: ${words}`);
  if (status !== 200)
    throw refused("the vendor sent a part of the recording (HTTP 206), although all of it was requested.");
  requireUnencoded(headers, refused);
  const sizeBytes = sizeOf(headers["content-length"]);
  if (sizeBytes === 0) throw refused("the recording is empty.");
  if (sizeBytes !== null && sizeBytes > maxBytes) throw tooLarge(maxBytes, errorContext, sizeBytes);
  return { contentType: mediaTypeOf(headers), sizeBytes, ifRange: ifRangeOf(headers) };
}

/** Returns the error for a recording that exceeds the limit. @param sizeBytes its size, where it is known. */
export function tooLarge(maxBytes: number, errorContext: ErrorContext, sizeBytes: number | null): ResponseError {
  const size = sizeBytes === null ? "" : ` (${sizeBytes} bytes)`;
  const words = `: the recording is larger than ${maxBytes} bytes${size}. Raise \`maxRecordingBytes\` if such recordings are expected.`;
  return errorAbout(ResponseError, errorContext, words);
}

/**
 * Checks that a response continues a recording at a position.
 * @returns the total size.
 * @throws the error of `broken` when the response is another version, or another part.
 */
export function readContinuation(
  { status, headers }: HttpResponse,
  start: AudioStart,
  from: number,
  broken: (reason: string) => CallRecordsError,
): number {
  if (status !== 206)
    throw broken("the server sent the whole recording again: it has changed, or is not sent in parts");
  requireUnencoded(headers, broken);
  const [, first, last, total] = /^bytes (\d+)-(\d+)\/(\d+)$/i.exec(headers["content-range"]?.trim() ?? "") ?? [];
  const size = Number(total);
  const fits = Number(first) === from && Number(last) === size - 1 && (start.sizeBytes ?? size) === size;
  if (!fits) throw broken("the server sent another part of the recording than the requested one");
  const version = start.ifRange?.startsWith('"') === true ? headers.etag : headers["last-modified"];
  if (version !== undefined && version !== start.ifRange) throw broken("the recording has changed");
  return size;
}

function requireUnencoded(headers: HttpResponse["headers"], refused: (words: string) => CallRecordsError): void {
  const encoding = headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  if (encoding === "identity" || encoding === "") return;
  throw refused(`the recording is compressed (\`${encoding.slice(0, 40)}\`), although no compression was accepted.`);
}

function sizeOf(contentLength: string | undefined): number | null {
  const text = contentLength?.trim() ?? "";
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** Returns a strong ETag, else a time of change that is a strong validator: it must be at least a second before the response, by RFC 9110. */
function ifRangeOf(headers: HttpResponse["headers"]): string | null {
  if (headers["accept-ranges"]?.trim().toLowerCase() !== "bytes") return null;
  const etag = headers.etag?.trim() ?? "";
  if (/^"[\x21\x23-\x7e]*"$/.test(etag)) return etag;
  // A weak ETag states that the bytes may differ.
  if (etag !== "") return null;
  const changedAt = headers["last-modified"]?.trim() ?? "";
  return Date.parse(changedAt) + 1000 <= Date.parse(headers.date ?? "") ? changedAt : null;
}
