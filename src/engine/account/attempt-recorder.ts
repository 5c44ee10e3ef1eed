import type { Readable } from "node:stream";
import { URL } from "node:url";
import type { HttpResponse, HttpRequest } from "../../contract/http.js";
import type { Provider } from "../../contract/provider.js";
import type { FailureClassification } from "../../contract/failure-classification.js";
import { CallRecordsError, type ErrorCode, TimeoutError } from "../../model/errors.js";
import type { ReadResponse } from "../http/http-message.js";
import { abortedError, LinkedAbort, throwIfAborted, withTimeLimit } from "./abort.js";
import { RetryableFailure } from "./attempts.js";
import {
  errorCodeOf,
  errorContextOf,
  notAudioFailure,
  notJsonFailure,
  withContext,
  noResponse,
  withoutSecrets,
} from "./failure.js";
import { HeldTime } from "./held-time.js";
import type { Attempt } from "./operation-request.js";
import type { Send } from "./sender.js";
import type { Services } from "./services.js";

/** A response, and the classification of its failure, or null for a success. */
export interface ClassifiedResponse {
  response: HttpResponse;
  classification: FailureClassification | null;
  /** The audio, where the request is for audio and succeeded. */
  audio?: Readable | undefined;
}

/** Sends the requests of one account with a time limit, counts them, and emits a `request` event for each. */
export class AttemptRecorder {
  private lastServer: { url: string; origin: string | null } = { url: "", origin: null };

  constructor(
    private readonly provider: Provider,
    private readonly services: Services,
    /** Removes the account's secrets from a text. */
    private readonly clean: (text: string) => string,
  ) {}

  /** @param send sends the request once. Its signal is aborted when the time for it is over. */
  async make(
    attempt: Attempt,
    send: Send,
    classify: (response: HttpResponse, text?: string) => FailureClassification | null,
  ): Promise<ClassifiedResponse> {
    const { clock, emit } = this.services;
    const { account, id: provider } = this.provider;
    const { operationRequest, scope, number } = attempt;
    const { operation, place, request } = operationRequest;
    // It may have been aborted while waiting for the token or the signature. Then nothing is sent or counted.
    throwIfAborted(scope.signal);
    scope.counters.requests += 1;
    const beganMs = clock.monotonicMs();
    const outcome: { status: number | null; error: ErrorCode | null; vendorCode: string | null } = {
      status: null,
      error: null,
      vendorCode: null,
    };
    try {
      const read = await this.timed(attempt, send);
      const { response, audio } = read;
      outcome.status = response.status;
      const isSuccess = response.status >= 200 && response.status < 300;
      const errorContext = { ...errorContextOf(this.provider, operationRequest), attempts: number };
      if (isSuccess && response.body === undefined && operationRequest.isForAudio !== true)
        throw notJsonFailure(read, errorContext);
      const classification = classify(response, read.text);
      if (classification !== null) audio?.destroy();
      else if (operationRequest.isForAudio === true && audio === undefined) throw notAudioFailure(read, errorContext);
      if (classification !== null) {
        outcome.error = errorCodeOf(classification);
        // An adapter in plain JavaScript may omit it.
        outcome.vendorCode =
          typeof classification.vendorCode === "string" ? this.clean(classification.vendorCode) : null;
      }
      return { response, classification, audio };
    } catch (thrown) {
      outcome.error = scope.signal.aborted ? "aborted" : codeOfThrown(thrown, number);
      throw thrown;
    } finally {
      const { invocation } = scope;
      const { window, page } = place ?? { window: null, page: null };
      emit({
        type: "request",
        provider,
        account,
        operation,
        invocation,
        window,
        page,
        method: request.method,
        server: this.serverOf(request),
        attempt: number,
        ...outcome,
        durationMs: Math.round(clock.monotonicMs() - beganMs),
      });
    }
  }

  /** Returns the URL's origin, because path and query may contain secrets; null where the user's own client sends. */
  private serverOf({ url }: HttpRequest): string | null {
    if (this.provider.send !== undefined) return null;
    // Nearly always the same as in the previous request.
    if (url !== this.lastServer.url) this.lastServer = { url, origin: URL.canParse(url) ? new URL(url).origin : null };
    return this.lastServer.origin;
  }

  /** Sends with a time limit. Where no response arrives, throws a retryable failure. */
  private async timed({ operationRequest, scope, number }: Attempt, send: Send): Promise<ReadResponse> {
    const { clock, timeoutMs } = this.services;
    const errorContext = errorContextOf(this.provider, operationRequest);
    const abort = new LinkedAbort(scope.signal);
    const held = new HeldTime(clock);
    const late = () => {
      const message = `${errorContext.account}: ${errorContext.operation}: no complete response within ${timeoutMs} ms. Raise \`timeoutMs\` if this vendor is slow, or try again later.`;
      abort.abort(new TimeoutError(message, { ...errorContext, retryable: true }));
    };
    try {
      return await withTimeLimit(
        clock,
        timeoutMs,
        late,
        () => send(abort.signal, held.observer),
        abort.abortBy,
        held.totalMs,
      );
    } catch (thrown) {
      if (scope.signal.aborted) throw abortedError(scope.signal);
      // Once aborted, a transport may throw the reason or any other error.
      const failure: unknown = abort.signal.aborted ? abortedError(abort.signal) : thrown;
      if (!(failure instanceof CallRecordsError)) throw failure;
      const error = withoutSecrets(failure, this.clean);
      throw error.retryable
        ? noResponse(error, errorContext)
        : withContext(error, { ...errorContext, attempts: number });
    } finally {
      abort.release();
    }
  }
}

/** Returns the error code of an attempt that threw. */
function codeOfThrown(thrown: unknown, attempt: number): ErrorCode {
  const error = thrown instanceof RetryableFailure ? thrown.toError(attempt) : thrown;
  return error instanceof CallRecordsError ? error.code : "network";
}
