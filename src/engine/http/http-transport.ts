import { request as sendHttp, type ClientRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as sendHttps } from "node:https";
import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import { setImmediate } from "node:timers";
import { URL } from "node:url";
import type * as Axios from "axios";
import type { PreparedRequest } from "../../contract/http.js";
import { AbortedError, CallRecordsError, ResponseError } from "../../model/errors.js";
import { decodeBody } from "./body-text.js";
import { noResponse } from "./connection-failure.js";
import { memoryOfJson } from "./json-memory.js";
import { MemoryBudget } from "./memory-budget.js";
import { Routes, type RouteSettings } from "./routes.js";
import type { TransportObserver, RawResponse, StreamResponse, Transport } from "./transport.js";

/** The network options, and the limits of the size of responses. */
interface HttpSettings extends RouteSettings {
  /** The maximum size of a body, decompressed. */
  maxResponseBytes: number;
  /** The maximum total of all bodies that are received and parsed at the same time, decompressed. Default {@link MAX_IN_FLIGHT_BYTES}. */
  maxInFlightBytes?: number | undefined;
}

/** Enough for two responses of the maximum size, or for many usual ones. */
export const MAX_IN_FLIGHT_BYTES = 67_108_864;

/** Sends HTTP with axios, over kept-alive connections. Redirects are not followed, because they would send credentials to another host. */
export class HttpTransport implements Transport {
  private readonly routes: Routes;
  private readonly memory: MemoryBudget;

  constructor(private readonly settings: HttpSettings) {
    this.memory = new MemoryBudget(settings.maxInFlightBytes ?? MAX_IN_FLIGHT_BYTES);
    this.routes = new Routes(settings);
  }

  async load(): Promise<void> {
    await loadAxios();
  }

  async send(request: PreparedRequest, signal: AbortSignal, observer?: TransportObserver): Promise<RawResponse> {
    const url = new URL(request.url);
    const share = { bytes: 0 };
    const hold = async (available: Promise<void> | null) => {
      if (available === null) return;
      observer?.held?.();
      try {
        await available;
      } finally {
        observer?.resumed?.();
      }
    };
    const take = (bytes: number) => hold(this.memory.take(share, bytes, signal));
    try {
      await hold(this.memory.enter(signal));
      const { status, headers, body } = await this.exchange(request, url, signal, observer, true);
      const bytes = await this.readBytes(body, url.host, take);
      await take(memoryOfJson(bytes));
      // The status suffices for a failure. A body in an unsupported charset must not hide it.
      const contentType = status >= 200 && status < 300 ? headers["content-type"] : undefined;
      return { status, headers, text: decodeBody(bytes, contentType, url.host) };
    } catch (error) {
      throw await failureOf(error, url, signal);
    } finally {
      // The caller parses the text before the next turn of the event loop.
      setImmediate(() => {
        this.memory.release(share);
      });
    }
  }

  /** Sends the request, and resolves with the body as a stream. It uses no memory of the budget, because its consumer limits what is received. */
  async open(request: PreparedRequest, signal: AbortSignal, observer?: TransportObserver): Promise<StreamResponse> {
    const url = new URL(request.url);
    try {
      const response = await this.exchange(request, url, signal, observer, false);
      const { status, headers, body } = response;
      if (status < 200 || status >= 300) return response;
      if (headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined) return response;
      body.destroy();
      throw new ResponseError(
        `The response of ${url.host} states neither its length nor an encoding with an end, so a part of it could be missing without a sign.`,
      );
    } catch (error) {
      throw await failureOf(error, url, signal);
    }
  }

  private async exchange(
    request: PreparedRequest,
    url: URL,
    signal: AbortSignal,
    observer: TransportObserver | undefined,
    decompress: boolean,
  ): Promise<StreamResponse> {
    const { AxiosHeaders, getAdapter } = await loadAxios();
    // Calls axios's adapter directly: the defaults, interceptors and transformations of an axios request are not needed.
    const response = await getAdapter("http")({
      method: request.method,
      url: request.url,
      headers: new AxiosHeaders(request.headers),
      data: request.body ?? undefined,
      responseType: "stream",
      decompress,
      validateStatus: () => true,
      maxRedirects: 0,
      maxBodyLength: Number.POSITIVE_INFINITY,
      proxy: false,
      transport: this.axiosTransport(url, observer),
      signal,
    } satisfies Axios.InternalAxiosRequestConfig);
    return { status: response.status, headers: plainHeaders(response.headers), body: response.data as Readable };
  }

  /** Returns axios's transport with exactly the agent selected here. With `proxy: false`, axios would replace an agent that has its own proxy (`proxyEnv`). */
  private axiosTransport(url: URL, observer: TransportObserver | undefined) {
    const agent = this.routes.agentFor(url);
    const send = url.protocol === "https:" ? sendHttps : sendHttp;
    // Stated, because NODE_TLS_REJECT_UNAUTHORIZED changes the default.
    const own = { agent, rejectUnauthorized: true };
    return {
      request: (options: RequestOptions, onResponse: (response: IncomingMessage) => void): ClientRequest => {
        const sending = send({ ...options, ...own }, onResponse);
        sending.once("socket", (socket) => {
          onceConnected(socket, () => observer?.sent());
        });
        sending.once("response", () => observer?.responded());
        return sending;
      },
    };
  }

  /** Reads a body up to the maximum size. Leaving the loop closes the connection. */
  private async readBytes(
    body: AsyncIterable<Buffer>,
    host: string,
    take: (bytes: number) => Promise<void>,
  ): Promise<Buffer> {
    const { maxResponseBytes } = this.settings;
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body) {
      size += chunk.byteLength;
      if (size > maxResponseBytes) {
        throw new ResponseError(
          `The response of ${host} is larger than ${maxResponseBytes} bytes. Raise \`maxResponseBytes\` if such responses are expected.`,
        );
      }
      await take(chunk.byteLength);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  /** Closes the kept-alive connections. */
  close(): void {
    this.routes.close();
  }
}

/** Calls back once the socket is connected. In a busy event loop, the event for a completely written request may be emitted after the response. */
function onceConnected(socket: Socket, callback: () => void): void {
  if ("secureConnecting" in socket && socket.secureConnecting === true) socket.once("secureConnect", callback);
  else if (socket.connecting) socket.once("connect", callback);
  else callback();
}

let loading: Promise<typeof Axios> | null = null;

/** Loads axios once, for the first request, so that importing the library is fast. */
function loadAxios(): Promise<typeof Axios> {
  loading ??= import("axios");
  return loading;
}

/** Returns the error for a request that failed. It is never the HTTP library's error, because that contains the request's headers. */
async function failureOf(error: unknown, url: URL, signal: AbortSignal): Promise<unknown> {
  if (signal.aborted) return reasonOf(signal);
  const { isAxiosError } = await loadAxios();
  const reason = isAxiosError(error) ? (error.cause ?? error) : error;
  return reason instanceof CallRecordsError ? reason : noResponse(url.host, reason);
}

/** Returns the reason of an aborted signal. Signals of other implementations have none. */
function reasonOf({ reason }: { reason?: unknown }): unknown {
  return reason ?? new AbortedError("The request was aborted by its signal.");
}

function plainHeaders(headers: object): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) plain[name.toLowerCase()] = String(value);
  return plain;
}
