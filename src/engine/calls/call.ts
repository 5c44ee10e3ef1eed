import { randomUUID } from "node:crypto";
import { AbortedError, CallRecordsError, TimeoutError } from "../../model/errors.js";
import { IN_TIME, LinkedAbort } from "../account/abort.js";
import type { Clock } from "../account/clock.js";
import type { Progress } from "../lists/progress.js";
import type { Batches } from "./merge.js";

/** What the caller of any call may ask for. */
export interface CallPolicy {
  signal?: AbortSignal | undefined;
  totalTimeoutMs?: number | undefined;
  isolateFailures: boolean;
  beforeRetention: "throw" | "clip";
  unreadableRows: "throw" | "report";
}

/** One call of the client while it goes on: what may end it early, and how its accounts end. */
export class Call {
  /** Its name in events. */
  readonly id = randomUUID();
  private readonly abort = new LinkedAbort();
  private remainingMs: number;
  private stopped = false;

  constructor(
    readonly policy: CallPolicy,
    private readonly clock: Clock,
    private readonly closing: AbortSignal,
  ) {
    this.remainingMs = policy.totalTimeoutMs ?? Number.POSITIVE_INFINITY;
  }

  get signal(): AbortSignal {
    return this.abort.signal;
  }

  /** From now on the caller's signal, and the closing of the client, end the call. Until then it holds on to neither. */
  begin(): void {
    this.abort.follow(this.policy.signal, this.closing);
  }

  /** Nothing more is wanted. */
  readonly stop = (): void => {
    this.stopped = true;
    this.abort.abort(new AbortedError("The reading was stopped by its consumer."));
    this.abort.release();
  };

  /** Waits for a piece of the call's work. Only such waiting counts towards the call's time: a slow consumer does not use it up. */
  async timed<Result>(work: () => Promise<Result>): Promise<Result> {
    if (!Number.isFinite(this.remainingMs)) return work();
    const timer = new AbortController();
    const began = this.clock.now();
    this.clock.sleep(this.remainingMs, timer.signal).then(
      () => {
        const total = this.policy.totalTimeoutMs ?? 0;
        this.abort.abort(new TimeoutError(`The call took longer than its \`totalTimeoutMs\` of ${total} ms. Raise it, or ask for less; \`report()\` tells what is missing.`, { retryable: true }));
      },
      () => undefined,
    );
    try {
      return await work();
    } finally {
      timer.abort(IN_TIME);
      this.remainingMs = Math.max(0, this.remainingMs - (this.clock.now() - began));
    }
  }

  /** Does several pieces of the call's work at the same time. The first to fail stops the others, and is thrown once they have stopped. */
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

  /**
   * The batches of one account, and its end told to its progress. A failure of its own ends the call, or, isolated, only the account.
   */
  async *account<Item>(progress: Progress, read: (abort: LinkedAbort) => Batches<Item>): Batches<Item> {
    const abort = new LinkedAbort(this.signal);
    try {
      yield* read(abort);
    } catch (error) {
      if (!(error instanceof CallRecordsError)) throw error;
      if (error.account === progress.provider.account) progress.fail(error);
      else if (!this.stopped) progress.note(error);
      if (!this.policy.isolateFailures || this.signal.aborted) throw error;
    } finally {
      progress.end();
      abort.release();
    }
  }
}

function throwFailure(failure: { error: unknown } | null): void {
  if (failure !== null) throw failure.error;
}
