import type { HttpResponse } from "../../contract/http.js";
import type { Page, PagingRule, Partition } from "../../contract/provider.js";
import { AbortedError, CallRecordsError, type ErrorCode, ResponseError } from "../../model/errors.js";
import { type LinkedAbort, throwIfAborted } from "../account/abort.js";
import type { AccountSession } from "../account/account-session.js";
import { type ErrorContext, ResultTooLarge } from "../account/failure.js";
import { Channel } from "./channel.js";
import type { WindowResult } from "./coverage.js";
import type { Span } from "./intervals.js";
import {
  conflicting,
  endless,
  incomplete,
  isOfTheAccount,
  isOutage,
  isRefusal,
  shortParts,
  unverified,
} from "./list-failure.js";
import { settledBefore, type ListPlan, spanOf } from "./list-plan.js";
import type { OpenWindow } from "./open-window.js";
import { OutageWatch } from "./outage-watch.js";
import { PageRows, type RepeatedKeys } from "./page-rows.js";
import { type PageRequest, PagingLoop } from "./pager.js";
import { type PlannedWindow, Split } from "./planned-window.js";
import type { Progress } from "./progress.js";
import type { ReadRow } from "./row-reader.js";
import { endingOf } from "./window-ending.js";
import { StartFilterCheck } from "./start-filter-check.js";
import { type PageJob, WindowQueue } from "./window-queue.js";
import { WindowSplitter } from "./window-splitter.js";
import { WindowWatch } from "./window-watch.js";

/** An item that a run delivers to its consumer, in the order of events. */
export interface Delivery<Value> {
  window: PlannedWindow;
  /** The window's id in events. */
  id: string;
  partition: Partition;
  rows: ReadRow<Value>[];
  /** The result of the window, with its last delivery; else null. */
  result: WindowResult | null;
  /** For a window whose parts were read in its place. `short`: they hold fewer rows than it; `checked`: they were compared with it. Null for any other window. */
  sum: "short" | "checked" | null;
  /** The earliest filter time that a later row can have. */
  watermark: number;
}

/** Options of a run. */
export interface RunPolicy {
  isolateFailures: boolean;
  unreadableRows: "throw" | "report";
  /** Whether windows must add up to the vendor's totals; false for snapshots and searches. */
  verify: boolean;
  /** The meaning of a key that occurs in several windows. */
  repeatedKeys: RepeatedKeys;
  /** Whether a window with an unverified end is split, so that its parts may verify it. */
  splitsUnverified: boolean;
  /** Maximum number of rows of a window. A larger one is split. */
  windowRows: number;
  /** Number of buffered rows at which no more pages are requested. */
  bufferedRows: number;
  /** The allowed starts of rows: near the window; near the whole plan, if rows are found by id; or anywhere, if an old start is allowed. */
  startsNear: "window" | "plan" | "anything";
  /** Whether windows may be opened after the oldest open one. */
  mayOpen: () => boolean;
}

/**
 * Reads the windows of one plan: several concurrently, the pages of the oldest first, each until it adds up. All results pass through its channel, so that
 * a window counts as read only after the consumer has received it.
 */
export class ListRun<Value> {
  readonly deliveries: Channel<Delivery<Value>>;
  private queue: WindowQueue;
  private splitter: WindowSplitter;
  private readonly pageRows: PageRows<Value>;
  private readonly startFilterCheck: StartFilterCheck;
  private readonly watch: WindowWatch;
  /** Whether only the first page was requested, and nothing was delivered. */
  private atFirstPage = false;
  private readonly outage = new OutageWatch();
  private failure: { error: unknown } | null = null;
  private wake: (() => void)[] = [];

  constructor(
    private readonly session: AccountSession,
    private plan: ListPlan<Value>,
    /** Returns a new plan if the clock has jumped since the current plan; else null. */
    private readonly replan: () => ListPlan<Value> | null,
    private readonly policy: RunPolicy,
    private readonly progress: Progress,
    private readonly abort: LinkedAbort,
  ) {
    this.deliveries = new Channel(policy.bufferedRows);
    this.queue = new WindowQueue(plan);
    this.splitter = this.splitterOf(this.queue);
    progress.windowsLeft = this.queue.size;
    this.pageRows = new PageRows(session, plan.operation, policy, progress);
    this.startFilterCheck = new StartFilterCheck(session, plan);
    const { id: provider, account } = session.provider;
    this.watch = new WindowWatch({ provider, account, invocation: progress.invocation }, session.services.emit);
  }

  private splitterOf(queue: WindowQueue): WindowSplitter {
    return new WindowSplitter(queue, this.plan.operation.paging, this.policy, {
      errorContext: (window) => this.errorContext(window),
      onSplit: (window) => {
        this.watch.ended(window, "split");
      },
    });
  }

  /** Reads all windows, and resolves when no request is pending. Never rejects: a failure ends the channel. */
  async start(): Promise<void> {
    // Before the first response of an account only one request is sent, so that wrong credentials do not cost twenty.
    this.atFirstPage = true;
    await this.work(() => !this.session.hasResponded);
    this.atFirstPage = false;
    const workers = Array.from({ length: this.session.provider.rate.concurrency }, () => this.work(() => true));
    await Promise.all(workers);
    this.watch.stop();
    this.deliveries.end(this.failure ?? undefined);
  }

  private async work(isActive: () => boolean): Promise<void> {
    try {
      while (this.failure === null && !this.queue.empty && isActive()) await this.step();
    } catch (error) {
      // Later failures are consequences of the first.
      this.failure ??= { error };
    }
  }

  /** Ends the run when the consumer stops. */
  stop(): void {
    if (!this.queue.empty) this.abort.abort(new AbortedError("The consumer stopped reading."));
    this.deliveries.end();
  }

  /** Requests one page, or waits until there is one to request. */
  private async step(): Promise<void> {
    await this.deliveries.room();
    throwIfAborted(this.abort.signal);
    const job = this.queue.next(this.policy.mayOpen, this.outage.needsDistantWindow);
    if (job === null) {
      if (!this.queue.empty) await new Promise<void>((resolve) => this.wake.push(resolve));
      return;
    }
    this.watch.requested(job.window, this.plan.operation.name, this.queue.partitionOf(job.window));
    try {
      await this.readPage(job);
    } catch (error) {
      this.handleFailure(job, error);
    } finally {
      this.watch.responded(job.window);
      this.progress.windowsLeft = this.queue.size;
      for (const wake of this.wake.splice(0)) wake();
    }
  }

  private async readPage(job: PageJob): Promise<void> {
    const { window, request } = job;
    const { operation, filters, direction, grid } = this.plan;
    const partition = this.queue.partitionOf(window);
    const { span } = window.plan;
    const response = await this.session.request(
      {
        operation: operation.name,
        request: this.session.runAdapter("request", this.errorContext(window), () =>
          operation.request({
            partition,
            window: span === null || grid === null ? null : grid.bounds(span),
            page: request,
            filters,
            direction,
          }),
        ),
        window: window.bounds,
        place: { window: window.id, page: pageNumber(operation.paging, request) },
      },
      { signal: this.abort.signal, counters: this.progress.counters, invocation: this.progress.invocation },
    );
    this.takeResponse(job, partition, response);
  }

  private takeResponse(job: PageJob, partition: Partition, response: HttpResponse): void {
    const { window } = job;
    const newPlan = this.atFirstPage ? this.replan() : null;
    if (newPlan !== null) {
      // The response corrected the clock. The plan of the wrong clock is discarded, with this page.
      this.plan = newPlan;
      this.queue = new WindowQueue(newPlan);
      this.splitter = this.splitterOf(this.queue);
      this.watch.ended(window, "stopped");
      return;
    }
    const page = this.pageRows.readPage(response, window);
    // Promises in the old generation would keep this body alive until a major GC.
    response.body = undefined;
    if (window.closed || (window.untouched && this.splitter.splitBeforeReading(job, page))) return;
    this.take(job, page, partition);
    if (window.done) this.settle(window);
    else this.splitter.splitOverflow(window);
  }

  /** Reads the rows of a page, and delivers those that no window has delivered. */
  private take({ window, request, pager }: PageJob, page: Page, partition: Partition): void {
    const touching =
      this.policy.repeatedKeys === "unrelated"
        ? []
        : this.queue.touching(window).map((other) => ({ window: other, partition: this.queue.partitionOf(other) }));
    if (page.rows === null && page.total === null) window.unlisted = true;
    const { keys, fresh, rows } = this.pageRows.take(
      window,
      partition,
      page,
      window.rereading || request.pastEnd,
      touching,
      this.startBoundsOf(window),
    );
    this.startFilterCheck.check(rows, window.plan);
    if (this.startFilterCheck.found) this.progress.coverage?.distrustWindows();
    if (rows.length > 0) this.deliver(window, rows, null);
    window.accept(pager, request, { ...page, keys, fresh });
  }

  /** The bounds of the starts of this window's rows; null if they may be anywhere. */
  private startBoundsOf({ plan: { span } }: OpenWindow): Span | null {
    const { startsNear } = this.policy;
    if (startsNear === "anything" || span === null) return null;
    const windows = startsNear === "window" ? [span] : this.plan.windows.flatMap((window) => window.span ?? []);
    return spanOf(this.plan.operation, windows);
  }

  private deliver(window: OpenWindow, rows: ReadRow<Value>[], result: WindowResult | null): void {
    this.atFirstPage = false;
    window.rows += rows.length;
    this.splitter.noteDelivered(rows.length);
    // The end of a window has weight too, so that the queue of empty windows is bounded.
    this.deliveries.push(
      {
        window: window.plan,
        id: window.id,
        partition: this.queue.partitionOf(window),
        rows,
        result,
        sum: null,
        watermark: this.queue.watermark,
      },
      rows.length + 1,
    );
  }

  /** Handles a window that was read to its end, by its outcome. */
  private settle(window: OpenWindow): void {
    const { verify } = this.policy;
    const ending = endingOf(window, this.plan.operation.paging, {
      verify,
      canSplit: this.splitter.maySplit(window),
      isCount: this.policy.repeatedKeys === "unrelated",
    });
    switch (ending.type) {
      case "split":
        this.splitter.splitUnverified(window, ending.parts, ending.whole, ending.unverifiedReason);
        return;
      case "whole":
        // Pages of one row are always full. Only the page after the total shows further rows.
        if (this.requestPastEnd(window, verify && window.plan.settled)) return;
        this.closeRead(window, this.isVerified(window) ? "verified" : "read");
        return;
      case "unverified":
        // It may hold more rows than its total. They are delivered, although they verify nothing.
        if (this.requestPastEnd(window, verify)) return;
        this.noteUnverified(window, ending.unverifiedReason);
        this.closeRead(window, "read");
        return;
      case "conflict":
        throw conflicting(this.errorContext(window), ending.shortfall);
      case "short":
        // Another read of a window that cannot be split would have the same result.
        if (window.unverifiedReason === null && window.readAgain()) return;
        if (this.splitter.splitShort(window)) return;
        if (!verify) this.noteIncomplete(window, ending.shortfall);
        if (verify && this.isSettled(window)) throw incomplete(this.errorContext(window), ending.shortfall);
        this.closeRead(window, "read");
    }
  }

  /**
   * Closes a window that was read to its end. After the last part of a split, the rows of all parts are compared with the whole. If they are too few, the
   * whole does not add up, rather than any one part.
   */
  private closeRead(window: OpenWindow, result: "verified" | "read"): void {
    const short = this.endSplitPart(window);
    const { announced } = short?.known ?? { announced: null };
    if (short === null || announced === null || !this.policy.verify || !this.isSettled(window)) {
      this.close(window, window.unreadable > 0 ? "unreadable" : result);
      return;
    }
    // The error refers to the whole, because other parts may count as verified already.
    this.deliverSum(window, short, "short");
    this.close(window, "read");
    throw shortParts({ ...this.errorContext(window), window: short.whole.bounds }, announced, short.found ?? 0);
  }

  private deliverSum(part: OpenWindow, { whole }: Split, sum: "short" | "checked"): void {
    const result = sum === "short" ? "incomplete" : "verified";
    this.deliveries.push(
      {
        window: whole.plan,
        id: whole.id,
        partition: this.queue.partitionOf(part),
        rows: [],
        result,
        sum,
        watermark: this.queue.watermark,
      },
      1,
    );
  }

  /** Ends a part. Returns the split whose parts are now known to hold too few rows; else null. */
  private endSplitPart(window: OpenWindow): Split | null {
    window.ended = true;
    const { split } = window.plan;
    if (split === undefined) return null;
    Split.noteShared(
      window,
      this.queue.touching(window).filter(({ ended, isSplit }) => ended && !isSplit),
    );
    return split.end(window.seen.size);
  }

  /** Requests the page after the total, if necessary. A snapshot is read once and has no parts, so nothing else shows a total that is too small. */
  private requestPastEnd(window: OpenWindow, isToBeVerified: boolean): boolean {
    return (isToBeVerified || window.plan.span === null) && window.requestPastEnd();
  }

  /** Reports a window with an unverified end. The report of a snapshot has no unsettled interval, so it gets an error. */
  private noteUnverified(window: OpenWindow, unverifiedReason: string): void {
    this.warn(window, `its end is not verified: ${unverifiedReason}. The rows that were read count as unsettled.`);
    if (!this.policy.verify) this.progress.note(unverified(this.errorContext(window), unverifiedReason));
  }

  /** Reports a snapshot that is delivered although it is incomplete. */
  private noteIncomplete(window: OpenWindow, shortfall: string): void {
    const error = incomplete(this.errorContext(window), shortfall);
    this.warn(window, `it does not add up: ${shortfall}.`);
    this.progress.note(error);
  }

  private isVerified(window: OpenWindow): boolean {
    const { verify } = this.policy;
    if (verify && window.unlisted)
      this.warn(
        window,
        "a response contained neither rows nor a total. It is treated as an empty page that verifies nothing, and its window counts as unsettled.",
      );
    return verify && window.plan.settled && !window.unlisted && !this.startFilterCheck.found;
  }

  private warn(window: OpenWindow, what: string): void {
    const { account, operation, window: bounds } = this.errorContext(window);
    const where = bounds === null ? "" : ` (${bounds.from} to ${bounds.to})`;
    this.session.services.emit({
      type: "warning",
      account,
      operation,
      message: `${account}: ${operation}${where}: ${what}`,
      key: null,
      field: null,
    });
  }

  /** Whether a window is settled by the current clock. The clock of the plan may have been ahead. */
  private isSettled({ plan: { span, settled } }: OpenWindow): boolean {
    return settled && (span === null || span.to <= settledBefore(this.plan.settleMs, this.session.clock.soonestNow()));
  }

  private close(window: OpenWindow, result: WindowResult, error: ErrorCode | null = null): void {
    if (result !== "failed") this.outage.reset();
    if (!window.ended) window.plan.split?.end(null);
    window.ended = true;
    this.watch.ended(window, result, error);
    this.queue.close(window);
    this.deliver(window, [], result);
    const whole = window.plan.split?.awaited ?? null;
    if (this.policy.verify && whole?.isCheckedNow() === true) this.deliverSum(window, whole, "checked");
  }

  private handleFailure({ window, request, pager }: PageJob, error: unknown): void {
    // The parts of the window are read in its place.
    if (
      window.closed &&
      (error instanceof ResultTooLarge || (window.isSplit && (error instanceof PagingLoop || isRefusal(error)))) &&
      !this.abort.signal.aborted
    )
      return;
    // An aborted request is rejected with the failure of another page.
    if (request.pastEnd && isRefusal(error) && !this.abort.signal.aborted) {
      // The vendor refuses a page that does not exist.
      window.accept(pager, request, { keys: [], fresh: 0, total: null, next: null });
      this.settle(window);
      return;
    }
    if (error instanceof ResultTooLarge) {
      const smaller =
        error.what === "page" ? window.shrinkPages(pager) : this.splitter.split(window, 2, { announced: null });
      if (smaller) return;
    }
    if (!window.closed && this.isCutOff(window, request, error)) return;
    const failure =
      error instanceof ResultTooLarge
        ? error.error
        : error instanceof PagingLoop
          ? endless(this.errorContext(window), error)
          : error;
    if (!(failure instanceof CallRecordsError) || !this.isolates(window, failure, error instanceof ResultTooLarge)) {
      // Other windows fail as a consequence, or because the call was aborted.
      if (this.failure === null && !this.abort.signal.aborted)
        this.watch.ended(window, resultOf(failure), toCallRecordsError(failure).code);
      this.failure ??= { error: failure };
      this.abort.abort(toCallRecordsError(failure));
      throw failure;
    }
    this.progress.note(failure);
    if (!window.closed) this.close(window, resultOf(failure), failure.code);
  }

  /**
   * Handles a page that is refused, or repeats another, after full pages. The vendor may limit the rows of one search, and smaller windows may stay below it.
   * @returns whether it has handled the window.
   */
  private isCutOff(window: OpenWindow, { offset, cursor }: PageRequest, error: unknown): boolean {
    const { total, rows, lastPageFull } = window.read;
    const isLoop = error instanceof PagingLoop;
    const isFirst = offset === 0 && cursor === null;
    if (this.abort.signal.aborted || isFirst || rows === 0) return false;
    // Some vendors repeat the last page after the end. A cursor cycle, or a list that repeats its first page, is another fault.
    const isLastPageAgain = isLoop && cursor === null && (total === null || rows > window.pageSize);
    if (!isLastPageAgain && !isRefusal(error)) return false;
    const unverifiedReason = `a page is ${isLoop ? "repeated" : "refused"} after ${rows} rows`;
    if (
      (total !== null || lastPageFull) &&
      this.splitter.splitUnverified(window, 2, { announced: total ?? rows, mayBeCapped: true }, unverifiedReason)
    )
      return true;
    if (total !== null) return false;
    this.noteUnverified(window, unverifiedReason);
    this.closeRead(window, "read");
    return true;
  }

  /** Whether a failure is limited to its window, so that the account can continue. */
  private isolates(window: OpenWindow, failure: CallRecordsError, isSmallest: boolean): boolean {
    if (!this.policy.isolateFailures || this.abort.signal.aborted || isOfTheAccount(failure)) return false;
    // Failures of several pages of one window count once.
    if (window.closed) return true;
    // Without this limit, a vendor that refuses every smallest window as too large would receive requests for all of them.
    if (isSmallest || isOutage(failure)) return !this.outage.count(window.plan);
    this.outage.reset();
    return true;
  }

  private errorContext(window: OpenWindow): ErrorContext {
    return this.session.errorContext({ operation: this.plan.operation.name, window: window.bounds });
  }
}

function resultOf(failure: unknown): "incomplete" | "failed" {
  return failure instanceof CallRecordsError && failure.code === "incomplete" ? "incomplete" : "failed";
}

function toCallRecordsError(error: unknown): CallRecordsError {
  return error instanceof CallRecordsError
    ? error
    : new ResponseError("The run ended because of an unexpected failure.");
}

/** The page number in events; null for lists without numbered pages. */
function pageNumber({ style }: PagingRule, { number }: PageRequest): number | null {
  return style === "page" || style === "offset" ? number : null;
}
