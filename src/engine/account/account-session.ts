import type { TokenRule } from "../../contract/auth.js";
import type { HttpResponse } from "../../contract/http.js";
import type { Provider } from "../../contract/provider.js";
import { classifyStatus, type FailureClassification } from "../../contract/failure-classification.js";
import { AbortedError, CallRecordsError } from "../../model/errors.js";
import { LinkedAbort, orAborted } from "./abort.js";
import { type AudioResponse, audioOf, classifyAddress } from "./audio-address.js";
import { AccountRetries } from "./account-retries.js";
import { AttemptRecorder, type ClassifiedResponse } from "./attempt-recorder.js";
import { derivedFrom } from "./derived-from.js";
import type { DiscoveredApplications } from "./discovered-applications.js";
import {
  adapterError,
  type ErrorContext,
  errorContextOf,
  failureOf,
  newTokenRefused,
  throwWhole,
  type RequestContext,
  withContext,
} from "./failure.js";
import { type Attempt, type OperationRequest, type RequestScope, TOKEN_OPERATION } from "./operation-request.js";
import { PermitObserver } from "./permit-observer.js";
import { Redaction } from "./redaction.js";
import { secretsOf } from "./secrets.js";
import { Sender } from "./sender.js";
import type { Services } from "./services.js";
import { classifyWithoutToken, readToken } from "./token-response.js";
import type { StoredToken } from "./tokens.js";
import { VendorClock } from "./vendor-clock.js";
import { type Warn, warnOf } from "./warn.js";

/** One account, shared by all calls of a client: its rate limit, its token and its clock. Turns a request into a successful response or an error. */
export class AccountSession {
  private readonly redaction: Redaction;
  private readonly retries: AccountRetries;
  /** The retries of requests to addresses that the vendor returned, which are on other servers. */
  private readonly addressRetries: AccountRetries;
  private readonly attemptRecorder: AttemptRecorder;
  private readonly sender: Sender;
  /** Shared by the views of this session (`withLists`). */
  private readonly state: { loading: Promise<unknown> | null; hasResponded: boolean } = {
    loading: null,
    hasResponded: false,
  };
  /** Aborted when the account is removed from the client. */
  private readonly removal = new LinkedAbort();
  private readonly running = new Set<Promise<unknown>>();
  /** The applications that a call of the client discovers; null where the options name the lists. */
  readonly discovery: DiscoveredApplications | null = null;
  readonly clock: VendorClock;
  readonly warn: Warn;

  constructor(
    readonly provider: Provider,
    readonly services: Services,
  ) {
    this.redaction = new Redaction(secretsOf(provider));
    this.warn = warnOf(provider.account, services.emit);
    this.retries = new AccountRetries(provider, services, this.clean, this.warn);
    this.addressRetries = new AccountRetries(provider, services, this.clean, this.warn);
    this.attemptRecorder = new AttemptRecorder(provider, services, this.clean);
    this.sender = new Sender(provider, services.transport, this.redaction);
    this.clock = new VendorClock(services.clock, provider.account, services.emit);
  }

  /** Whether a request has succeeded. Until then, requests are sent one at a time. */
  get hasResponded(): boolean {
    return this.state.hasResponded;
  }

  /** Runs a part of the work of this account. `remove` waits for it. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    const part = work();
    this.running.add(part);
    try {
      return await part;
    } finally {
      this.running.delete(part);
    }
  }

  /** Returns a view of this session with other lists, which shares everything else. */
  withLists(provider: Provider, discovery: DiscoveredApplications): AccountSession {
    return derivedFrom<AccountSession>(this, { provider, discovery });
  }

  /** Yields the batches of a part of the work. `remove` waits for each step of it, but not for the consumer. */
  async *steps<Item>(batches: AsyncGenerator<Item, void, undefined>): AsyncGenerator<Item, void, undefined> {
    const next = () => this.run(() => batches.next());
    try {
      for (let step = await next(); step.done !== true; step = await next()) yield step.value;
    } finally {
      await this.run(() => batches.return());
    }
  }

  /** Aborts the work of this account, and resolves when each part that runs has ended. */
  async remove(): Promise<void> {
    const { id: provider, account } = this.provider;
    this.removal.abort(new AbortedError(`${account}: the account was removed from the client.`, { provider, account }));
    await Promise.allSettled(this.running);
  }

  /**
   * Returns the vendor's successful response to a request, after the necessary and permitted attempts.
   * @throws CallRecordsError by the adapter's classification; ResultTooLarge when less must be requested.
   */
  async request(operationRequest: OperationRequest, scope: RequestScope): Promise<HttpResponse> {
    return (await this.within(scope, (own) => this.requestWith(operationRequest, own))).response;
  }

  /** Returns the vendor's response to a request that has no smaller part. @throws CallRecordsError also where less would have to be requested. */
  requestOne(operationRequest: OperationRequest, scope: RequestScope): Promise<HttpResponse> {
    return this.request(operationRequest, scope).catch(throwWhole);
  }

  /** Returns the vendor's response with audio, as `requestOne` does. The scope's signal does not end the audio: its reader destroys it. */
  requestAudio(operationRequest: OperationRequest, scope: RequestScope): Promise<AudioResponse> {
    const request = { ...operationRequest, isForAudio: true };
    return this.within(scope, async (own) => audioOf(await this.requestWith(request, own))).catch(throwWhole);
  }

  /**
   * Returns the audio at an address that the vendor returned. The request has no credentials, does not count towards the account's pace, and its failures do not
   * affect the retries of the vendor's API.
   */
  fetchAudio(operationRequest: OperationRequest, scope: RequestScope): Promise<AudioResponse> {
    const send = this.sender.unsigned({ ...operationRequest, isForAudio: true }, this.errorContext(operationRequest));
    return this.within(scope, (own) =>
      this.addressRetries.run({ ...operationRequest, isForAudio: true }, own, async (attempt) => {
        const found = await this.attemptRecorder.make(attempt, send, classifyAddress);
        if (found.classification !== null) throw this.failure(found.classification, found.response, attempt);
        this.addressRetries.earn();
        return audioOf(found);
      }),
    );
  }

  /** Returns a signal that is also aborted when the account is removed. It must be released. */
  linkedAbort(signal: AbortSignal): LinkedAbort {
    return new LinkedAbort(signal, this.removal.signal);
  }

  private within<Result>(scope: RequestScope, work: (scope: RequestScope) => Promise<Result>): Promise<Result> {
    return this.run(async () => {
      const abort = this.linkedAbort(scope.signal);
      try {
        return await work({ ...scope, signal: abort.signal });
      } finally {
        abort.release();
      }
    });
  }

  private async requestWith(operationRequest: OperationRequest, scope: RequestScope): Promise<ClassifiedResponse> {
    if (!this.hasResponded) await orAborted(this.load(), scope.signal);
    const tokens = { waitedFor: false };
    const response = await this.retries.run(operationRequest, scope, (attempt) =>
      this.sendWithRecovery(attempt, tokens),
    );
    this.state.hasResponded = true;
    return response;
  }

  /** Loads the modules that sending needs. A failure is reported by the request that needs them. */
  private load(): Promise<unknown> {
    const { transport } = this.services;
    this.state.loading ??= Promise.allSettled([transport, this.provider.auth].map(async (part) => part?.load?.()));
    return this.state.loading;
  }

  /** Runs a part of the adapter, such as its parser of a response. @throws ResponseError in place of any exception that it throws. */
  runAdapter<Result>(part: string, about: RequestContext, run: () => Result): Result {
    try {
      return run();
    } catch (thrown) {
      throw this.adapterError(part, about, thrown);
    }
  }

  /** Returns the library's error for a value that a part of the adapter threw. */
  adapterError(part: string, about: RequestContext, thrown: unknown): CallRecordsError {
    return adapterError(part, this.errorContext(about), this.clean, thrown);
  }

  /**
   * Makes one attempt, which may include one new token and one corrected clock. Where the new token is refused as well, a further attempt uses
   * it once more.
   */
  private async sendWithRecovery(attempt: Attempt, tokens: { waitedFor: boolean }): Promise<ClassifiedResponse> {
    let renewed = false;
    let corrected = false;
    for (;;) {
      const { token, ...classified } = await this.withPermit(attempt);
      const { response, classification } = classified;
      if (classification === null) {
        this.retries.earn();
        this.clock.compare(response, attempt.operationRequest.operation);
        return classified;
      }
      if (classification.type === "reauthenticate" && token !== null && !tokens.waitedFor) {
        if (renewed) {
          tokens.waitedFor = true;
          throw newTokenRefused(
            classification,
            response,
            this.errorContext(attempt.operationRequest),
            this.clock.nowOf(response),
            this.clean,
          );
        }
        renewed = true;
        this.dropToken(token);
      } else if (classification.type === "correct-clock" && !corrected && this.clock.correct(response)) {
        corrected = true;
      } else {
        if (classification.type === "correct-clock" && corrected) this.clock.takeBack();
        throw this.failure(classification, response, attempt);
      }
    }
  }

  /** Sends one request with its own permit: the vendor counts each request. */
  private async withPermit(attempt: Attempt): Promise<ClassifiedResponse & { token: string | null }> {
    const permit = await PermitObserver.take(this.provider, this.services, attempt.scope.signal);
    try {
      const token = await this.takeToken(attempt.scope);
      return { token, ...(await this.exchange(attempt, token, permit)) };
    } finally {
      permit.end();
    }
  }

  private classify(response: HttpResponse, operationRequest: OperationRequest): FailureClassification | null {
    const classification =
      this.runAdapter(
        "classify",
        operationRequest,
        () => operationRequest.classify?.(response) ?? this.provider.classify(response),
      ) ?? classifyStatus(response);
    if (classification === null) return null;
    return this.runAdapter("isNotFound", operationRequest, () => operationRequest.accepts?.(response) ?? false)
      ? null
      : classification;
  }

  private failure(
    classification: FailureClassification,
    response: HttpResponse,
    { operationRequest, scope, number }: Attempt,
  ): Error {
    if (classification.type === "throttle") scope.counters.throttles += 1;
    return failureOf(
      classification,
      response,
      { ...this.errorContext(operationRequest), attempts: number },
      { local: this.services.clock.now(), vendor: this.clock.nowOf(response) },
      this.clean,
    );
  }

  /** Returns the text without the account's secrets, which vendors quote in messages, codes and keys. */
  readonly clean = (text: string): string => this.redaction.clean(text);

  /** Returns the context of a failed request of this account. */
  errorContext(about: RequestContext): ErrorContext {
    return errorContextOf(this.provider, about);
  }

  /** Signs and sends a request once, and classifies the response. */
  private async exchange(attempt: Attempt, token: string | null, permit: PermitObserver): Promise<ClassifiedResponse> {
    const { operationRequest, scope } = attempt;
    const authContext = { now: new Date(this.clock.now()), token };
    const send = await this.sender.signed(
      operationRequest,
      this.errorContext(operationRequest),
      authContext,
      scope.signal,
      permit,
    );
    return this.attemptRecorder.make(attempt, send, (response) => this.classify(response, operationRequest));
  }

  private async takeToken(scope: RequestScope): Promise<string | null> {
    const rule = this.provider.auth?.token;
    if (rule === undefined) return null;
    try {
      const token = await this.services.tokens.take(rule.key, scope.signal, (signal) =>
        this.fetchToken(rule, { ...scope, signal }),
      );
      this.redaction.remember(token);
      return token;
    } catch (error) {
      if (!(error instanceof CallRecordsError) || scope.signal.aborted || error.account === this.provider.account)
        throw error;
      // Accounts with the same key share the request for a token, and its failure.
      throw withContext(error, {
        ...this.errorContext({ operation: TOKEN_OPERATION, window: null }),
        attempts: error.attempts ?? 1,
      });
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
    const operationRequest: OperationRequest = {
      ...about,
      request: this.runAdapter("token.request", about, () => rule.request()),
    };
    const read = (response: HttpResponse) =>
      this.runAdapter("token.responseSchema", about, () => readToken(rule, response));
    const classify = (response: HttpResponse) =>
      this.runAdapter("token.classify", about, () => rule.classify?.(response)) ??
      classifyStatus(response) ??
      (read(response) === null ? classifyWithoutToken(response) : null);
    const send = this.sender.unsigned(operationRequest, this.errorContext(about));
    const found = await this.retries.run(operationRequest, scope, async (attempt) => {
      const { response, classification } = await this.attemptRecorder.make(attempt, send, classify);
      const failed = classification === null ? null : this.failure(classification, response, attempt);
      const token = failed === null ? read(response) : null;
      if (token === null) throw failed ?? this.failure(classifyWithoutToken(response), response, attempt);
      return token;
    });
    const fetchedAt = clock.now();
    const expiresAt = fetchedAt + found.lifeMs;
    emit({ type: "token", account, expiresAt: new Date(expiresAt).toISOString() });
    return { token: found.token, fetchedAt, expiresAt };
  }
}
