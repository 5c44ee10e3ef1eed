import type { PreparedRequest } from "../contract/http.js";
import type { RawResponse, Transport, TransportObserver } from "../engine/http/transport.js";
import { AbortedError } from "../model/errors.js";
import type { RawExchange } from "./exchange-mask.js";

/** A transport that records what another one sends and receives, up to a number of requests. */
export class RecordingTransport implements Transport {
  readonly #inner: Transport;
  #limit = 0;
  #exchanges: RawExchange[] = [];
  #end = new AbortController();
  readonly #pending = new Set<Promise<RawResponse>>();

  constructor(inner: Transport) {
    this.#inner = inner;
  }

  /**
   * Starts a new list of exchanges.
   * @param limit number of requests after which `enough` is aborted, and further ones are refused.
   */
  begin(limit: number): { exchanges: readonly RawExchange[]; enough: AbortSignal } {
    this.#limit = limit;
    this.#exchanges = [];
    this.#end = new AbortController();
    return { exchanges: this.#exchanges, enough: this.#end.signal };
  }

  async load(): Promise<void> {
    await this.#inner.load?.();
  }

  async send(request: PreparedRequest, signal: AbortSignal, observer?: TransportObserver): Promise<RawResponse> {
    if (this.#exchanges.length >= this.#limit) {
      const end = this.#end;
      // The responses to the last requests are recorded too.
      await Promise.allSettled(this.#pending);
      const enough = new AbortedError("The limit of recorded requests is reached.");
      end.abort(enough);
      throw enough;
    }
    const exchange: RawExchange = { request, response: null };
    this.#exchanges.push(exchange);
    const pending = this.#inner
      .send(request, signal, observer)
      .then((response) => (exchange.response = response))
      .finally(() => this.#pending.delete(pending));
    this.#pending.add(pending);
    return pending;
  }
}
