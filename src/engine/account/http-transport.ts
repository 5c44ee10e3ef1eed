import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import axios, { AxiosHeaders, isAxiosError } from "axios";
import type { PreparedRequest } from "../../contract/http.js";
import { NetworkError, ResponseError } from "../../model/errors.js";
import type { RawAnswer, Transport } from "./transport.js";

/** HTTP over axios, with kept-alive connections. Redirects are not followed: they would carry credentials to another place. */
export class HttpTransport implements Transport {
  private readonly httpAgent = new HttpAgent({ keepAlive: true });
  private readonly httpsAgent = new HttpsAgent({ keepAlive: true });

  constructor(private readonly maxResponseBytes: number) {}

  async send(request: PreparedRequest, signal: AbortSignal): Promise<RawAnswer> {
    try {
      const { status, headers, data } = await axios.request<string>({
        method: request.method,
        url: request.url,
        headers: request.headers,
        data: request.body ?? undefined,
        // The bytes that were signed are the bytes that are sent, and the body is read here, not guessed at by the HTTP library.
        transformRequest: (body: unknown) => body,
        transformResponse: (text: unknown) => text,
        responseType: "text",
        validateStatus: () => true,
        adapter: "http",
        maxRedirects: 0,
        maxContentLength: this.maxResponseBytes,
        maxBodyLength: Number.POSITIVE_INFINITY,
        proxy: false,
        httpAgent: this.httpAgent,
        httpsAgent: this.httpsAgent,
        signal,
      });
      return { status, headers: plainHeaders(headers), text: typeof data === "string" ? data : "" };
    } catch (error) {
      signal.throwIfAborted();
      throw this.describe(error, request);
    }
  }

  /** An error of our own, with nothing of the HTTP library's, which carries the request's headers. */
  private describe(error: unknown, request: PreparedRequest): Error {
    const host = new URL(request.url).host;
    if (isAxiosError(error) && error.message.includes("maxContentLength")) {
      return new ResponseError(
        `The answer of ${host} is larger than ${this.maxResponseBytes} bytes. Raise \`maxResponseBytes\` if such answers are expected.`,
      );
    }
    const code = codeOf(error);
    return new NetworkError(`No answer from ${host} (${code}). Check the network and the provider's \`endpoint\`.`, {
      vendorCode: code,
      retryable: true,
    });
  }

  /** Lets go of kept-alive connections. */
  close(): void {
    this.httpAgent.destroy();
    this.httpsAgent.destroy();
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "connection failed";
}

function plainHeaders(headers: unknown): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of new AxiosHeaders(headers as AxiosHeaders)) plain[name.toLowerCase()] = String(value);
  return plain;
}
