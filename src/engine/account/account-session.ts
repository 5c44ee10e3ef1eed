import type { TokenRule } from "../../contract/auth.js";
import type { HttpAnswer } from "../../contract/http.js";
import type { Provider } from "../../contract/provider.js";
import { judgeStatus, type Verdict } from "../../contract/verdict.js";
import { CallRecordsError, ConfigurationError } from "../../model/errors.js";
import { orAborted } from "./abort.js";
import { adapterFault } from "./adapter-fault.js";
import { type PassingFailure, withAttempts } from "./attempts.js";
import { Exchanges, type Judged } from "./exchanges.js";
import { type Concern, concernOf, failureOf, newTokenRefused, restate } from "./failure.js";
import { type Attempt, type Inquiry, type RequestScope, TOKEN_OPERATION } from "./inquiry.js";
import type { NoteAnswer } from "./rate-limiter.js";
import { Redaction } from "./redaction.js";
import { RetryBudget } from "./retry-budget.js";
import { secretsOf } from "./secrets.js";
import { Sender } from "./sender.js";
import type { Services } from "./services.js";
import { Slots } from "./slots.js";
import { judgeWithoutToken, readToken } from "./token-answer.js";
import type { StoredToken } from "./tokens.js";
import { Turn } from "./turn.js";
import { VendorClock } from "./vendor-clock.js";

/** One account, as all invocations of a client share it: its pace, its slots, its token, its clock. Turns a request into a good answer or an error. */
export class AccountSession {
  private readonly slots: Slots;
  private readonly redaction: Redaction;
  private readonly retryBudget: RetryBudget;
  private readonly exchanges: Exchanges;
  private readonly sender: Sender;
  private loading: Promise<unknown> | null = null;
  readonly clock: VendorClock;
  /** Whether the account has answered well once: until then its requests go one at a time. */
  answered = false;

  constructor(
    readonly provider: Provider,
    readonly services: Services,
  ) {
    this.slots = new Slots(provider.rate.concurrency);
    this.redaction = new Redaction(secretsOf(provider));
    this.retryBudget = new RetryBudget(services.clock);
    this.exchanges = new Exchanges(provider, services, this.clean);
    this.sender = new Sender(provider, services.transport, this.redaction);
    this.clock = new VendorClock(services.clock, provider.account, services.emit);
  }

  /**
   * The vendor's good answer to a request, after as many attempts as it takes and is allowed.
   * @throws CallRecordsError as the adapter judges; TooMuch when less must be asked for.
   */
  async ask(inquiry: Inquiry, scope: RequestScope): Promise<HttpAnswer> {
    if (!this.answered) await orAborted(this.load(), scope.signal);
    const tokens = { waitedFor: false };
    const answer = await this.inAttempts(inquiry, scope, (attempt) => this.slots.use(scope.signal, () => this.converse(attempt, tokens)));
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
      const noteAnswer: unknown = await orAborted(taking, signal);
      if (typeof noteAnswer !== "function") throw new ConfigurationError(`${account}: the \`rateLimiter\` that the client was given returned no function from \`take\`. It must resolve with a function, which is called once the request has its response.`, { provider: this.provider.id, account });
      return new Turn(noteAnswer as NoteAnswer, clock);
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

  /**
   * One attempt: the one new token and the one corrected clock that it may take are part of it. Where the new token is refused as well, the same one is
   * tried once more in a further attempt.
   */
  private async converse(attempt: Attempt, tokens: { waitedFor: boolean }): Promise<HttpAnswer> {
    let renewed = false;
    let corrected = false;
    for (;;) {
      const { token, answer, verdict } = await this.inTurn(attempt);
      if (verdict === null) {
        this.retryBudget.earn();
        this.clock.compare(answer, attempt.inquiry.operation);
        return answer;
      }
      if (verdict.type === "reauthenticate" && token !== null && !tokens.waitedFor) {
        if (renewed) {
          tokens.waitedFor = true;
          throw newTokenRefused(verdict, answer, this.concern(attempt.inquiry), this.clock.nowOf(answer), this.clean);
        }
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
    const proof = { now: new Date(this.clock.now()), token };
    const send = await this.sender.signed(inquiry.request, this.concern(inquiry), proof, scope.signal, turn);
    return this.exchanges.make(attempt, send, (answer) => this.judge(answer, inquiry));
  }

  private async takeToken(scope: RequestScope): Promise<string | null> {
    const rule = this.provider.auth?.token;
    if (rule === undefined) return null;
    try {
      const token = await this.services.tokens.take(rule.key, scope.signal, (signal) => this.fetchToken(rule, { ...scope, signal }));
      this.redaction.remember(token);
      return token;
    } catch (error) {
      if (!(error instanceof CallRecordsError) || scope.signal.aborted || error.account === this.provider.account) throw error;
      // Accounts with the same key share the fetching, and its failure.
      throw restate(error, { ...this.concern({ operation: TOKEN_OPERATION, window: null }), attempts: error.attempts ?? 1 });
    }
  }

  private dropToken(token: string): void {
    const rule = this.provider.auth?.token;
    if (rule !== undefined) this.services.tokens.drop(rule.key, token);
  }

  private async fetchToken(rule: TokenRule, scope: RequestScope): Promise<StoredToken> {
    const { account } = this.provider;
    const { clock, emit } = this.services;
    const about = { operation: TOKEN_OPERATION, window: null };
    const inquiry: Inquiry = { ...about, request: this.runAdapter("token.request", about, () => rule.request()) };
    const read = (answer: HttpAnswer) => this.runAdapter("token.answer", about, () => readToken(rule, answer));
    const judge = (answer: HttpAnswer) =>
      this.runAdapter("token.judge", about, () => rule.judge?.(answer)) ?? judgeStatus(answer) ?? (read(answer) === null ? judgeWithoutToken(answer) : null);
    const send = this.sender.unsigned(inquiry.request, this.concern(about));
    const found = await this.inAttempts(inquiry, scope, async (attempt) => {
      const { answer, verdict } = await this.exchanges.make(attempt, send, judge);
      const failed = verdict === null ? null : this.failure(verdict, answer, attempt);
      const token = failed === null ? read(answer) : null;
      if (token === null) throw failed ?? this.failure(judgeWithoutToken(answer), answer, attempt);
      return token;
    });
    const fetchedAt = clock.now();
    const expiresAt = fetchedAt + found.lifeMs;
    emit({ type: "token", account, expiresAt: new Date(expiresAt).toISOString() });
    return { token: found.token, fetchedAt, expiresAt };
  }
}
