import type { Provider } from "../../contract/provider.js";
import { type RetryableFailure, withAttempts } from "./attempts.js";
import type { Attempt, OperationRequest, RequestScope } from "./operation-request.js";
import { RetryBudget } from "./retry-budget.js";
import type { Services } from "./services.js";
import type { Warn } from "./warn.js";

/** Repeats the failed requests of one account, counts the retries, and emits their events. */
export class AccountRetries {
  private readonly budget: RetryBudget;

  constructor(
    private readonly provider: Provider,
    private readonly services: Services,
    private readonly clean: (text: string) => string,
    private readonly warn: Warn,
  ) {
    this.budget = new RetryBudget(services.clock);
  }

  /** Records a successful request, which allows a further retry. */
  earn(): void {
    this.budget.earn();
  }

  /** Makes attempts of a request until one succeeds, fails permanently, or no attempt is left. */
  run<Result>(
    operationRequest: OperationRequest,
    scope: RequestScope,
    once: (attempt: Attempt) => Promise<Result>,
  ): Promise<Result> {
    const { account } = this.provider;
    const { operation, place } = operationRequest;
    const { attempts, clock, emit, random, rateLimiter } = this.services;
    return withAttempts((number) => once({ operationRequest, scope, number }), {
      clean: this.clean,
      attempts,
      clock,
      random,
      signal: scope.signal,
      mayRetry: (failure) => this.mayRetry(failure, operation),
      onRetry: ({ attempt, waitMs, failure }) => {
        scope.counters.retries += 1;
        scope.counters.waitedMs += waitMs;
        const { code, vendorCode, message } = failure.toError(attempt);
        const common = { account, operation, invocation: scope.invocation, window: place?.window ?? null, waitMs };
        if (failure.reason === "throttle") {
          rateLimiter.slowDown(account, waitMs);
          emit({ type: "throttle", ...common, vendorCode });
        }
        emit({ type: "retry", ...common, attempt, error: code, reason: message });
      },
    });
  }

  /** Whether a failure may be retried. Rate-limited requests slow the account down already; every other failure uses the retry budget. */
  private mayRetry(failure: RetryableFailure, operation: string): boolean {
    if (failure.reason === "throttle" || this.budget.spend()) return true;
    const words = " is not retried: most recent requests of this account have failed. The vendor seems to be down.";
    this.warn(operation, `${operation}${words}`);
    return false;
  }
}
