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

/** What a run hands to its consumer, in the order in which it happened. */
export interface Delivery<Value> {
  window: PlannedWindow;
  /** The window's name in events. */
  id: string;
  partition: Partition;
  rows: ReadRow<Value>[];
  /** What became of the window, with its last delivery; else null. */
  result: WindowResult | null;
  /** Of a window whose parts were read in its place. `short`: they hold less than it; `checked`: what they hold was compared with it. Null of any other window. */
  sum: "short" | "checked" | null;
  /** No row that is still to come was filtered by the vendor on an instant before this. */
  watermark: number;
}

/** How a run behaves. */
export interface RunPolicy {
  isolateFailures: boolean;
  unreadableRows: "throw" | "report";
  /** Whether windows must add up to the vendor's totals; false for snapshots and searches. */
  verify: boolean;
  /** What a key means that comes in several windows. */
  repeatedKeys: RepeatedKeys;
  /** Whether a window is split whose end is in doubt, so that its parts may verify it. */
  splitsInDoubt: boolean;
  /** A window that holds more rows is split. */
  windowRows: number;
  /** Rows that wait for the consumer before no more pages are requested. */
  bufferedRows: number;
  /** What the start of a row must lie near: its window; all that is read, where rows are found by an id; or nothing, where an old start shows no fault. */
  startsNear: "window" | "plan" | "anything";
  /** Whether further windows may be opened, beyond the oldest that is open. */
  mayOpen: () => boolean;
}

/**
 * Reads the windows of one plan: several at once, the pages of the oldest first, each until it adds up. Everything that it finds out goes
 * through its channel, so that nothing counts as read before the consumer has taken it.
 */
export class ListRun<Value> {
  readonly deliveries: Channel<Delivery<Value>>;
  private queue: WindowQueue;
  private splitter: WindowSplitter;
  private readonly pageRows: PageRows<Value>;
  private readonly startFilterCheck: StartFilterCheck;
  private readonly watch: WindowWatch;
  /** Whether nothing but the first page has been asked for, and nothing handed on. */
  private atFirstPage = false;
  private readonly outage = new OutageWatch();
  private failure: { error: unknown } | null = null;
  private wake: (() => void)[] = [];

  constructor(
    private readonly session: AccountSession,
    private plan: ListPlan<Value>,
    /** The plan by the present clock, where that has jumped since it was made; else null. */
    private readonly planAgain: () => ListPlan<Value> | null,
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

  /** Reads everything; resolves when nothing is under way any more. Never rejects: a failure ends the channel. */
  async start(): Promise<void> {
    // An account that has not answered yet is asked one thing first: wrong credentials cost one request, not twenty.
    this.atFirstPage = true;
    await this.work(() => !this.session.hasResponded);
    this.atFirstPage = false;
    const workers = Array.from({ length: this.session.provider.rate.concurrency }, () => this.work(() => true));
    await Promise.all(workers);
    this.watch.stop();
    this.deliveries.end(this.failure ?? undefined);
  }

  private async work(goOn: () => boolean): Promise<void> {
    try {
      while (this.failure === null && !this.queue.empty && goOn()) await this.step();
    } catch (error) {
      // What fails after the first failure fails because of it.
      this.failure ??= { error };
    }
  }

  /** The consumer takes no more. */
  stop(): void {
    if (!this.queue.empty) this.abort.abort(new AbortedError("The reading was stopped by its consumer."));
    this.deliveries.end();
  }

  /** Asks for one page; without one to ask for, waits until that changes. */
  private async step(): Promise<void> {
    await this.deliveries.room();
    throwIfAborted(this.abort.signal);
    const job = this.queue.next(this.policy.mayOpen, this.outage.wantsElsewhere);
    if (job === null) {
      if (!this.queue.empty) await new Promise<void>((resolve) => this.wake.push(resolve));
      return;
    }
    this.watch.asked(job.window, this.plan.operation.name, this.queue.partitionOf(job.window));
    try {
      await this.readPage(job);
    } catch (error) {
      this.handleFailure(job, error);
    } finally {
      this.watch.answered(job.window);
      this.progress.windowsLeft = this.queue.size;
      for (const wake of this.wake.splice(0)) wake();
    }
  }

  private async readPage(job: PageJob): Promise<void> {
    const { window, request } = job;
    const { operation, filters, direction, grid } = this.plan;
    const partition = this.queue.partitionOf(window);
    const { span } = window.plan;
    const response = await this.session.ask(
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
    const newPlan = this.atFirstPage ? this.planAgain() : null;
    if (newPlan !== null) {
      // The answer set the clock right: what was planned by the wrong one is given up, with this page.
      this.plan = newPlan;
      this.queue = new WindowQueue(newPlan);
      this.splitter = this.splitterOf(this.queue);
      this.watch.ended(window, "stopped");
      return;
    }
    const page = this.pageRows.readPage(response, window);
    // The promises that waited for the answer have grown old meanwhile: through them its rows would outlive their use, until all memory is looked through.
    response.body = undefined;
    if (window.closed || (window.untouched && this.splitter.splitBeforeReading(job, page))) return;
    this.take(job, page, partition);
    if (window.done) this.settle(window);
    else this.splitter.splitOverflow(window);
  }

  /** Reads the rows of a page and hands on those that no window has handed on before. */
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
      this.nearOf(window),
    );
    this.startFilterCheck.look(rows, window.plan);
    if (this.startFilterCheck.found) this.progress.coverage?.distrustWindows();
    if (rows.length > 0) this.deliver(window, rows, null);
    window.accept(pager, request, { ...page, keys, fresh });
  }

  /** What the start of a row of this window must lie near; null: it may lie anywhere. */
  private nearOf({ plan: { span } }: OpenWindow): Span | null {
    const { startsNear } = this.policy;
    if (startsNear === "anything" || span === null) return null;
    const windows = startsNear === "window" ? [span] : this.plan.windows.flatMap((window) => window.span ?? []);
    return spanOf(this.plan.operation, windows);
  }

  private deliver(window: OpenWindow, rows: ReadRow<Value>[], result: WindowResult | null): void {
    this.atFirstPage = false;
    window.rows += rows.length;
    this.splitter.handedOn(rows.length);
    // A window's end weighs a little too, so that a long row of empty windows does not pile up.
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

  /** The window has been read to its end: does it add up? */
  private settle(window: OpenWindow): void {
    const { verify } = this.policy;
    const ending = endingOf(window, this.plan.operation.paging, {
      verify,
      canSplit: this.splitter.maySplit(window),
      isCount: this.policy.repeatedKeys === "unrelated",
    });
    switch (ending.type) {
      case "split":
        this.splitter.splitUnverified(window, ending.parts, ending.whole, ending.doubt);
        return;
      case "whole":
        // Of pages of one row, each is full: what is behind the total shows in nothing else.
        if (this.looksPastEnd(window, verify && window.plan.settled)) return;
        this.closeRead(window, this.isVerified(window) ? "verified" : "read");
        return;
      case "unverified":
        // It may hold more than its total tells: what can be had is handed on, though it verifies nothing.
        if (this.looksPastEnd(window, verify)) return;
        this.noteUnverified(window, ending.doubt);
        this.closeRead(window, "read");
        return;
      case "conflict":
        throw conflicting(this.errorContext(window), ending.shortfall);
      case "short":
        // Of a window that can no longer be split, another read would show the same.
        if (window.doubt === null && window.readAgain()) return;
        if (this.splitter.splitShort(window)) return;
        if (!verify) this.noteShort(window, ending.shortfall);
        if (verify && this.isSettled(window)) throw incomplete(this.errorContext(window), ending.shortfall);
        this.closeRead(window, "read");
    }
  }

  /**
   * Closes a window that was read to its end. The last part of a window that was split shows whether all of them hold what the whole does. Where they do not, it
   * is the whole that does not add up, and no part of it.
   */
  private closeRead(window: OpenWindow, result: "verified" | "read"): void {
    const short = this.endPart(window);
    const { announced } = short?.known ?? { announced: null };
    if (short === null || announced === null || !this.policy.verify || !this.isSettled(window)) {
      this.close(window, window.unreadable > 0 ? "unreadable" : result);
      return;
    }
    // Of the whole, of which other parts may count as proven already. The last part is no more to blame than they are.
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

  /** The split of which the parts hold too few rows together, where that shows with the end of this one. */
  private endPart(window: OpenWindow): Split | null {
    window.ended = true;
    const { split } = window.plan;
    if (split === undefined) return null;
    Split.noteShared(
      window,
      this.queue.touching(window).filter(({ ended, isSplit }) => ended && !isSplit),
    );
    return split.end(window.seen.size);
  }

  /** Whether what is behind the total is requested first. A snapshot is read once, and has no parts: there, nothing else shows a total that is too small. */
  private looksPastEnd(window: OpenWindow, isToBeVerified: boolean): boolean {
    return (isToBeVerified || window.plan.span === null) && window.lookPastEnd();
  }

  /** Of a snapshot there is no unsettled interval in the report: that it may not be whole is an error. */
  private noteUnverified(window: OpenWindow, doubt: string): void {
    this.warn(window, `its end is not verified: ${doubt}. What was read counts as unsettled.`);
    if (!this.policy.verify) this.progress.note(unverified(this.errorContext(window), doubt));
  }

  /** A snapshot proves nothing, and is handed on as it is; but it is not whole. */
  private noteShort(window: OpenWindow, shortfall: string): void {
    const error = incomplete(this.errorContext(window), shortfall);
    this.warn(window, `it does not add up: ${shortfall}.`);
    this.progress.note(error);
  }

  private isVerified(window: OpenWindow): boolean {
    const { verify } = this.policy;
    if (verify && window.unlisted)
      this.warn(
        window,
        "an answer held neither rows nor a total. It is taken for an empty one, which proves nothing: its window counts as unsettled.",
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

  /** By the clock as it is now: the one that it was planned by may have been ahead. */
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
    // Its parts are read in its place.
    if (
      window.closed &&
      (error instanceof ResultTooLarge || (window.isSplit && (error instanceof PagingLoop || isRefusal(error)))) &&
      !this.abort.signal.aborted
    )
      return;
    // What is aborted is rejected with the failure of another page, which says nothing of this one.
    if (request.pastEnd && isRefusal(error) && !this.abort.signal.aborted) {
      // There is no such page, as the vendor says in its own way.
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
      // The windows beside it fail because of it, or all because the call was ended.
      if (this.failure === null && !this.abort.signal.aborted)
        this.watch.ended(window, resultOf(failure), asOurs(failure).code);
      this.failure ??= { error: failure };
      this.abort.abort(asOurs(failure));
      throw failure;
    }
    this.progress.note(failure);
    if (!window.closed) this.close(window, resultOf(failure), failure.code);
  }

  /**
   * A page that is refused, or repeats another, after full ones: the vendor may serve no more rows of one search. Smaller windows may hold fewer.
   * @returns whether the window has been dealt with.
   */
  private isCutOff(window: OpenWindow, { offset, cursor }: PageRequest, error: unknown): boolean {
    const { total, rows, lastPageFull } = window.read;
    const isLoop = error instanceof PagingLoop;
    const isFirst = offset === 0 && cursor === null;
    if (this.abort.signal.aborted || isFirst || rows === 0) return false;
    // Behind the last row some vendors give the last page again. A cursor that leads back, or a list that gives nothing but its first page, is another fault.
    const isLastPageAgain = isLoop && cursor === null && (total === null || rows > window.pageSize);
    if (!isLastPageAgain && !isRefusal(error)) return false;
    const doubt = `a page is ${isLoop ? "repeated" : "refused"} after ${rows} rows`;
    if (
      (total !== null || lastPageFull) &&
      this.splitter.splitUnverified(window, 2, { announced: total ?? rows, mayBeCapped: true }, doubt)
    )
      return true;
    if (total !== null) return false;
    this.noteUnverified(window, doubt);
    this.closeRead(window, "read");
    return true;
  }

  /** Whether a failure is its window's own, so that the account can go on without it. */
  private isolates(window: OpenWindow, failure: CallRecordsError, isLeast: boolean): boolean {
    if (!this.policy.isolateFailures || this.abort.signal.aborted || isOfTheAccount(failure)) return false;
    // Several pages of one window that fail are one window that fails.
    if (window.closed) return true;
    // A vendor that refuses one least window after another as too much would be asked for all of them.
    if (isLeast || isOutage(failure)) return !this.outage.count(window.plan);
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

function asOurs(error: unknown): CallRecordsError {
  return error instanceof CallRecordsError
    ? error
    : new ResponseError("The run ended because of an unexpected failure.");
}

/** For events. */
function pageNumber({ style }: PagingRule, { number }: PageRequest): number | null {
  return style === "page" || style === "offset" ? number : null;
}
