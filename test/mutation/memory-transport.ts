import { validateHeaderValue } from "node:http";
import { NetworkError, type PreparedRequest, type RawResponse, type Transport } from "call-records";
import { type Exchange, operationOf, questionOf } from "./exchange.js";

/** A placeholder in a response for the request's authentication, because vendors quote refused requests. */
export const PROOF = "{{proof}}";

/** A call with more requests is considered endless. A call without mutations has about two dozen. */
export const MAX_REQUESTS = 1_000;

/** The response to replace, and how often. */
export interface Tampering {
  exchange: Exchange;
  /** `once`: for one request; `question`: for all requests with the same query; `operation`: for all requests of the operation. */
  extent: "once" | "question" | "operation";
  response: RawResponse;
}

export interface Memory {
  exchanges: readonly Exchange[];
  /** Returns the vendor's empty response, for pages and windows that were not recorded. */
  empty: (operation: string) => string;
  /** Returns the authentication in a request. */
  proofOf: (request: PreparedRequest) => string;
}

/** Returns the recorded responses, except for the replaced one. */
export class MemoryTransport implements Transport {
  requests = 0;
  /** The authentication in the requests. */
  readonly proofs = new Set<string>();
  private readonly responses: ReadonlyMap<string, RawResponse>;
  private tampered = false;

  constructor(
    private readonly memory: Memory,
    private readonly tampering: Tampering | null,
  ) {
    this.responses = new Map(memory.exchanges.map(({ question, response }) => [question, response]));
  }

  send(request: PreparedRequest, signal: AbortSignal): Promise<RawResponse> {
    return new Promise((resolve) => {
      signal.throwIfAborted();
      this.requests += 1;
      for (const [name, value] of Object.entries(request.headers)) requireSendable(name, value);
      const proof = this.memory.proofOf(request);
      this.proofs.add(proof);
      const { status, headers, text } = this.responseTo(request);
      resolve({ status, headers, text: text.replaceAll(PROOF, JSON.stringify(proof).slice(1, -1)) });
    });
  }

  private responseTo(request: PreparedRequest): RawResponse {
    // A test asserts the bound. The refusal ends the account, so that the test itself ends.
    if (this.requests > MAX_REQUESTS) return { status: 403, headers: {}, text: "{}" };
    if (this.tampering !== null && this.isTampered(request, this.tampering)) return this.tampering.response;
    return (
      this.responses.get(questionOf(request)) ?? {
        status: 200,
        headers: {},
        text: this.memory.empty(operationOf(request)),
      }
    );
  }

  private isTampered(request: PreparedRequest, { exchange, extent }: Tampering): boolean {
    if (extent === "operation") return operationOf(request) === exchange.operation;
    if (questionOf(request) !== exchange.question || (extent === "once" && this.tampered)) return false;
    this.tampered = true;
    return true;
  }
}

/** Throws as the library's HTTP transport does for an invalid header. */
function requireSendable(name: string, value: string): void {
  try {
    validateHeaderValue(name, value);
  } catch {
    throw new NetworkError("No response: a header contains an invalid character.", { retryable: true });
  }
}
