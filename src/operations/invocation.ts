import { randomUUID } from "node:crypto";
import { AbortedError, CallRecordsError, ConfigurationError, TimeoutError } from "../model/errors.js";
import { LinkedAbort, withTimeLimit } from "../engine/account/abort.js";
import type { AccountSession } from "../engine/account/account-session.js";
import type { EngineClock } from "../engine/account/clock.js";
import { Redaction } from "../engine/account/redaction.js";
import { secretsOf } from "../engine/account/secrets.js";
import { describeThrown, sanitizedCause } from "../engine/account/thrown.js";
import type { Progress } from "../engine/lists/progress.js";
import type { Batches } from "../engine/lists/merge.js";

/** The policy of an invocation. */
export interface Policy {
  signal?: AbortSignal | undefined;
  totalTimeoutMs?: number | undefined;
  isolateFailures: boolean;
  beforeRetention: "throw" | "clip";
  unreadableRows: "throw" | "report";
}

/** One running call of a client method, such as `records()`: its abort, its time limit, and the failures of its accounts. */
export class Invocation {
  /** Its id in events. */
  readonly id = randomUUID();
  private readonly abort = new LinkedAbort();
  private remainingMs: number;
  private stopped = false;

  constructor(
    readonly policy: Policy,
    private readonly clock: EngineClock,
    private readonly closing: AbortSignal,
  ) {
    this.remainingMs = policy.totalTimeoutMs ?? Number.POSITIVE_INFINITY;
  }

  get signal(): AbortSignal {
    return this.abort.signal;
  }

  /** Starts to listen to the caller's signal and to the closing of the client. */
  begin(): void {
    this.abort.follow(this.policy.signal, this.closing);
  }

  /** Stops the work, because no more results are needed. */
  readonly stop = (): void => {
    this.stopped = true;
    this.abort.abort(new AbortedError("The consumer stopped the reading."));
    this.abort.release();
  };

  /** Waits for a part of the work. Only this time counts towards `totalTimeoutMs`. The time of a slow consumer does not. */
  async timed<Result>(work: () => Promise<Result>): Promise<Result> {
    if (!Number.isFinite(this.remainingMs)) return work();
    const began = this.clock.monotonicMs();
    const late = () => {
      const { totalTimeoutMs = 0 } = this.policy;
      this.abort.abort(
        new TimeoutError(
          `The call took longer than its \`totalTimeoutMs\` of ${totalTimeoutMs} ms. Raise it, or request less. \`report()\` shows what is missing.`,
          { retryable: true },
        ),
      );
    };
    try {
      return await withTimeLimit(this.clock, this.remainingMs, late, work, this.abort.abortBy, undefined, "invocation");
    } finally {
      this.remainingMs = Math.max(0, this.remainingMs - (this.clock.monotonicMs() - began));
    }
  }

  /** Runs several parts of the work concurrently. The first failure stops the others, and is thrown after they have stopped. */
  async together(works: readonly (() => Promise<void>)[]): Promise<void> {
    let failure: { error: unknown } | null = null;
    const stopOnFailure = (error: unknown) => {
      failure ??= { error };
      this.stop();
    };
    await this.timed(() => Promise.all(works.map((work) => work().catch(stopOnFailure))));
    this.stop();
    throwFailure(failure);
  }

  /** Yields the batches of the work, and ends the invocation after the last one. Nothing starts before the first one is read. */
  async *batches<Item>(open: () => Batches<Item>): Batches<Item> {
    this.begin();
    const batches = open();
    try {
      for (
        let next = await this.timed(() => batches.next());
        next.done !== true;
        next = await this.timed(() => batches.next())
      )
        yield next.value;
    } finally {
      this.stop();
      await batches.return();
    }
  }

  /**
   * Yields the batches of one account, and records its end in its progress. A failure ends the invocation, or only the account when failures are isolated.
   */
  async *account<Item>(
    session: AccountSession,
    progress: Progress,
    read: (abort: LinkedAbort) => Batches<Item>,
  ): Batches<Item> {
    const abort = new LinkedAbort(this.signal);
    try {
      yield* session.steps(read(abort));
    } catch (thrown) {
      if (!(thrown instanceof CallRecordsError) && (!this.policy.isolateFailures || this.signal.aborted)) throw thrown;
      const error = thrown instanceof CallRecordsError ? thrown : userFunctionError(thrown, progress.provider);
      if (error.account === progress.provider.account) progress.fail(error);
      else if (!this.stopped) progress.note(error);
      if (!this.policy.isolateFailures || this.signal.aborted) throw error;
    } finally {
      progress.end();
      abort.release();
    }
  }
}

/** Returns the error of a user's function, such as a store or a rate limiter, as the failure of one account. */
function userFunctionError(thrown: unknown, provider: Progress["provider"]): CallRecordsError {
  const { id, account } = provider;
  const redaction = new Redaction(secretsOf(provider));
  const clean = (text: string) => redaction.clean(text);
  return new ConfigurationError(
    `${account}: a function that was passed to the client, such as a store or a rate limiter, failed (${clean(describeThrown(thrown))}).`,
    { provider: id, account, cause: sanitizedCause(thrown, clean) },
  );
}

function throwFailure(failure: { error: unknown } | null): void {
  if (failure !== null) throw failure.error;
}
