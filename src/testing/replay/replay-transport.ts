import { URL } from "node:url";
import type { CapturedAccount, CapturedExchange, CapturedOperation } from "../../capture/capture-format.js";
import { printTaggedJson } from "../../capture/json-numbers.js";
import { NetworkError, type PreparedRequest, type RawResponse, RequestError, type Transport } from "../../index.js";
import { compareRequests } from "./request-match.js";

/** The `vendorCode` of the error for a request that the capture does not contain. The library adds the account to errors, so a class of this file would be lost. */
const NOT_CAPTURED = "NOT_CAPTURED";

/** Returns the base URL of a replayed account. The host does not exist, so that no request can leave the machine. */
export function endpointOf(account: string): string {
  return `https://${account}.capture.invalid`;
}

/** A transport that returns the captured responses. A request that was captured several times receives the responses in turn. */
export class ReplayTransport implements Transport {
  readonly #operations: ReadonlyMap<string, readonly CapturedOperation[]>;
  readonly #uses = new Map<CapturedExchange, number>();

  constructor(accounts: readonly CapturedAccount[]) {
    this.#operations = new Map(
      accounts.map(({ account, operations }) => [new URL(endpointOf(account)).host, operations]),
    );
  }

  async send(request: PreparedRequest): Promise<RawResponse> {
    const exchange = this.#find(request);
    this.#uses.set(exchange, this.#usesOf(exchange) + 1);
    if (exchange.response === null)
      throw new NetworkError("No response to this request arrived during the capture.", { vendorCode: "NO_RESPONSE" });
    const { status, headers, isJson, body } = exchange.response;
    const text = isJson || typeof body !== "string" ? printTaggedJson(body) : body;
    return Promise.resolve({ status, headers, text });
  }

  #usesOf(exchange: CapturedExchange): number {
    return this.#uses.get(exchange) ?? 0;
  }

  #find(request: PreparedRequest): CapturedExchange {
    const { host, pathname } = new URL(request.url);
    const operations = this.#operations.get(host) ?? [];
    const captured = operations.flatMap(({ exchanges }) => exchanges);
    const compared = captured.map((exchange) => ({ exchange, match: compareRequests(exchange.request, request) }));
    const [found] = compared
      .filter(({ match }) => match.difference === null)
      .sort(
        (one, other) =>
          one.match.distanceMs - other.match.distanceMs || this.#usesOf(one.exchange) - this.#usesOf(other.exchange),
      );
    if (found !== undefined) return found.exchange;
    const differences = new Set(compared.map(({ match }) => match.difference));
    const others = [...differences].filter((one) => one !== "path" && one !== "method");
    const reason =
      others.length === 0 ? "none has this method and path" : `those to this path differ in ${others.join(", ")}`;
    throw new RequestError(
      `The capture has no response to ${request.method} ${pathname}: of its ${captured.length} requests of this account, ${reason}. ${adviceFor(operations)}`,
      { vendorCode: NOT_CAPTURED },
    );
  }
}

/** Returns what to do. A client that notices the missing rows of an operation requests them, although its arguments are right. */
function adviceFor(operations: readonly CapturedOperation[]): string {
  const advice = "Use the arguments in `accounts` of the replay and its client's clock, or capture again.";
  const parts = operations.filter(({ omittedRows }) => omittedRows > 0);
  if (parts.length === 0) return advice;
  const rows = parts.map(({ name, omittedRows }) => `${omittedRows} rows of \`${name}\``).join(", ");
  return `${advice} The file is written without ${rows} (\`omittedRows\`). The client requests these rows too, so no arguments return all of them. With \`isolateFailures: true\`, it returns the other rows, and the report states what is missing.`;
}
