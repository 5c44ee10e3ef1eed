import type { HttpAnswer, HttpRequest, PreparedRequest } from "../contract/http.js";
import type { Provider } from "../contract/provider.js";
import { judgeStatus, type Verdict } from "../contract/verdict.js";
import { AuthenticationError, CallRecordsError, type ErrorDetails, NetworkError, TimeoutError } from "../model/errors.js";
import type { ClientEvent } from "../model/events.js";
import { LinkedAbort, orAborted } from "./abort.js";
import { PassingFailure, readRetryAfter, withAttempts } from "./attempts.js";
import type { Clock } from "./clock.js";
import { parseExactJson } from "./exact-json.js";
import { errorOfVerdict, TooMuch } from "./failure.js";
import type { Transport } from "./http-transport.js";
import type { RateLimiter } from "./pace.js";
import { Redaction } from "./redaction.js";
import { Slots } from "./slots.js";
import type { StoredToken, Tokens } from "./tokens.js";

/** What all accounts of a client share. */
export interface Services {
  transport: Transport;
  clock: Clock;
  rateLimiter: RateLimiter;
  tokens: Tokens;
  /** For one attempt. */
  timeoutMs: number;
  /** The first included. */
  attempts: number;
  emit: (event: ClientEvent) => void;
  /** Aborted when the client is closed. */
  closing: AbortSignal;
}

/** The call on whose behalf a request is made. */
export interface CallScope {
  signal: AbortSignal;
  counters: { requests: number; retries: number; throttles: number; waitedMs: number };
}

/** A request by its vendor's name, and what it is for. */
export interface Inquiry {
  operation: string;
  request: HttpRequest;
  window: { from: string; to: string } | null;
}

/** One account as all calls of a client share it: its pace, its slots, its token, its clock. Turns a request into a good answer or an error. */
export class AccountSession {
  private readonly slots: Slots;
  private readonly redaction: Redaction;
  private clockOffset = 0;
  /** Whether the account has answered well once: until then its requests go one at a time. */
  answered = false;

  constructor(
    readonly provider: Provider,
    readonly services: Services,
  ) {
    this.slots = new Slots(provider.rate.concurrency);
    this.redaction = new Redaction(provider.secrets());
  }

  /** The vendor's now, in epoch milliseconds, as far as it is known. */
  now(): number {
    return this.services.clock.now() + this.clockOffset;
  }

  /** Text from outside, without the account's secrets. */
  readonly clean = (text: string): string => this.redaction.clean(text);

  private details(inquiry: Inquiry, attempts: number | null = null): ErrorDetails {
    const { id: provider, account } = this.provider;
    return { provider, account, operation: inquiry.operation, window: inquiry.window, attempts };
  }

  private subject(inquiry: Inquiry): string {
    return `${this.provider.account}: ${inquiry.operation}`;
  }

  /**
   * The vendor's good answer to a request, after as many attempts as it takes and is allowed.
   * @throws CallRecordsError as the adapter judges; TooMuch when less must be asked for.
   */
  async ask(inquiry: Inquiry, scope: CallScope): Promise<HttpAnswer> {
    const answer = await this.attempt(inquiry, scope, (number) => {
      return this.slots.use(scope.signal, async () => {
        const { rateLimiter } = this.services;
        await orAborted(rateLimiter.take(this.provider.account, this.provider.rate, scope.signal), scope.signal);
        return this.converse(inquiry, scope, number);
      });
    });
    this.answered = true;
    return answer;
  }

  private attempt<Result>(inquiry: Inquiry, scope: CallScope, once: (number: number) => Promise<Result>): Promise<Result> {
    const { account } = this.provider;
    const { attempts, clock, emit, rateLimiter } = this.services;
    return withAttempts(once, {
      attempts,
      clock,
      signal: scope.signal,
      onRetry: ({ attempt, waitMs, failure }) => {
        scope.counters.retries += 1;
        scope.counters.waitedMs += waitMs;
        const { vendorCode, message } = failure.toError(attempt);
        if (failure.reason === "throttle") {
          rateLimiter.slowDown(account, waitMs);
          emit({ type: "throttle", account, operation: inquiry.operation, waitMilliseconds: waitMs, vendorCode });
        }
        emit({ type: "retry", account, operation: inquiry.operation, attempt, waitMilliseconds: waitMs, reason: message });
      },
    });
  }

  /** One attempt: the one new token and the one corrected clock that it may take are part of it. */
  private async converse(inquiry: Inquiry, scope: CallScope, number: number): Promise<HttpAnswer> {
    let renewed = false;
    let corrected = false;
    for (;;) {
      const token = await this.takeToken(scope);
      const answer = await this.exchange(inquiry, scope, number, token);
      const verdict = this.provider.judge(answer) ?? judgeStatus(answer);
      if (verdict === null) return answer;
      if (verdict.type === "reauthenticate" && token !== null && !renewed) {
        renewed = true;
        this.dropToken(token);
      } else if (verdict.type === "correct-clock" && !corrected && this.correctClock(answer)) {
        corrected = true;
      } else {
        throw this.failureOf(verdict, answer, inquiry, scope);
      }
    }
  }

  private failureOf(verdict: Verdict, answer: HttpAnswer, inquiry: Inquiry, scope: CallScope): Error {
    const toError = (attempts: number | null): CallRecordsError => {
      const code =
        verdict.type === "fail" ? verdict.error
        : verdict.type === "throttle" ? "rate-limit"
        : verdict.type === "reauthenticate" || verdict.type === "correct-clock" ? "authentication"
        : "vendor";
      if (verdict.type === "correct-clock") return this.clockError(verdict, answer, inquiry);
      return errorOfVerdict(verdict, code, this.subject(inquiry), this.details(inquiry, attempts), this.clean);
    };
    switch (verdict.type) {
      case "retry":
      case "throttle":
        if (verdict.type === "throttle") scope.counters.throttles += 1;
        return new PassingFailure(verdict.type, toError, readRetryAfter(answer.headers["retry-after"], this.now()));
      case "split-window":
        return new TooMuch("window", toError(null));
      case "shrink-page":
        return new TooMuch("page", toError(null));
      default:
        return toError(null);
    }
  }

  private clockError(verdict: Verdict, answer: HttpAnswer, inquiry: Inquiry): CallRecordsError {
    const ours = new Date(this.services.clock.now()).toISOString();
    const theirs = answer.headers.date ?? "not told";
    return new AuthenticationError(
      `${this.subject(inquiry)}: the vendor does not accept the request's time. This machine's clock says ${ours}, the vendor's says ${theirs}. Set the clock right.`,
      { ...this.details(inquiry), vendorCode: verdict.vendorCode, requestId: verdict.requestId ?? null },
    );
  }

  /** Takes over the vendor's clock. False where the answer does not tell it. */
  private correctClock(answer: HttpAnswer): boolean {
    const theirs = Date.parse(answer.headers.date ?? "");
    if (Number.isNaN(theirs)) return false;
    this.clockOffset = theirs - this.services.clock.now();
    this.services.emit({ type: "clock", account: this.provider.account, offsetMilliseconds: this.clockOffset });
    return true;
  }

  /** Signs and sends once, and reads the answer's JSON. */
  private async exchange(inquiry: Inquiry, scope: CallScope, number: number, token: string | null): Promise<HttpAnswer> {
    const { auth } = this.provider;
    const prepared = prepare(inquiry.request);
    if (auth.type === "token" && token !== null) Object.assign(prepared.headers, auth.headers(token));
    if (auth.type === "sign") Object.assign(prepared.headers, await auth.sign(prepared, new Date(this.now())));
    const answer = await this.timed(inquiry, scope, number, (signal) =>
      this.provider.send === undefined
        ? this.services.transport.send(prepared, signal).then(readBody)
        : orAborted(this.provider.send(inquiry.request, { signal }), signal),
    );
    if (answer.body === undefined && answer.status >= 200 && answer.status < 300) {
      throw new PassingFailure("retry", (attempts) => {
        return new NetworkError(`${this.subject(inquiry)}: the answer is no JSON. Something between here and the vendor answers in its place.`, {
          ...this.details(inquiry, attempts),
          vendorCode: `HTTP ${answer.status}`,
          retryable: true,
        });
      });
    }
    return answer;
  }

  /** Bounds an exchange in time, counts it, and makes a passing failure of one that brought no answer. */
  private async timed(inquiry: Inquiry, scope: CallScope, number: number, exchange: (signal: AbortSignal) => Promise<HttpAnswer>): Promise<HttpAnswer> {
    const { clock, timeoutMs, emit } = this.services;
    const { account } = this.provider;
    const abort = new LinkedAbort(scope.signal);
    const timer = new AbortController();
    const late = new TimeoutError(`${this.subject(inquiry)}: no whole answer within ${timeoutMs} ms.`, { ...this.details(inquiry), retryable: true });
    clock.sleep(timeoutMs, timer.signal).then(
      () => {
        abort.abort(late);
      },
      () => undefined,
    );
    const began = clock.now();
    let status: number | null = null;
    scope.counters.requests += 1;
    try {
      const answer = await exchange(abort.signal);
      status = answer.status;
      return answer;
    } catch (error) {
      if (!(error instanceof CallRecordsError) || !error.retryable) throw error;
      throw new PassingFailure("retry", (attempts) => restate(error, this.details(inquiry, attempts)));
    } finally {
      timer.abort();
      abort.release();
      emit({ type: "request", account, operation: inquiry.operation, attempt: number, status, milliseconds: clock.now() - began });
    }
  }

  private async takeToken(scope: CallScope): Promise<string | null> {
    const { auth } = this.provider;
    if (auth.type !== "token") return null;
    const { tokens, closing } = this.services;
    // Others may wait for the same token: it is fetched for as long as the client lives, whatever becomes of this call.
    const fetchScope = { signal: closing, counters: scope.counters };
    return orAborted(tokens.take(auth.key, () => this.fetchToken(fetchScope)), scope.signal);
  }

  private dropToken(token: string): void {
    const { auth } = this.provider;
    if (auth.type === "token") this.services.tokens.drop(auth.key, token);
  }

  private async fetchToken(scope: CallScope): Promise<StoredToken> {
    const { auth, account } = this.provider;
    if (auth.type !== "token") throw new TypeError("This provider takes no token.");
    const inquiry: Inquiry = { operation: "token", request: auth.request(), window: null };
    const answer = await this.attempt(inquiry, scope, async (number) => {
      const received = await this.timed(inquiry, scope, number, (signal) => this.services.transport.send(prepare(inquiry.request), signal).then(readBody));
      const verdict = judgeStatus(received);
      if (verdict !== null) throw this.failureOf(verdict, received, inquiry, scope);
      return received;
    });
    const read = auth.answer.safeParse(answer.body);
    const token = read.success ? read.data.token : null;
    if (token === null || token === "") {
      throw new AuthenticationError(`${account}: the token service answered without a token. Check the provider's credentials.`, this.details(inquiry));
    }
    this.redaction.add(token);
    const fetchedAt = this.services.clock.now();
    const expiresAt = fetchedAt + (read.data?.ttlSeconds ?? auth.defaultTtlSeconds) * 1000;
    this.services.emit({ type: "token", account, expiresAt: new Date(expiresAt).toISOString() });
    return { token, fetchedAt, expiresAt };
  }
}

/** The exact bytes of a request, before it is signed. */
function prepare({ method, url, query, headers, body }: HttpRequest): PreparedRequest {
  const target = new URL(url);
  for (const [name, value] of Object.entries(query ?? {})) target.searchParams.append(name, value);
  const contentType = body === undefined ? {} : { "Content-Type": "application/json" };
  return {
    method,
    url: target.href,
    headers: { Accept: "application/json", "User-Agent": "call-records", ...contentType, ...headers },
    body: body === undefined ? null : JSON.stringify(body),
  };
}

function readBody({ status, headers, text }: { status: number; headers: Record<string, string>; text: string }): HttpAnswer {
  try {
    return { status, headers, body: parseExactJson(text) };
  } catch {
    return { status, headers, body: undefined };
  }
}

/** The same error with what is known where it is caught. */
function restate(error: CallRecordsError, details: ErrorDetails): CallRecordsError {
  const ErrorClass = error.code === "timeout" ? TimeoutError : NetworkError;
  return new ErrorClass(error.message, { ...details, vendorCode: error.vendorCode, requestId: error.requestId, retryable: error.retryable });
}
