import { randomUUID } from "node:crypto";
import { AbortedError, CallRecordsError, ConfigurationError, TimeoutError } from "../model/errors.js";
import { LinkedAbort, withTimeLimit } from "../engine/account/abort.js";
import type { EngineClock } from "../engine/account/clock.js";
import { Redaction } from "../engine/account/redaction.js";
import { secretsOf } from "../engine/account/secrets.js";
import { describeThrown, sanitizedCause } from "../engine/account/thrown.js";
import type { Progress } from "../engine/lists/progress.js";
import type { Batches } from "../engine/lists/merge.js";

/** What may be asked of every invocation. */
export interface Policy {
  signal?: AbortSignal | undefined;
  totalTimeoutMs?: number | undefined;
  isolateFailures: boolean;
  beforeRetention: "throw" | "clip";
  unreadableRows: "throw" | "report";
}

/** One call of a method of the client, such as `records()`, while it goes on: what may end it early, and how its accounts end. */
export class Invocation {
  /** Its name in events. */
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

  /** From now on the caller's signal, and the closing of the client, end it. Until then it holds on to neither. */
  begin(): void {
    this.abort.follow(this.policy.signal, this.closing);
  }

  /** Nothing more is wanted. */
  readonly stop = (): void => {
    this.stopped = true;
    this.abort.abort(new AbortedError("The reading was stopped by its consumer."));
    this.abort.release();
  };

  /** Waits for a piece of its work. Only such waiting counts towards its time: a slow consumer does not use it up. */
  async timed<Result>(work: () => Promise<Result>): Promise<Result> {
    if (!Number.isFinite(this.remainingMs)) return work();
    const began = this.clock.monotonicMs();
    const late = () => {
      const total = this.policy.totalTimeoutMs ?? 0;
      this.abort.abort(
        new TimeoutError(
          `The call took longer than its \`totalTimeoutMs\` of ${total} ms. Raise it, or ask for less; \`report()\` tells what is missing.`,
          { retryable: true },
        ),
      );
    };
    try {
      return await withTimeLimit(this.clock, this.remainingMs, late, work, this.abort.abortBy);
    } finally {
      this.remainingMs = Math.max(0, this.remainingMs - (this.clock.monotonicMs() - began));
    }
  }

  /** Does several pieces of its work at the same time. The first to fail stops the others, and is thrown once they have stopped. */
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

  /** The batches of its work, with which it ends. Nothing begins before the first is asked for. */
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
   * The batches of one account, and its end told to its progress. A failure ends the invocation, or, isolated, only the account.
   */
  async *account<Item>(progress: Progress, read: (abort: LinkedAbort) => Batches<Item>): Batches<Item> {
    const abort = new LinkedAbort(this.signal);
    try {
      yield* read(abort);
    } catch (thrown) {
      if (!(thrown instanceof CallRecordsError) && (!this.policy.isolateFailures || this.signal.aborted)) throw thrown;
      const error = thrown instanceof CallRecordsError ? thrown : failureOfUsers(thrown, progress.provider);
      if (error.account === progress.provider.account) progress.fail(error);
      else if (!this.stopped) progress.note(error);
      if (!this.policy.isolateFailures || this.signal.aborted) throw error;
    } finally {
      progress.end();
      abort.release();
    }
  }
}

/** What a function of the user's threw that the client was given, such as a store or a rate limiter, as the failure of one account. */
function failureOfUsers(thrown: unknown, provider: Progress["provider"]): CallRecordsError {
  const { id, account } = provider;
  const redaction = new Redaction(secretsOf(provider));
  const clean = (text: string) => redaction.clean(text);
  return new ConfigurationError(
    `${account}: a function that the client was given, such as a store or a rate limiter, failed (${clean(describeThrown(thrown))}).`,
    { provider: id, account, cause: sanitizedCause(thrown, clean) },
  );
}

function throwFailure(failure: { error: unknown } | null): void {
  if (failure !== null) throw failure.error;
}
