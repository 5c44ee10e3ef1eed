import type { PreparedRequest } from "../../contract/http.js";

/** An answer before its body is read. */
export interface RawAnswer {
  /** HTTP status. */
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** The body, decompressed. */
  text: string;
}

/** Sends one request and answers what came back, whatever its status. The seam behind which the network lies. */
export interface Transport {
  /** Loads what `send` needs. Awaited before an account's first request takes its turn in the pace, which is to be used at once. */
  load?(): Promise<void>;
  /**
   * Neither follows redirects nor tries again.
   * @throws NetworkError without an answer; ResponseError for one that is too large; the signal's reason once it is aborted.
   */
  send(request: PreparedRequest, signal: AbortSignal): Promise<RawAnswer>;
}
