import type { PreparedRequest } from "../../contract/http.js";

/** An answer before its body is read. */
export interface RawResponse {
  /** HTTP status. */
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** The body, decompressed. */
  text: string;
}

/**
 * Told on the way of a request, each once, by a transport that knows: the pace counts by it. A request that is not told to have left counts from its
 * turn in the pace, and one whose answer is not told of as answered when `send` has ended.
 */
export interface TransportObserver {
  /** The request leaves the process. It may have had to wait for its connection. */
  sent(): void;
  /** The head of the answer has come. Its body may take longer. */
  responded(): void;
  /** The transport holds the answer's body up by itself, as others take the memory for it. The time until `resumed` does not count as the vendor's. */
  held?(): void;
  /** The body is received on. */
  resumed?(): void;
}

/** Sends one request and answers what came back, whatever its status. The seam behind which the network lies. */
export interface Transport {
  /** Loads what `send` needs. Awaited before an account's first request takes its turn in the pace, which is to be used at once. */
  load?(): Promise<void>;
  /**
   * Neither follows redirects nor tries again.
   * @param observer to be told of, where the transport knows of them.
   * @throws NetworkError without an answer; ResponseError for one that is too large; the signal's reason once it is aborted.
   */
  send(request: PreparedRequest, signal: AbortSignal, observer?: TransportObserver): Promise<RawResponse>;
}
