import { CallRecordsError } from "../../model/errors.js";
import { ResultTooLarge } from "../account/failure.js";
import { cutOff, endless, isOfTheAccount, isOutage, isRefusal } from "./list-failure.js";
import type { OpenWindow } from "./open-window.js";
import type { PageRequest } from "./page.js";
import { PagingLoop } from "./pager.js";
import type { RunContext } from "./run-context.js";
import type { PageJob } from "./window-queue.js";
import type { WindowResults } from "./window-results.js";

/** Decides what a failed page means: an end of the list, smaller windows, a failure of the window, or a failure of the run. */
export class WindowFailures<Value> {
  constructor(
    private readonly run: RunContext<Value>,
    private readonly results: WindowResults<Value>,
  ) {}

  /**
   * Handles a failed page.
   * @returns the error that ends the run; null if the run continues.
   */
  handle(job: PageJob, thrown: unknown): { error: unknown } | null {
    const { window } = job;
    let cause = thrown;
    try {
      if (this.recover(job, cause)) return null;
    } catch (error) {
      // The list ends with this page, and does not add up.
      cause = error;
    }
    const failure = this.failureOf(window, cause);
    if (!(failure instanceof CallRecordsError) || !this.isolates(window, failure, cause instanceof ResultTooLarge))
      return { error: failure };
    this.run.progress.note(failure);
    if (!window.closed) this.results.close(window, resultOf(failure), failure.code);
    return null;
  }

  /** Continues without the page where possible. Returns whether the failure is handled. */
  private recover(job: PageJob, error: unknown): boolean {
    const { window, request, pager } = job;
    if (error instanceof ResultTooLarge && (window.closed || this.shrink(job, error))) return true;
    // An aborted request is rejected with the failure of another page.
    if (this.run.abort.signal.aborted) return false;
    // The parts of the window are read in its place.
    if (window.closed) return window.isSplit && (error instanceof PagingLoop || isRefusal(error));
    // The current read requests the rows again, in smaller pages.
    if (window.hasAbandoned(pager) && isRefusal(error)) return true;
    if (!request.pastEnd || !isRefusal(error)) return this.isCutOff(window, request, error);
    // The vendor refuses a page that does not exist.
    window.accept(pager, request, { keys: [], fresh: 0, total: null, next: null });
    this.results.settle(window);
    return true;
  }

  private shrink({ window, pager }: PageJob, { what }: ResultTooLarge): boolean {
    return what === "page" ? window.shrinkPages(pager) : this.run.splitter.split(window, 2, { announced: null });
  }

  private failureOf(window: OpenWindow, cause: unknown): unknown {
    if (cause instanceof ResultTooLarge) return cause.error;
    return cause instanceof PagingLoop ? endless(this.run.errorContext(window), cause) : cause;
  }

  /**
   * Handles a page that is refused, or repeats another, after full pages. The vendor may limit the rows of one search, and smaller windows may stay below it.
   * @returns whether it has handled the window.
   * @throws IncompleteError when the window cannot be divided, and has more rows than the vendor lists.
   */
  private isCutOff(window: OpenWindow, { offset, cursor }: PageRequest, error: unknown): boolean {
    const { total, rows, lastPageFull } = window.read;
    const isLoop = error instanceof PagingLoop;
    const isFirst = offset === 0 && cursor === null;
    if (isFirst || rows === 0) return false;
    // Some vendors repeat the last page after the end. A cursor cycle, or a list that repeats its first page, is another fault.
    const isLastPageAgain = isLoop && cursor === null && (total === null || rows > window.pageSize);
    if (!isLastPageAgain && !isRefusal(error)) return false;
    const unverifiedReason = `a page is ${isLoop ? "repeated" : "refused"} after ${rows} rows`;
    if (
      (total !== null || lastPageFull) &&
      this.run.splitter.splitUnverified(window, 2, { announced: total ?? rows, mayBeCapped: true }, unverifiedReason)
    )
      return true;
    if (total !== null && isLoop) return false;
    // No argument of the caller can change this.
    if (total !== null) throw cutOff(this.run.errorContext(window), total, rows, error);
    this.results.noteUnverified(window, unverifiedReason);
    this.results.closeRead(window, "read");
    return true;
  }

  /** Whether a failure is limited to its window, so that the account can continue. */
  private isolates(window: OpenWindow, failure: CallRecordsError, isSmallest: boolean): boolean {
    if (!this.run.policy.isolateFailures || this.run.abort.signal.aborted || isOfTheAccount(failure)) return false;
    // Failures of several pages of one window count once.
    if (window.closed) return true;
    // Without this limit, a vendor that refuses every smallest window as too large would receive requests for all of them.
    if (isSmallest || isOutage(failure)) return !this.run.outage.count(window.plan);
    this.run.outage.reset();
    return true;
  }
}

/** The result of a window that ends with a failure. */
export function resultOf(failure: unknown): "incomplete" | "failed" {
  return failure instanceof CallRecordsError && failure.code === "incomplete" ? "incomplete" : "failed";
}
