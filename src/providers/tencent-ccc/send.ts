import { z } from "zod";
import type { HttpResponse } from "../../contract/http.js";
import type { Provider } from "../../contract/provider.js";
import { AbortedError, NetworkError, ResponseError } from "../../model/errors.js";
import { credentialsOf, withoutCredentials } from "./client-credentials.js";
import type { TencentCccClient } from "./options.js";
import { ACTION_HEADER } from "./request.js";

/** The vendor's refusal, as its SDK reports it. Its class is not exported, so it is known by what it carries. */
const refusalSchema = z.object({ code: z.string().min(1), requestId: z.string(), message: z.string().catch("") });

/** A status other than 200: its body and headers are lost in the SDK. */
const statusSchema = z.object({ httpCode: z.int() });

/** Documented samples are UUIDs. */
const REQUEST_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A body that is no JSON. The words of the parser follow, and quote the body. */
const noJsonSchema = z.object({ type: z.literal("invalid-json"), message: z.string() });
/** A body that does not begin as JSON, such as a web page, or ends too early. Neither is likely to come again. */
const FOREIGN_OR_CUT = /reason: (?:Unexpected token '(.+)', "\1|Unexpected end|Unterminated)/s;
const POSITION = /at position (\d+)/;

/** Sends requests through a client of Tencent's SDK, and answers in the form of the library's own HTTP. */
export function sendThrough(client: TencentCccClient, account: string): NonNullable<Provider["send"]> {
  return async (request, { signal }) => {
    throwIfAborted(signal);
    const action = request.headers?.[ACTION_HEADER] ?? "";
    try {
      const response = await client.request(action, request.body ?? {}, { signal });
      return toResponse(200, { Response: response });
    } catch (error) {
      // The SDK reports an abort like any failed connection: only the signal can tell.
      throwIfAborted(signal);
      // Of a client that shows its credentials the engine takes them out of its words; of any other, nobody knows them.
      const clean = credentialsOf(client).length > 0 ? (words: string) => words : withoutCredentials;
      return readFailure(error, { account, operation: action }, clean);
    }
  };
}

/** Not the method of the same name: signals of other implementations lack it, and have no reason. */
function throwIfAborted({ aborted, reason }: { readonly aborted: boolean; readonly reason?: unknown }): void {
  const thrown: unknown = reason ?? new AbortedError("The request was aborted by its signal.");
  if (aborted) throw thrown;
}

function readFailure(
  error: unknown,
  details: { account: string; operation: string },
  clean: (words: string) => string,
): HttpResponse {
  const refusal = refusalSchema.safeParse(error);
  if (refusal.success) {
    const { code, message, requestId } = refusal.data;
    return toResponse(200, {
      Response: {
        Error: { Code: clean(code), Message: clean(message) },
        RequestId: REQUEST_ID.test(requestId) ? requestId : clean(requestId),
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
      `${details.account}: ${details.operation}: the answer is no JSON${where}: it begins as JSON, and goes on as something else. The vendor would answer the same again: report it to the vendor.`,
      {
        provider: "tencent-ccc",
        ...details,
        vendorCode: "HTTP 200",
      },
    );
  }
  // Neither the client's words nor its error are handed on: both may hold the request, and with it the credentials.
  throw new NetworkError(
    "The Tencent client had no answer: the connection failed, or what came was no answer of the API.",
    {
      provider: "tencent-ccc",
      ...details,
      retryable: true,
    },
  );
}

function toResponse(status: number, body: unknown): HttpResponse {
  return { status, headers: {}, body };
}
