import { setMaxListeners } from "node:events";
import { AbortedError, CallRecordsError } from "../../model/errors.js";

/** The library's own error for an aborted signal. The reason is the caller's, and may be anything: only our own errors are handed on. */
function abortedError(signal: AbortSignal): CallRecordsError {
  const reason: unknown = signal.reason;
  return reason instanceof CallRecordsError ? reason : new AbortedError("The call was aborted by its signal.");
}

/** @throws the library's own error once the signal is aborted. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortedError(signal);
}

/** A controller that is also aborted by others. Unlike `AbortSignal.any` it lets go of them: they may live much longer. */
export class LinkedAbort {
  private readonly controller = new AbortController();
  private readonly parents: AbortSignal[] = [];

  constructor(...parents: (AbortSignal | undefined)[]) {
    // Every request of a call listens to its signal: many listeners are no leak here.
    setMaxListeners(0, this.controller.signal);
    this.follow(...parents);
  }

  /** Is aborted from now on when one of these is. */
  follow(...parents: (AbortSignal | undefined)[]): void {
    for (const parent of parents) {
      if (parent === undefined) continue;
      if (parent.aborted) this.abort(abortedError(parent));
      parent.addEventListener("abort", this.onAbort);
      this.parents.push(parent);
    }
  }

  private readonly onAbort = (event: Event): void => {
    if (event.target instanceof AbortSignal) this.abort(abortedError(event.target));
  };

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  abort(reason: CallRecordsError): void {
    this.controller.abort(reason);
  }

  /** Lets go of the parents. */
  release(): void {
    for (const parent of this.parents.splice(0)) parent.removeEventListener("abort", this.onAbort);
  }
}

/** The promise, or a rejection with the signal's reason as soon as it is aborted. What the promise does later is ignored. */
export function orAborted<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(abortedError(signal));
    };
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener("abort", abort);
    });
  });
}
