import { validateHeaderValue } from "node:http";
import { NetworkError, type PreparedRequest, type RawResponse, type Transport } from "call-records";
import { type Exchange, operationOf, questionOf } from "./exchange.js";

/** Stands, in an answer, for what the request carried to prove its sender: vendors quote what they refuse. */
export const PROOF = "{{proof}}";

/** A call that asks more often than this goes on for ever, or as good as: without a lie, it asks two dozen times. */
export const MAX_REQUESTS = 1_000;

/** Which of a call's answers is another than the vendor's own, and how often. */
export interface Tampering {
  exchange: Exchange;
  /** `once`: for one request; `question`: whenever just this is asked; `operation`: for all requests of its operation. */
  extent: "once" | "question" | "operation";
  response: RawResponse;
}

export interface Memory {
  exchanges: readonly Exchange[];
  /** What the vendor answers where there is nothing: to pages and windows that were not asked for when its answers were recorded. */
  empty: (operation: string) => string;
  /** What a request carries to prove its sender. */
  proofOf: (request: PreparedRequest) => string;
}

/** Answers from memory as the vendor did, but for one answer. */
export class MemoryTransport implements Transport {
  requests = 0;
  /** What the requests carried to prove their sender. */
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
    // The bound is what is tested for; a refusal that ends the account keeps the test from going on for ever as well.
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

/** As the library's own HTTP answers for what cannot be a header. */
function requireSendable(name: string, value: string): void {
  try {
    validateHeaderValue(name, value);
  } catch {
    throw new NetworkError("No answer: a header holds what no header may hold.", { retryable: true });
  }
}
