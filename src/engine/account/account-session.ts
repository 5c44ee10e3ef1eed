import type { TokenRule } from "../../contract/auth.js";
import type { HttpAnswer } from "../../contract/http.js";
import type { Provider } from "../../contract/provider.js";
import { judgeStatus, type Verdict } from "../../contract/verdict.js";
import { AuthenticationError, type CallRecordsError } from "../../model/errors.js";
import { prepareRequest, readAnswer } from "../http/http-message.js";
import { orAborted } from "./abort.js";
import { adapterFault } from "./adapter-fault.js";
import { type PassingFailure, withAttempts } from "./attempts.js";
import { Exchanges, type Judged } from "./exchanges.js";
import { type Concern, concernOf, failureOf } from "./failure.js";
import { type Attempt, type Inquiry, type RequestScope, TOKEN_OPERATION } from "./inquiry.js";
import { Redaction } from "./redaction.js";
import { RetryBudget } from "./retry-budget.js";
import type { Services } from "./services.js";
import { Slots } from "./slots.js";
import type { StoredToken } from "./tokens.js";
import { Turn } from "./turn.js";
import { VendorClock } from "./vendor-clock.js";

/** A token that is said to live longer is fetched anew after a year all the same. */
const LONGEST_TTL_SECONDS = 31_536_000;

/** One account, as all invocations of a client share it: its pace, its slots, its token, its clock. Turns a request into a good answer or an error. */
export class AccountSession {
  private readonly slots: Slots;
  private readonly redaction: Redaction;
  private readonly retryBudget: RetryBudget;
  private readonly exchanges: Exchanges;
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
    this.exchanges = new Exchanges(provider, services, this.clean);
    this.clock = new VendorClock(services.clock, provider.account, services.emit);
  }

  /**
   * The vendor's good answer to a request, after as many attempts as it takes and is allowed.
   * @throws CallRecordsError as the adapter judges; TooMuch when less must be asked for.
   */
  async ask(inquiry: Inquiry, scope: RequestScope): Promise<HttpAnswer> {
    if (!this.answered) await orAborted(this.load(), scope.signal);
    const answer = await this.inAttempts(inquiry, scope, (attempt) => this.slots.use(scope.signal, () => this.converse(attempt)));
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

  /** Waits for a turn in the pace. */
  private async takeTurn(signal: AbortSignal): Promise<Turn> {
    const { account, rate } = this.provider;
    const { clock, rateLimiter } = this.services;
    const taking = rateLimiter.take(account, rate, signal);
    try {
      return new Turn(await orAborted(taking, signal), clock);
    } catch (error) {
      // A limiter of the user's may still grant it: the turn is given back.
      taking.then((noteAnswer) => {
        noteAnswer();
      }).catch(() => undefined);
      throw error;
    }
  }

  private inAttempts<Result>(inquiry: Inquiry, scope: RequestScope, once: (attempt: Attempt) => Promise<Result>): Promise<Result> {
    const { account } = this.provider;
    const { operation } = inquiry;
    const { attempts, clock, emit, random, rateLimiter } = this.services;
    return withAttempts((number) => once({ inquiry, scope, number }), {
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
  private async converse(attempt: Attempt): Promise<HttpAnswer> {
    let renewed = false;
    let corrected = false;
    for (;;) {
      const { token, answer, verdict } = await this.inTurn(attempt);
      if (verdict === null) {
        this.retryBudget.earn();
        this.clock.compare(answer, attempt.inquiry.operation);
        return answer;
      }
      if (verdict.type === "reauthenticate" && token !== null && !renewed) {
        renewed = true;
        this.dropToken(token);
      } else if (verdict.type === "correct-clock" && !corrected && this.clock.correct(answer)) {
        corrected = true;
      } else {
        if (verdict.type === "correct-clock" && corrected) this.clock.takeBack();
        throw this.failure(verdict, answer, attempt);
      }
    }
  }

  /** One request, in a turn of its own: the vendor counts each. */
  private async inTurn(attempt: Attempt): Promise<Judged & { token: string | null }> {
    const turn = await this.takeTurn(attempt.scope.signal);
    try {
      const token = await this.takeToken(attempt.scope);
      return { token, ...(await this.exchange(attempt, token, turn)) };
    } finally {
      turn.end();
    }
  }

  private judge(answer: HttpAnswer, inquiry: Inquiry): Verdict | null {
    const verdict = this.runAdapter("judge", inquiry, () => this.provider.judge(answer)) ?? judgeStatus(answer);
    if (verdict === null) return null;
    return this.runAdapter("saysMissing", inquiry, () => inquiry.accepts?.(answer) ?? false) ? null : verdict;
  }

  private failure(verdict: Verdict, answer: HttpAnswer, { inquiry, scope, number }: Attempt): Error {
    if (verdict.type === "throttle") scope.counters.throttles += 1;
    return failureOf(verdict, answer, { ...this.concern(inquiry), attempts: number }, { ours: this.services.clock.now(), vendors: this.clock.nowOf(answer) }, this.clean);
  }

  /** The text without the account's secrets: vendors quote them in messages, codes and keys. */
  readonly clean = (text: string): string => this.redaction.clean(text);

  /** Whom a failure of one of the account's requests concerns. */
  concern(about: Pick<Concern, "operation" | "window">): Concern {
    return concernOf(this.provider, about);
  }

  /** Signs and sends once, and judges the answer. */
  private async exchange(attempt: Attempt, token: string | null, turn: Turn): Promise<Judged> {
    const { inquiry, scope } = attempt;
    const { auth } = this.provider;
    const send = this.provider.send?.bind(this.provider);
    const judge = (answer: HttpAnswer) => this.judge(answer, inquiry);
    // A copy, of which the body is let go once it has been read: the user's client may keep its own.
    if (send !== undefined) return this.exchanges.make(attempt, async (signal) => ({ answer: await this.sendThrough(send, inquiry, signal), fault: null }), judge);
    const prepared = prepareRequest(inquiry.request);
    const proof = { now: new Date(this.clock.now()), token };
    const authorized = auth === null ? prepared : await orAborted(Promise.resolve(auth.authorize(prepared, proof)), scope.signal);
    this.redaction.rememberProof(prepared, authorized);
    return this.exchanges.make(attempt, async (signal) => readAnswer(await this.services.transport.send(authorized, signal, turn)), judge);
  }

  /** A client of the user's may have taken new credentials for the request, which its words may then quote. */
  private async sendThrough(send: NonNullable<Provider["send"]>, { request }: Inquiry, signal: AbortSignal): Promise<HttpAnswer> {
    try {
      return { ...(await orAborted(send(request, { signal }), signal)) };
    } finally {
      for (const secret of this.provider.secrets()) this.redaction.add(secret);
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
    const inquiry: Inquiry = { operation: TOKEN_OPERATION, request: rule.request(), window: null };
    const answer = await this.inAttempts(inquiry, scope, async (attempt) => {
      const send = async (signal: AbortSignal) => readAnswer(await transport.send(prepareRequest(inquiry.request), signal));
      const judge = (received: HttpAnswer) => this.runAdapter("token.judge", inquiry, () => rule.judge?.(received)) ?? judgeStatus(received);
      const { answer: received, verdict } = await this.exchanges.make(attempt, send, judge);
      if (verdict !== null) throw this.failure(verdict, received, attempt);
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
