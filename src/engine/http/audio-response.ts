import type { Readable } from "node:stream";
import { TextDecoder } from "node:util";
import type { HttpResponse, PreparedRequest } from "../../contract/http.js";
import { type ReadResponse, readResponse } from "./http-message.js";
import type { Transport, TransportObserver } from "./transport.js";

/** A failure is an explanation of a few lines. A larger body is not read to its end. */
const MAX_FAILURE_BYTES = 65_536;

/** The types that object stores send for a file of an unknown type. `application/ogg` is audio by an older name. */
const BINARY_TYPES: ReadonlySet<string> = new Set([
  "application/octet-stream",
  "binary/octet-stream",
  "application/ogg",
]);

/** Returns the media type of a response in lower case, without parameters. A response without one is a file of an unknown type, by the standard of HTTP. */
export function mediaTypeOf(headers: HttpResponse["headers"]): string {
  const type = headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return type === "" ? "application/octet-stream" : type;
}

/** Whether a response contains audio, by its status and its media type. */
export function isAudio({ status, headers }: Pick<HttpResponse, "status" | "headers">): boolean {
  const type = mediaTypeOf(headers);
  return (status === 200 || status === 206) && (type.startsWith("audio/") || BINARY_TYPES.has(type));
}

/**
 * Sends a request for audio. Audio is returned as a stream. Any other response is an explanation of a failure, which is read up to 64 kB.
 * @param signal ends the request, and the reading of an explanation.
 */
export async function openAudio(
  open: NonNullable<Transport["open"]>,
  request: PreparedRequest,
  signal: AbortSignal,
  observer: TransportObserver,
): Promise<ReadResponse> {
  const response = await open(request, signal, observer);
  const { status, headers, body } = response;
  // A stream without a listener for its errors would end the process.
  body.on("error", () => undefined);
  if (signal.aborted) body.destroy();
  if (isAudio(response)) return { response: { status, headers, body: undefined }, fault: null, audio: body };
  const destroy = () => void body.destroy();
  signal.addEventListener("abort", destroy, { once: true });
  try {
    const text = await readStart(body);
    return { ...readResponse({ status, headers, text }), text };
  } finally {
    signal.removeEventListener("abort", destroy);
    destroy();
  }
}

/** Returns the beginning of a body as text. The status of a failure is known, so a body that ends early is no further failure. */
async function readStart(body: Readable): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      size += chunk.byteLength;
      if (size >= MAX_FAILURE_BYTES) break;
    }
  } catch {
    // What was read may still explain the failure.
  }
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, MAX_FAILURE_BYTES));
}
