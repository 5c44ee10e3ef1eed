import { request as sendHttp, type ClientRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as sendHttps } from "node:https";
import axios, { AxiosHeaders, isAxiosError } from "axios";
import type { PreparedRequest } from "../../contract/http.js";
import { CallRecordsError, ResponseError } from "../../model/errors.js";
import { noAnswer } from "./connection-failure.js";
import { Routes, type RouteSettings } from "./routes.js";
import type { RawAnswer, Transport } from "./transport.js";

/** What HTTP is to keep to. */
export interface HttpSettings extends RouteSettings {
  /** Of a body, decompressed. */
  maxResponseBytes: number;
}

/** HTTP over axios, with kept-alive connections. Redirects are not followed: they would carry credentials to another place. */
export class HttpTransport implements Transport {
  private readonly routes: Routes;

  constructor(private readonly settings: HttpSettings) {
    this.routes = new Routes(settings);
  }

  async send(request: PreparedRequest, signal: AbortSignal): Promise<RawAnswer> {
    const url = new URL(request.url);
    try {
      const { status, headers, data } = await axios.request<AsyncIterable<Buffer>>({
        method: request.method,
        url: request.url,
        headers: request.headers,
        data: request.body ?? undefined,
        // The bytes that were signed are the bytes that are sent, and the body is read here, not guessed at by the HTTP library.
        transformRequest: (body: unknown) => body,
        responseType: "stream",
        validateStatus: () => true,
        adapter: "http",
        maxRedirects: 0,
        maxBodyLength: Number.POSITIVE_INFINITY,
        proxy: false,
        transport: this.way(url),
        signal,
      });
      return { status, headers: plainHeaders(headers), text: await this.readText(data, url.host) };
    } catch (error) {
      signal.throwIfAborted();
      const reason = isAxiosError(error) ? (error.cause ?? error) : error;
      // Never the HTTP library's own, which carries the request's headers.
      throw reason instanceof CallRecordsError ? reason : noAnswer(url.host, reason);
    }
  }

  /** Sends by exactly the agent chosen here: one that has a proxy of its own (`proxyEnv`) axios would replace, with `proxy: false`, by one without. */
  private way(url: URL) {
    const agent = this.routes.agentFor(url);
    const send = url.protocol === "https:" ? sendHttps : sendHttp;
    return { request: (options: RequestOptions, onAnswer: (answer: IncomingMessage) => void): ClientRequest => send({ ...options, agent }, onAnswer) };
  }

  /** Reads no further than allowed: leaving the loop breaks the connection off. */
  private async readText(body: AsyncIterable<Buffer>, host: string): Promise<string> {
    const { maxResponseBytes } = this.settings;
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body) {
      size += chunk.byteLength;
      if (size > maxResponseBytes) {
        throw new ResponseError(`The answer of ${host} is larger than ${maxResponseBytes} bytes. Raise \`maxResponseBytes\` if such answers are expected.`);
      }
      chunks.push(chunk);
    }
    // Unlike `toString`, leaves a byte order mark out.
    return new TextDecoder().decode(Buffer.concat(chunks));
  }

  /** Lets go of kept-alive connections. */
  close(): void {
    this.routes.close();
  }
}

function plainHeaders(headers: unknown): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of new AxiosHeaders(headers as AxiosHeaders)) plain[name.toLowerCase()] = String(value);
  return plain;
}
