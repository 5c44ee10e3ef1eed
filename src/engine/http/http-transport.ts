import { request as sendHttp, type ClientRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as sendHttps } from "node:https";
import type { Socket } from "node:net";
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
import type { TransportObserver, RawResponse, Transport } from "./transport.js";

/** How requests are sent, and how large an answer may be. */
interface HttpSettings extends RouteSettings {
  /** Of a body, decompressed. */
  maxResponseBytes: number;
  /** Of all bodies that are received and read at once, decompressed. Default {@link MAX_IN_FLIGHT_BYTES}. */
  maxInFlightBytes?: number | undefined;
}

/** Two of the largest answers, or any number of usual ones. */
export const MAX_IN_FLIGHT_BYTES = 67_108_864;

/** HTTP over axios, with kept-alive connections. Redirects are not followed: they would carry credentials to another place. */
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
    const { AxiosHeaders, getAdapter, isAxiosError } = await loadAxios();
    const share = { bytes: 0 };
    const hold = async (room: Promise<void> | null) => {
      if (room === null) return;
      observer?.held?.();
      try {
        await room;
      } finally {
        observer?.resumed?.();
      }
    };
    const take = (bytes: number) => hold(this.memory.take(share, bytes, signal));
    try {
      await hold(this.memory.enter(signal));
      // The adapter by itself: it takes the request as it is, and of what a request of axios does around it nothing is wanted here.
      const response = await getAdapter("http")({
        method: request.method,
        url: request.url,
        headers: new AxiosHeaders(request.headers),
        data: request.body ?? undefined,
        responseType: "stream",
        decompress: true,
        validateStatus: () => true,
        maxRedirects: 0,
        maxBodyLength: Number.POSITIVE_INFINITY,
        proxy: false,
        transport: this.way(url, observer),
        signal,
      } satisfies Axios.InternalAxiosRequestConfig);
      const headers = plainHeaders(response.headers);
      const bytes = await this.readBytes(response.data as AsyncIterable<Buffer>, url.host, take);
      await take(memoryOfJson(bytes));
      // Of a failure, its status says enough: that its page cannot be read must not hide it.
      const contentType = response.status >= 200 && response.status < 300 ? headers["content-type"] : undefined;
      return { status: response.status, headers, text: decodeBody(bytes, contentType, url.host) };
    } catch (error) {
      if (signal.aborted) throw reasonOf(signal);
      const reason = isAxiosError(error) ? (error.cause ?? error) : error;
      // Never the HTTP library's own, which carries the request's headers.
      throw reason instanceof CallRecordsError ? reason : noResponse(url.host, reason);
    } finally {
      // Whoever asked reads the text and takes what it wants of it before the event loop turns again.
      setImmediate(() => {
        this.memory.release(share);
      });
    }
  }

  /** Sends by exactly the agent chosen here: one that has a proxy of its own (`proxyEnv`) axios would replace, with `proxy: false`, by one without. */
  private way(url: URL, observer: TransportObserver | undefined) {
    const agent = this.routes.agentFor(url);
    const send = url.protocol === "https:" ? sendHttps : sendHttp;
    // Said, since NODE_TLS_REJECT_UNAUTHORIZED changes what is not.
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

  /** Reads no further than allowed: leaving the loop breaks the connection off. */
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
          `The answer of ${host} is larger than ${maxResponseBytes} bytes. Raise \`maxResponseBytes\` if such answers are expected.`,
        );
      }
      await take(chunk.byteLength);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  /** Lets go of kept-alive connections. */
  close(): void {
    this.routes.close();
  }
}

/** Not when all has been written: that is told late where the event loop is kept busy, perhaps after the answer. */
function onceConnected(socket: Socket, then: () => void): void {
  if ("secureConnecting" in socket && socket.secureConnecting === true) socket.once("secureConnect", then);
  else if (socket.connecting) socket.once("connect", then);
  else then();
}

let loading: Promise<typeof Axios> | null = null;

/** Loads axios for the first request, and once: who imports the library does not wait for it. */
function loadAxios(): Promise<typeof Axios> {
  loading ??= import("axios");
  return loading;
}

/** Signals of other implementations have no reason. */
function reasonOf({ reason }: { reason?: unknown }): unknown {
  return reason ?? new AbortedError("The request was aborted by its signal.");
}

function plainHeaders(headers: object): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) plain[name.toLowerCase()] = String(value);
  return plain;
}
