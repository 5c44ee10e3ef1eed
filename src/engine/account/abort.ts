import { setMaxListeners } from "node:events";
import { performance } from "node:perf_hooks";
import { setImmediate } from "node:timers";
import { AbortedError, CallRecordsError } from "../../model/errors.js";
import type { EngineClock, LimitedWork } from "./clock.js";

/**
 * Abort reasons of this library's own controllers. A runtime may have replaced `AbortController` by an implementation whose signals have no `reason`,
 * such as that of the package `abort-controller`.
 */
const reasons = new WeakMap<AbortSignal, CallRecordsError>();

/** Returns the reason of an aborted signal, or an `AbortedError` where the signal has none. */
export function abortReason(signal: AbortSignal): unknown {
  return reasons.get(signal) ?? signal.reason ?? new AbortedError("The call was aborted by its signal.");
}

/** Returns the library's own error for an aborted signal. A caller's reason may be any value, so only the library's own errors are passed through. */
export function abortedError(signal: AbortSignal): CallRecordsError {
  const reason = abortReason(signal);
  return reason instanceof CallRecordsError ? reason : new AbortedError("The call was aborted by its signal.");
}

/** @throws the library's own error once the signal is aborted. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortedError(signal);
}

/** Removes the listener limit of a signal. Every request of a call listens to the call's signal, and Node warns of more than ten listeners. */
export function allowManyListeners(signal: AbortSignal): void {
  try {
    setMaxListeners(0, signal);
  } catch {
    // Node rejects signals of other implementations, such as jsdom's. They have no limit.
  }
}

/** The callbacks of one signal, and the single listener that runs them. */
interface Subscription {
  callbacks: Set<() => void>;
  listener: () => void;
}

const subscriptions = new WeakMap<AbortSignal, Subscription>();

/**
 * Calls back when a signal is aborted. All callbacks of one signal share one listener: a caller may pass the same signal to any number of calls, and Node
 * warns of more than ten listeners.
 */
function subscribe(signal: AbortSignal, callback: () => void): void {
  const existing = subscriptions.get(signal);
  if (existing !== undefined) {
    existing.callbacks.add(callback);
    return;
  }
  const callbacks = new Set([callback]);
  const listener = () => {
    for (const one of [...callbacks]) one();
  };
  subscriptions.set(signal, { callbacks, listener });
  signal.addEventListener("abort", listener);
}

function unsubscribe(signal: AbortSignal, callback: () => void): void {
  const subscription = subscriptions.get(signal);
  if (subscription === undefined) return;
  subscription.callbacks.delete(callback);
  if (subscription.callbacks.size > 0) return;
  subscriptions.delete(signal);
  signal.removeEventListener("abort", subscription.listener);
}

/** An abort controller that is also aborted by its parent signals. Unlike `AbortSignal.any`, it can be detached from parents that live longer. */
export class LinkedAbort {
  private readonly controller = new AbortController();
  private readonly links: { parent: AbortSignal; onAbort: () => void }[] = [];

  constructor(...parents: (AbortSignal | undefined)[]) {
    allowManyListeners(this.controller.signal);
    this.follow(...parents);
  }

  /** Adds parents. Once this controller is aborted, it is detached from all of them. */
  follow(...parents: (AbortSignal | undefined)[]): void {
    for (const parent of parents) {
      if (this.signal.aborted) return;
      if (parent === undefined) continue;
      // Does not read the event's target: the signal may be of any implementation.
      const onAbort = () => {
        this.abort(abortedError(parent));
      };
      if (parent.aborted) {
        onAbort();
        return;
      }
      subscribe(parent, onAbort);
      this.links.push({ parent, onAbort });
    }
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  abort(reason: CallRecordsError): void {
    if (!this.signal.aborted) reasons.set(this.signal, reason);
    this.controller.abort(reason);
    // A stream that its consumer never finishes and never closes has no other place that releases it.
    this.release();
  }

  /** Aborts because part of the work threw. */
  readonly abortBy = (thrown: unknown): void => {
    this.abort(
      thrown instanceof CallRecordsError ? thrown : new AbortedError("The call was ended by an unexpected failure."),
    );
  };

  /** Detaches from all parents. */
  release(): void {
    for (const { parent, onAbort } of this.links.splice(0)) unsubscribe(parent, onAbort);
  }
}

/** Returns a promise that also rejects with the signal's reason as soon as the signal is aborted. A later result of the given promise is ignored. */
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

/** Reason for stopping a timer whose work finished in time. A constant of the library's own class, because otherwise every stop would create an error. */
const FINISHED = new AbortedError("The work finished in time.");
/** A timer that fires later than this was delayed: the process was busy and read nothing meanwhile. */
const DELAYED_MS = 20;
/** The minimum extension, in which data that has already arrived is read. */
const MIN_EXTENSION_MS = 100;
/** The maximum number of extensions. After that many, all data that had arrived has been read. */
const MAX_EXTENSIONS = 5;
/** Event-loop turns in which data that has arrived is read from the socket and decompressed. */
const READING_TURNS = 3;

/**
 * Runs work with a time limit. Time during which the process was too busy to read received data does not count.
 * @param onTimeout is called when the time is over, and has to end the work.
 * @param onClockError is called with the error when the clock fails; default `onTimeout`.
 * @param heldMs returns the milliseconds so far during which this process itself held up the work. They do not count either.
 * @param kind what `work` is; default an attempt at a request.
 */
export async function withTimeLimit<Result>(
  clock: EngineClock,
  timeoutMs: number,
  onTimeout: () => void,
  work: () => Promise<Result>,
  onClockError: (error: unknown) => void = onTimeout,
  heldMs: () => number = () => 0,
  kind: LimitedWork = "request",
): Promise<Result> {
  const timer = new AbortController();
  const wait = (ms: number) => clock.timeLimit(ms, timer.signal, kind);
  timePassed(wait, timeoutMs, heldMs, timer.signal).then(onTimeout, (error: unknown) => {
    if (!timer.signal.aborted) onClockError(error);
  });
  try {
    return await work();
  } finally {
    timer.abort(FINISHED);
  }
}

/** Resolves when the time is over. Rejects once the signal is aborted, or when the clock fails. */
async function timePassed(
  wait: (ms: number) => Promise<void>,
  timeoutMs: number,
  heldMs: () => number,
  signal: AbortSignal,
): Promise<void> {
  let waitMs = timeoutMs;
  let compensatedMs = 0;
  for (let extensions = 0; ;) {
    const startMs = performance.now();
    await wait(waitMs);
    const delayMs = performance.now() - startMs - waitMs;
    const newlyHeldMs = heldMs() - compensatedMs;
    if (newlyHeldMs > 0 && !signal.aborted) {
      compensatedMs += newlyHeldMs;
      waitMs = Math.max(MIN_EXTENSION_MS, newlyHeldMs);
      continue;
    }
    // The sleep was shorter than real time, so it is that of a simulated clock.
    if (delayMs < 0) return;
    await readingTurns();
    if (delayMs <= DELAYED_MS || extensions === MAX_EXTENSIONS || signal.aborted) return;
    extensions += 1;
    waitMs = Math.min(timeoutMs, Math.max(MIN_EXTENSION_MS, delayMs));
  }
}

async function readingTurns(): Promise<void> {
  for (let turn = 0; turn < READING_TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
