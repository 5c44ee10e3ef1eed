import { z } from "zod";
import type { HttpResponse } from "../../contract/http.js";
import type { Provider } from "../../contract/provider.js";
import { AbortedError, NetworkError, ResponseError } from "../../model/errors.js";
import type { TencentCccClient } from "./options.js";
import { ACTION_HEADER } from "./request.js";

/** An API error, as the SDK reports it. The SDK does not export its class, so its fields identify it. */
const refusalSchema = z.object({ code: z.string().min(1), requestId: z.string(), message: z.string().catch("") });

/** A status other than 200. The SDK drops the body and the headers. */
const statusSchema = z.object({ httpCode: z.int() });

/** The documented samples are UUIDs. */
const REQUEST_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A body that is not JSON. The message contains the parser's message, which quotes the body. */
const noJsonSchema = z.object({ type: z.literal("invalid-json"), message: z.string() });
/** Matches the message for a body that does not begin as JSON, such as a web page, or that is truncated. Both are usually temporary. */
const FOREIGN_OR_CUT = /reason: (?:Unexpected token '(.+)', "\1|Unexpected end|Unterminated)/s;
const POSITION = /at position (\d+)/;

/** Returns a function that sends requests through a Tencent SDK client, and returns responses in the form of the built-in HTTP transport. */
export function sendThrough(client: TencentCccClient, account: string): NonNullable<Provider["send"]> {
  return async (request, { signal }) => {
    throwIfAborted(signal);
    const action = request.headers?.[ACTION_HEADER] ?? "";
    try {
      const response = await client.request(action, request.body ?? {}, { signal });
      return toResponse(200, { Response: response });
    } catch (error) {
      // The SDK reports an abort in the same way as a failed connection. Only the signal distinguishes them.
      throwIfAborted(signal);
      // The engine redacts the credentials that the client exposes. If it exposes none, everything that could be a credential is redacted here.
      const redact = credentialsOf(client).length > 0 ? (text: string) => text : withoutCredentials;
      return readFailure(error, { account, operation: action }, redact);
    }
  };
}

/** Throws the reason of an aborted signal. Other implementations of AbortSignal have neither a method `throwIfAborted` nor a reason. */
function throwIfAborted({ aborted, reason }: { readonly aborted: boolean; readonly reason?: unknown }): void {
  const thrown: unknown = reason ?? new AbortedError("The request was aborted by its signal.");
  if (aborted) throw thrown;
}

function readFailure(
  error: unknown,
  details: { account: string; operation: string },
  redact: (text: string) => string,
): HttpResponse {
  const refusal = refusalSchema.safeParse(error);
  if (refusal.success) {
    const { code, message, requestId } = refusal.data;
    return toResponse(200, {
      Response: {
        Error: { Code: redact(code), Message: redact(message) },
        RequestId: REQUEST_ID.test(requestId) ? requestId : redact(requestId),
      },
    });
  }
  const status = statusSchema.safeParse(error);
  if (status.success) return toResponse(status.data.httpCode, undefined);
  const noJson = noJsonSchema.safeParse(error);
  if (noJson.success && !FOREIGN_OR_CUT.test(noJson.data.message)) {
    const offset = POSITION.exec(noJson.data.message)?.[1];
    const where = offset === undefined ? "" : ` at offset ${offset}`;
    throw new ResponseError(
      `${details.account}: ${details.operation}: the response is not valid JSON${where}. A retry would return the same response: report it to the vendor.`,
      { provider: "tencent-ccc", ...details, vendorCode: "HTTP 200" },
    );
  }
  // The client's error and its message are not included: both may contain the request, and with it the credentials.
  throw new NetworkError(
    "The Tencent client returned no response: the connection failed, or the response did not come from the API.",
    { provider: "tencent-ccc", ...details, retryable: true },
  );
}

function toResponse(status: number, body: unknown): HttpResponse {
  return { status, headers: {}, body };
}

const text = z.string().min(1).optional().catch(undefined);
/** The property in which clients of Tencent's SDK store their credentials, and update temporary ones. */
const clientSchema = z.object({ credential: z.object({ secretId: text, secretKey: text, token: text }) });

/** Returns the credentials that a client exposes. */
export function credentialsOf(client: TencentCccClient | undefined): string[] {
  try {
    const { secretId, secretKey, token } = clientSchema.safeParse(client).data?.credential ?? {};
    return [secretId, secretKey, token].filter((secret) => secret !== undefined);
  } catch {
    // A getter of the client threw.
    return [];
  }
}

/** A long run of characters without spaces. */
const LONG_PIECE = /[\w+/=-]{16,}/g;

/** Redacts everything in the text that may be a key, a token or a signature: long runs that contain both letters and digits. */
function withoutCredentials(text: string): string {
  return text.replace(LONG_PIECE, (piece) => (/[0-9]/.test(piece) && /[A-Za-z]/.test(piece) ? "[redacted]" : piece));
}
