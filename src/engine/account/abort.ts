import { setMaxListeners } from "node:events";
import { AbortedError, CallRecordsError } from "../../model/errors.js";

/**
 * Reasons of this library's own controllers. A runtime may have replaced `AbortController` by an implementation whose signals have no `reason`, such as
 * that of the package `abort-controller`.
 */
const reasons = new WeakMap<AbortSignal, CallRecordsError>();

/** Why a signal was aborted: whatever its owner said, or the library's own error where it says nothing. */
export function abortReason(signal: AbortSignal): unknown {
  return reasons.get(signal) ?? signal.reason ?? new AbortedError("The call was aborted by its signal.");
}

/** The library's own error for an aborted signal. The reason is the caller's, and may be anything: only our own errors are handed on. */
export function abortedError(signal: AbortSignal): CallRecordsError {
  const reason = abortReason(signal);
  return reason instanceof CallRecordsError ? reason : new AbortedError("The call was aborted by its signal.");
}

/** @throws the library's own error once the signal is aborted. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortedError(signal);
}

/** Lets any number listen to a signal. Node warns of more than ten listeners, and every request of a call listens to its signal. */
export function allowManyListeners(signal: AbortSignal): void {
  try {
    setMaxListeners(0, signal);
  } catch {
    // Node refuses the signals of another implementation, such as jsdom's. They have no limit.
  }
}

/** Who follows a signal, and the one listener by which they do. */
interface Followers {
  callbacks: Set<() => void>;
  listener: () => void;
}

const followersOf = new WeakMap<AbortSignal, Followers>();

/**
 * Calls back when a signal is aborted. All who follow one signal share one listener: a signal of the caller's may be given to any number of calls, and
 * Node warns of more than ten listeners.
 */
function followSignal(signal: AbortSignal, callback: () => void): void {
  const known = followersOf.get(signal);
  if (known !== undefined) {
    known.callbacks.add(callback);
    return;
  }
  const callbacks = new Set([callback]);
  const listener = () => {
    for (const one of [...callbacks]) one();
  };
  followersOf.set(signal, { callbacks, listener });
  signal.addEventListener("abort", listener);
}

function unfollowSignal(signal: AbortSignal, callback: () => void): void {
  const followers = followersOf.get(signal);
  if (followers === undefined) return;
  followers.callbacks.delete(callback);
  if (followers.callbacks.size > 0) return;
  followersOf.delete(signal);
  signal.removeEventListener("abort", followers.listener);
}

/** A controller that is also aborted by others. Unlike `AbortSignal.any` it lets go of them: they may live much longer. */
export class LinkedAbort {
  private readonly controller = new AbortController();
  private readonly links: { parent: AbortSignal; onAbort: () => void }[] = [];

  constructor(...parents: (AbortSignal | undefined)[]) {
    allowManyListeners(this.controller.signal);
    this.follow(...parents);
  }

  /** Is aborted from now on when one of these is. Once aborted, it holds on to none of them. */
  follow(...parents: (AbortSignal | undefined)[]): void {
    for (const parent of parents) {
      if (this.signal.aborted) return;
      if (parent === undefined) continue;
      // The event is not asked for its target: a signal may be of any implementation.
      const onAbort = () => {
        this.abort(abortedError(parent));
      };
      if (parent.aborted) {
        onAbort();
        return;
      }
      followSignal(parent, onAbort);
      this.links.push({ parent, onAbort });
    }
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  abort(reason: CallRecordsError): void {
    if (!this.signal.aborted) reasons.set(this.signal, reason);
    this.controller.abort(reason);
    // What was never read to its end, and never left, is released by nobody else.
    this.release();
  }

  /** Aborts because of what a piece of its work threw. */
  readonly abortBy = (thrown: unknown): void => {
    this.abort(
      thrown instanceof CallRecordsError ? thrown : new AbortedError("The call was ended by an unexpected failure."),
    );
  };

  /** Lets go of the parents. */
  release(): void {
    for (const { parent, onAbort } of this.links.splice(0)) unfollowSignal(parent, onAbort);
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
