import type { Readable } from "node:stream";
import type { PreparedRequest } from "../../contract/http.js";

/** A response before its body is parsed. */
export interface RawResponse {
  /** HTTP status. */
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** The body, decompressed. */
  text: string;
}

/** A response whose body is read as it arrives. */
export interface StreamResponse {
  /** HTTP status. */
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** The body, not decompressed. It must fail if the body ends early. Destroying it closes the connection. */
  body: Readable;
}

/**
 * Observes the progress of a request. A transport calls each method once, where it can, and the rate limiter counts by it. Without `sent`, a request counts until it
 * ends, because it may be sent at any time: slow responses then lower the rate. Without `responded`, the response counts as received when `send` has ended.
 */
export interface TransportObserver {
  /** The request is being sent. It may have waited for a connection. */
  sent(): void;
  /** The headers of the response were received. Its body may take longer. */
  responded(): void;
  /** The transport itself holds up the body, because other bodies use the memory. The time until `resumed` does not count towards the time limit. */
  held?(): void;
  /** The transport receives the body again. */
  resumed?(): void;
}

/** Sends one request and returns the response, whatever its status. It isolates the network from the engine. */
export interface Transport {
  /** Loads the modules that `send` needs. Awaited before the first request of an account takes a rate permit, which must be used at once. */
  load?(): Promise<void>;
  /**
   * Sends the request once. It neither follows redirects nor retries.
   * @param observer is called where the transport can observe the progress.
   * @throws NetworkError without a response; ResponseError for one that is too large; the signal's reason once it is aborted.
   */
  send(request: PreparedRequest, signal: AbortSignal, observer?: TransportObserver): Promise<RawResponse>;
  /**
   * Sends the request once, and resolves when the headers of the response have arrived. It neither follows redirects nor retries. Default: recordings are
   * unsupported.
   * @param signal ends the request until the promise resolves. After that, destroying the body does.
   * @throws NetworkError without a response; the signal's reason once it is aborted.
   */
  open?(request: PreparedRequest, signal: AbortSignal, observer?: TransportObserver): Promise<StreamResponse>;
}
