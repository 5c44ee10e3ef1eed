import type { TokenRule } from "../../contract/auth.js";
import type { HttpAnswer, HttpRequest } from "../../contract/http.js";
import type { Provider } from "../../contract/provider.js";
import { judgeStatus, type Verdict } from "../../contract/verdict.js";
import { AuthenticationError, CallRecordsError, type ErrorCode, TimeoutError } from "../../model/errors.js";
import type { Occurrence } from "../../model/events.js";
import { prepareRequest, readAnswer } from "../http/http-message.js";
import type { Transport } from "../http/transport.js";
import { IN_TIME, LinkedAbort, orAborted, throwIfAborted } from "./abort.js";
import { adapterFault } from "./adapter-fault.js";
import { PassingFailure, withAttempts } from "./attempts.js";
import type { Clock } from "./clock.js";
import { codeOf, type Concern, failureOf, notJson, restate, withoutAnswer } from "./failure.js";
import type { RateLimiter } from "./rate-limiter.js";
import { Redaction } from "./redaction.js";
import { RetryBudget } from "./retry-budget.js";
import { Slots } from "./slots.js";
import type { StoredToken, Tokens } from "./tokens.js";
import { VendorClock } from "./vendor-clock.js";

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
  /** From 0 up to 1, for jitter. */
  random: () => number;
  emit: (event: Occurrence) => void;
}

/** The call on whose behalf a request is made. */
export interface RequestScope {
  /** Its id in events. */
  invocation: string;
  signal: AbortSignal;
  counters: { requests: number; retries: number; throttles: number; waitedMs: number };
}

/** A request by its vendor's name, and what it is for. */
export interface Inquiry {
  operation: string;
  request: HttpRequest;
  window: { from: string; to: string } | null;
  /** The window that it belongs to, by its id in events, and the page of it by its number, if it has one; default none. */
  place?: { window: string; page: number | null } | undefined;
  /** Refusals that are good answers to this request, such as that there is no such call; default none. */
  accepts?: ((answer: HttpAnswer) => boolean) | undefined;
}

/** An answer, and what is wrong with it: null where it is good. */
interface Judged {
  answer: HttpAnswer;
  verdict: Verdict | null;
}

/** A token that is said to live longer is fetched anew after a year all the same. */
const LONGEST_TTL_SECONDS = 31_536_000;

/** One account as all calls of a client share it: its pace, its slots, its token, its clock. Turns a request into a good answer or an error. */
export class AccountSession {
  private readonly slots: Slots;
  private readonly redaction: Redaction;
  private readonly retryBudget: RetryBudget;
  private loading: Promise<unknown> | null = null;
  readonly clock: VendorClock;
  /** Whether the account has answered well once: until then its requests go one at a time. */
  answered = false;

  constructor(
    readonly provider: Provider,
    readonly services: Services,
  ) {
    this.slots = new Slots(provider.rate.concurrency);
    this.redaction = new Redaction(provider.secrets());
    this.retryBudget = new RetryBudget(services.clock);
    this.clock = new VendorClock(services.clock, provider.account, services.emit);
  }

  /**
   * The vendor's good answer to a request, after as many attempts as it takes and is allowed.
   * @throws CallRecordsError as the adapter judges; TooMuch when less must be asked for.
   */
  async ask(inquiry: Inquiry, scope: RequestScope): Promise<HttpAnswer> {
    if (!this.answered) await orAborted(this.load(), scope.signal);
    const answer = await this.attempt(inquiry, scope, (number) =>
      this.slots.use(scope.signal, async () => {
        const noteAnswer = await this.takeTurn(scope.signal);
        try {
          return await this.converse(inquiry, scope, number);
        } finally {
          noteAnswer();
        }
      }),
    );
    this.answered = true;
    return answer;
  }

  /** Loads what sending needs; what cannot be loaded is told by the request that fails for it. */
  private load(): Promise<unknown> {
    const { transport } = this.services;
    this.loading ??= Promise.allSettled([transport, this.provider.auth].map(async (part) => part?.load?.()));
    return this.loading;
  }

  /** Runs a piece of the adapter's own code, such as its reading of an answer. @throws ResponseError in place of any exception of its. */
  runAdapter<Result>(part: string, concern: Pick<Concern, "operation" | "window">, run: () => Result): Result {
    try {
      return run();
    } catch (thrown) {
      throw this.adapterFault(part, concern, thrown);
    }
  }

  /** What a piece of the adapter's own code threw, as an error of ours. */
  adapterFault(part: string, concern: Pick<Concern, "operation" | "window">, thrown: unknown): CallRecordsError {
    return adapterFault(part, this.concern(concern), this.clean, thrown);
  }

  /** Waits for a turn in the pace; answers what is to be called once the request has been answered. */
  private async takeTurn(signal: AbortSignal): Promise<() => void> {
    const { account, rate } = this.provider;
    const turn = this.services.rateLimiter.take(account, rate, signal);
    try {
      return await orAborted(turn, signal);
    } catch (error) {
      // A limiter of the user's may still grant it: the turn is given back.
      turn.then((noteAnswer) => {
        noteAnswer();
      }).catch(() => undefined);
      throw error;
    }
  }

  private attempt<Result>(inquiry: Inquiry, scope: RequestScope, once: (number: number) => Promise<Result>): Promise<Result> {
    const { account } = this.provider;
    const { operation } = inquiry;
    const { attempts, clock, emit, random, rateLimiter } = this.services;
    return withAttempts(once, {
      attempts,
      clock,
      random,
      signal: scope.signal,
      mayRetry: (failure) => this.mayRetry(failure, operation),
      onRetry: ({ attempt, waitMs, failure }) => {
        scope.counters.retries += 1;
        scope.counters.waitedMs += waitMs;
        const { code, vendorCode, message } = failure.toError(attempt);
        const told = { account, operation, invocation: scope.invocation, window: inquiry.place?.window ?? null, waitMilliseconds: waitMs };
        if (failure.reason === "throttle") {
          rateLimiter.slowDown(account, waitMs);
          emit({ type: "throttle", ...told, vendorCode });
        }
        emit({ type: "retry", ...told, attempt, error: code, reason: message });
      },
    });
  }

  /** Refusals for want of allowance slow the account down as it is; every other failure takes from the budget. */
  private mayRetry(failure: PassingFailure, operation: string): boolean {
    if (failure.reason === "throttle" || this.retryBudget.spend()) return true;
    const { account } = this.provider;
    const message = `${account}: ${operation} is not tried again: most of what this account asked lately has failed. The vendor seems to be down.`;
    this.services.emit({ type: "warning", account, operation, message, key: null, field: null });
    return false;
  }

  /** One attempt: the one new token and the one corrected clock that it may take are part of it. */
  private async converse(inquiry: Inquiry, scope: RequestScope, number: number): Promise<HttpAnswer> {
    let renewed = false;
    let corrected = false;
    for (;;) {
      const token = await this.takeToken(scope);
      const { answer, verdict } = await this.exchange(inquiry, scope, number, token);
      if (verdict === null) {
        this.retryBudget.earn();
        this.clock.compare(answer, inquiry.operation);
        return answer;
      }
      if (verdict.type === "reauthenticate" && token !== null && !renewed) {
        renewed = true;
        this.dropToken(token);
      } else if (verdict.type === "correct-clock" && !corrected && this.clock.correct(answer)) {
        corrected = true;
      } else {
        if (verdict.type === "correct-clock" && corrected) this.clock.takeBack();
        throw this.failure(verdict, answer, inquiry, scope, number);
      }
    }
  }

  private judge(answer: HttpAnswer, inquiry: Inquiry): Verdict | null {
    const verdict = this.runAdapter("judge", inquiry, () => this.provider.judge(answer)) ?? judgeStatus(answer);
    if (verdict === null) return null;
    return this.runAdapter("saysMissing", inquiry, () => inquiry.accepts?.(answer) ?? false) ? null : verdict;
  }

  private failure(verdict: Verdict, answer: HttpAnswer, inquiry: Inquiry, scope: RequestScope, attempt: number): Error {
    if (verdict.type === "throttle") scope.counters.throttles += 1;
    return failureOf(verdict, answer, { ...this.concern(inquiry), attempts: attempt }, { ours: this.services.clock.now(), vendors: this.clock.nowOf(answer) }, this.clean);
  }

  /** The text without the account's secrets: vendors quote them in messages, codes and keys. */
  readonly clean = (text: string): string => this.redaction.clean(text);

  /** Whom a failure of one of the account's requests concerns. */
  concern({ operation, window }: Pick<Concern, "operation" | "window">): Concern {
    return { provider: this.provider.id, account: this.provider.account, operation, window };
  }

  /** Signs and sends once, and judges the answer. */
  private async exchange(inquiry: Inquiry, scope: RequestScope, number: number, token: string | null): Promise<Judged> {
    const { auth } = this.provider;
    const send = this.provider.send?.bind(this.provider);
    const judge = (answer: HttpAnswer) => this.judge(answer, inquiry);
    // A copy, of which the body is let go once it has been read: the user's client may keep its own.
    if (send !== undefined) return this.told(inquiry, scope, number, async (signal) => ({ ...(await orAborted(send(inquiry.request, { signal }), signal)) }), judge);
    const prepared = prepareRequest(inquiry.request);
    const proof = { now: new Date(this.clock.now()), token };
    const authorized = auth === null ? prepared : await orAborted(Promise.resolve(auth.authorize(prepared, proof)), scope.signal);
    this.redaction.rememberProof(prepared, authorized);
    return this.told(inquiry, scope, number, async (signal) => readAnswer(await this.services.transport.send(authorized, signal)), judge);
  }

  /** Counts an exchange, and tells of it with what its answer is judged to be. */
  private async told(
    inquiry: Inquiry,
    scope: RequestScope,
    attempt: number,
    exchange: (signal: AbortSignal) => Promise<HttpAnswer>,
    judge: (answer: HttpAnswer) => Verdict | null,
  ): Promise<Judged> {
    const { clock, emit } = this.services;
    const { account, id: provider } = this.provider;
    const { operation, place, request } = inquiry;
    // It may have been aborted while the token was waited for, or the signature made: then nothing is sent, and nothing counted.
    throwIfAborted(scope.signal);
    scope.counters.requests += 1;
    const began = clock.now();
    const outcome: { status: number | null; error: ErrorCode | null; vendorCode: string | null } = { status: null, error: null, vendorCode: null };
    try {
      const answer = await this.timed(inquiry, scope, attempt, exchange);
      outcome.status = answer.status;
      if (answer.body === undefined && answer.status >= 200 && answer.status < 300) throw notJson(answer, this.concern(inquiry));
      const verdict = judge(answer);
      if (verdict !== null) {
        outcome.error = codeOf(verdict);
        // An adapter in plain JavaScript may leave it out.
        outcome.vendorCode = typeof verdict.vendorCode === "string" ? this.clean(verdict.vendorCode) : null;
      }
      return { answer, verdict };
    } catch (thrown) {
      outcome.error = scope.signal.aborted ? "aborted" : codeOfThrown(thrown, attempt);
      throw thrown;
    } finally {
      const { invocation } = scope;
      const { window, page } = place ?? { window: null, page: null };
      emit({ type: "request", provider, account, operation, invocation, window, page, method: request.method, server: this.serverOf(request), attempt, ...outcome, milliseconds: clock.now() - began });
    }
  }

  /** Without path and query, which may be anything; not known where a client of the user's sends. */
  private serverOf({ url }: HttpRequest): string | null {
    return this.provider.send === undefined && URL.canParse(url) ? new URL(url).origin : null;
  }

  /** Bounds an exchange in time, and makes a passing failure of one that brought no answer. */
  private async timed(inquiry: Inquiry, scope: RequestScope, number: number, exchange: (signal: AbortSignal) => Promise<HttpAnswer>): Promise<HttpAnswer> {
    const { clock, timeoutMs } = this.services;
    const { account } = this.provider;
    const { operation } = inquiry;
    const abort = new LinkedAbort(scope.signal);
    const timer = new AbortController();
    const late = () => new TimeoutError(`${account}: ${operation}: no whole answer within ${timeoutMs} ms. Raise \`timeoutMs\` if this vendor is slow; else ask again later.`, { ...this.concern(inquiry), retryable: true });
    clock.sleep(timeoutMs, timer.signal).then(
      () => {
        abort.abort(late());
      },
      () => undefined,
    );
    try {
      return await exchange(abort.signal);
    } catch (error) {
      if (!(error instanceof CallRecordsError) || scope.signal.aborted) throw error;
      throw error.retryable ? withoutAnswer(error, this.concern(inquiry)) : restate(error, { ...this.concern(inquiry), attempts: number });
    } finally {
      timer.abort(IN_TIME);
      abort.release();
    }
  }

  private async takeToken(scope: RequestScope): Promise<string | null> {
    const rule = this.provider.auth?.token;
    if (rule === undefined) return null;
    const token = await this.services.tokens.take(rule.key, scope.signal, (signal) => this.fetchToken(rule, { ...scope, signal }));
    this.redaction.remember(token);
    return token;
  }

  private dropToken(token: string): void {
    const rule = this.provider.auth?.token;
    if (rule !== undefined) this.services.tokens.drop(rule.key, token);
  }

  private async fetchToken(rule: TokenRule, scope: RequestScope): Promise<StoredToken> {
    const { account } = this.provider;
    const { clock, emit, transport } = this.services;
    const inquiry: Inquiry = { operation: "token", request: rule.request(), window: null };
    const answer = await this.attempt(inquiry, scope, async (number) => {
      const send = async (signal: AbortSignal) => readAnswer(await transport.send(prepareRequest(inquiry.request), signal));
      const judge = (received: HttpAnswer) => this.runAdapter("token.judge", inquiry, () => rule.judge?.(received)) ?? judgeStatus(received);
      const { answer: received, verdict } = await this.told(inquiry, scope, number, send, judge);
      if (verdict !== null) throw this.failure(verdict, received, inquiry, scope, number);
      return received;
    });
    const { token, ttlSeconds } = this.runAdapter("token.answer", inquiry, () => rule.answer.safeParse(answer.body).data) ?? { token: null, ttlSeconds: null };
    if (token === null || token === "") {
      throw new AuthenticationError(`${account}: the token service answered without a token. Check the provider's credentials.`, this.concern(inquiry));
    }
    const fetchedAt = clock.now();
    const expiresAt = fetchedAt + Math.min(LONGEST_TTL_SECONDS, ttlSeconds ?? rule.defaultTtlSeconds) * 1000;
    emit({ type: "token", account, expiresAt: new Date(expiresAt).toISOString() });
    return { token, fetchedAt, expiresAt };
  }
}

/** What an exchange without a judged answer is told to have failed for. */
function codeOfThrown(thrown: unknown, attempt: number): ErrorCode {
  const error = thrown instanceof PassingFailure ? thrown.toError(attempt) : thrown;
  return error instanceof CallRecordsError ? error.code : "network";
}
