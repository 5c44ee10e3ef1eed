import type { PreparedRequest, RawResponse, Transport } from "call-records";
import { type Exchange, operationOf, questionOf } from "./exchange.js";

/** Sends requests over HTTP and records every response. */
export class RecordingTransport implements Transport {
  readonly exchanges: Exchange[] = [];

  async send(request: PreparedRequest, signal: AbortSignal): Promise<RawResponse> {
    const { method, url, headers, body } = request;
    const response = await fetch(url, { method, headers, body, signal });
    const recorded = {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      text: await response.text(),
    };
    this.exchanges.push({ operation: operationOf(request), question: questionOf(request), response: recorded });
    return recorded;
  }
}
