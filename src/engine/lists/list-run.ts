import type { HttpAnswer } from "../../contract/http.js";
import type { Page, PagingRule, Partition } from "../../contract/provider.js";
import { AbortedError, CallRecordsError, type ErrorCode, ResponseError } from "../../model/errors.js";
import { type LinkedAbort, throwIfAborted } from "../account/abort.js";
import type { AccountSession } from "../account/account-session.js";
import { type Concern, TooMuch } from "../account/failure.js";
import { Channel } from "./channel.js";
import type { WindowFate } from "./coverage.js";
import { doubtOfTotal } from "./end-doubt.js";
import type { Span } from "./intervals.js";
import { endless, incomplete, isOfTheAccount, isOutage, isRefusal, neverEnding, overcounted, shortParts } from "./list-failure.js";
import { frontierOf, type ListPlan, spanOf } from "./list-plan.js";
import type { OpenWindow } from "./open-window.js";
import { OutageWatch } from "./outage-watch.js";
import { PageRows, type RepeatedKeys } from "./page-rows.js";
import { type PageRequest, PagingLoop } from "./pager.js";
import type { PlannedWindow, WholeWindow } from "./planned-window.js";
import type { Progress } from "./progress.js";
import type { ReadRow } from "./row-reader.js";
import { endingOf } from "./window-ending.js";
import { type PageJob, WindowQueue } from "./window-queue.js";
import { WindowWatch } from "./window-watch.js";

/** What a run hands to its consumer, in the order in which it happened. */
export interface Delivery<Value> {
  window: PlannedWindow;
  /** The window's name in events. */
  id: string;
  partition: Partition;
  rows: ReadRow<Value>[];
  /** What became of the window, with its last delivery; else null. */
  fate: WindowFate | null;
  /** No row that is still to come was filtered by the vendor on an instant before this. */
  frontier: number;
}

/** How a run behaves. */
export interface RunPolicy {
  isolateFailures: boolean;
  unreadableRows: "throw" | "report";
  /** Whether windows must add up to the vendor's totals; false for snapshots and searches. */
  prove: boolean;
  /** What a key means that comes in several windows. */
  repeatedKeys: RepeatedKeys;
  /** A window that holds more rows is split. */
  windowRows: number;
  /** Rows that wait for the consumer before no more pages are requested. */
  bufferedRows: number;
  /** What the start of a row must lie near: its window; all that is read, where rows are found by an id; or nothing, where an old start shows no fault. */
  startsNear: "window" | "plan" | "anything";
  /** Whether further windows may be opened, beyond the oldest that is open. */
  mayOpen: () => boolean;
}

/** Into so many parts a window is cut at once; those that are still too large are cut again. */
const MOST_PARTS = 20;
/** A list that has brought so many rows in one window, and still goes on, is split, or fails where it cannot be. */
const MOST_ROWS = 100_000;
/** So many windows, one within the other, whose lists do not end are taken for a vendor that sends ever new rows. */
const MOST_OVERFLOWS = 8;
/** Windows whose end is doubtful are split so often, and as often again for each page of rows that came: a vendor that caps every window would be asked for all of them. */
const DOUBTFUL_SPLITS = { least: 64, perPage: 4 } as const;

/**
 * Reads the windows of one plan: several at once, the pages of the oldest first, each until it adds up. Everything that it finds out goes
 * through its channel, so that nothing counts as read before the consumer has taken it.
 */
export class ListRun<Value> {
  readonly deliveries: Channel<Delivery<Value>>;
  private queue: WindowQueue;
  private readonly pageRows: PageRows<Value>;
  private readonly watch: WindowWatch;
  /** Whether nothing but the first page has been asked for, and nothing handed on. */
  private atFirstPage = false;
  private readonly outage = new OutageWatch();
  private doubtfulSplits = 0;
  private rowsHandedOn = 0;
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
    progress.windowsLeft = this.queue.size;
    this.pageRows = new PageRows(session, plan.operation, policy, progress);
    const { id: provider, account } = session.provider;
    this.watch = new WindowWatch({ provider, account, invocation: progress.invocation }, session.services.emit);
  }

  /** Reads everything; resolves when nothing is under way any more. Never rejects: a failure ends the channel. */
  async start(): Promise<void> {
    // An account that has not answered yet is asked one thing first: wrong credentials cost one request, not twenty.
    this.atFirstPage = true;
    await this.work(() => !this.session.answered);
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
    const answer = await this.session.ask(
      {
        operation: operation.name,
        request: this.session.runAdapter("request", this.concern(window), () =>
          operation.request({ partition, window: span === null || grid === null ? null : grid.bounds(span), page: request, filters, direction }),
        ),
        window: window.bounds,
        place: { window: window.id, page: pageNumber(operation.paging, request) },
      },
      { signal: this.abort.signal, counters: this.progress.counters, invocation: this.progress.invocation },
    );
    this.takeAnswer(job, partition, answer);
  }

  private takeAnswer(job: PageJob, partition: Partition, answer: HttpAnswer): void {
    const { window } = job;
    const newPlan = this.atFirstPage ? this.planAgain() : null;
    if (newPlan !== null) {
      // The answer set the clock right: what was planned by the wrong one is given up, with this page.
      this.plan = newPlan;
      this.queue = new WindowQueue(newPlan);
      this.watch.ended(window, "stopped");
      return;
    }
    const page = this.pageRows.readPage(answer, window);
    // The promises that waited for the answer have grown old meanwhile: through them its rows would outlive their use, until all memory is looked through.
    answer.body = undefined;
    if (window.closed || (window.untouched && this.splitBeforeReading(job, page))) return;
    this.take(job, page, partition);
    if (window.done) this.settle(window);
    else this.splitOverflow(window);
  }

  /** Reads the rows of a page and hands on those that no window has handed on before. */
  private take({ window, request, pager }: PageJob, page: Page, partition: Partition): void {
    const touching = this.policy.repeatedKeys === "unrelated" ? [] : this.queue.touching(window).map((other) => ({ window: other, partition: this.queue.partitionOf(other) }));
    if (page.rows === null && page.total === null) window.unlisted = true;
    const { keys, fresh, rows } = this.pageRows.take(window, partition, page, window.rereading || request.pastEnd, touching, this.nearOf(window));
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

  private deliver(window: OpenWindow, rows: ReadRow<Value>[], fate: WindowFate | null): void {
    this.atFirstPage = false;
    window.rows += rows.length;
    this.rowsHandedOn += rows.length;
    // A window's end weighs a little too, so that a long row of empty windows does not pile up.
    this.deliveries.push(
      { window: window.plan, id: window.id, partition: this.queue.partitionOf(window), rows, fate, frontier: this.queue.frontier },
      rows.length + 1,
    );
  }

  /**
   * What the first page already tells: a window with very many rows is read in parts, so that what must be kept while it is open stays bounded; and so is
   * one of which the total, once it is reached, would not verify the end.
   */
  private splitBeforeReading({ window, request }: PageJob, { rows, total: told }: Page): boolean {
    const received = rows?.length ?? 0;
    const total = told === 0 && received > 0 ? null : told;
    const { paging } = this.plan.operation;
    if (total === null || paging.style === "none" || !paging.total || this.policy.repeatedKeys === "unrelated") return false;
    const { windowRows } = this.policy;
    const size = received > 0 && received < Math.min(total, request.size) ? received : request.size;
    const doubt = doubtOfTotal(total, size, paging);
    if (total > windowRows) {
      // The total does not speak of the window: splitting it further would not end.
      if (window.plan.split?.count(total) === false) throw overcounted(this.concern(window));
      const parts = Math.min(MOST_PARTS, Math.ceil(total / windowRows));
      if (this.split(window, parts, { announced: total, mayBeCapped: doubt !== null })) return true;
    }
    return doubt !== null && this.splitDoubtful(window, 2, { announced: total, mayBeCapped: true }, doubt);
  }

  /** Splits a window whose end is in doubt; else it is read as it is, and stays unverified. */
  private splitDoubtful(window: OpenWindow, parts: number, whole: WholeWindow, doubt: string): boolean {
    if (this.maySplit(window) && this.split(window, parts, whole)) {
      this.doubtfulSplits += 1;
      return true;
    }
    window.doubt = doubt;
    return false;
  }

  private maySplit(window: OpenWindow): boolean {
    const { paging } = this.plan.operation;
    const pages = paging.style === "none" ? 0 : this.rowsHandedOn / paging.size;
    return this.policy.repeatedKeys !== "unrelated" && this.doubtfulSplits < DOUBTFUL_SPLITS.least + DOUBTFUL_SPLITS.perPage * pages && this.queue.canSplit(window);
  }

  /** A list that goes on and on is read in parts, which hold less; where it has none, or they go on as well, it is given up. */
  private splitOverflow(window: OpenWindow): void {
    const { size: rows } = window.seen;
    const limit = Math.min(this.policy.windowRows, MOST_ROWS) * (window.read.total === null ? 1 : 2);
    if (rows <= limit) return;
    const overflows = (window.plan.split?.known.overflows ?? 0) + 1;
    if (overflows <= MOST_OVERFLOWS && this.split(window, 2, { announced: rows, overflows, mayBeCapped: true })) return;
    if (overflows > MOST_OVERFLOWS || rows > MOST_ROWS) throw neverEnding(this.concern(window), rows);
  }

  private split(window: OpenWindow, parts: number, whole: WholeWindow): boolean {
    const isSplit = this.queue.split(window, parts, whole);
    if (!isSplit) return false;
    window.isSplit = true;
    this.watch.ended(window, "cut");
    return true;
  }

  /** The window has been read to its end: does it add up? */
  private settle(window: OpenWindow): void {
    const { prove } = this.policy;
    const ending = endingOf(window, this.plan.operation.paging, { prove, canSplit: this.maySplit(window) });
    switch (ending.type) {
      case "split":
        this.doubtfulSplits += 1;
        this.split(window, ending.parts, ending.whole);
        return;
      case "whole":
        // Of pages of one row, each is full: what is behind the total shows in nothing else.
        if (prove && window.plan.settled && window.lookPastEnd()) return;
        this.closeRead(window, this.isProven(window) ? "proven" : "read");
        return;
      case "unverified":
        // It may hold more than its total tells: what can be had is handed on, though it verifies nothing.
        if (prove && window.lookPastEnd()) return;
        this.warn(window, `its end is not verified: ${ending.doubt}. What was read counts as unsettled.`);
        this.closeRead(window, "read");
        return;
      case "conflict":
        throw incomplete(this.concern(window), ending.shortfall);
      case "short":
        // Of a window that can no longer be split, another read would show the same.
        if (window.doubt === null && window.readAgain()) return;
        if (this.isSettled(window)) throw incomplete(this.concern(window), ending.shortfall);
        this.closeRead(window, "read");
    }
  }

  /** Closes a window that was read to its end. The last part of a window that was split shows whether all of them hold what the whole does. */
  private closeRead(window: OpenWindow, fate: "proven" | "read"): void {
    const short = window.plan.split?.end(window.seen.size) ?? null;
    window.ended = true;
    const { announced } = short?.known ?? { announced: null };
    if (short === null || announced === null || !this.policy.prove || !this.isSettled(window)) {
      this.close(window, window.unreadable > 0 ? "unreadable" : fate);
      return;
    }
    // Of the whole, of which other parts may count as proven already.
    this.deliveries.push({ window: short.whole.plan, id: short.whole.id, partition: this.queue.partitionOf(window), rows: [], fate: "incomplete", frontier: this.queue.frontier }, 1);
    throw shortParts({ ...this.concern(window), window: short.whole.bounds }, announced, short.found ?? 0);
  }

  private isProven(window: OpenWindow): boolean {
    const { prove } = this.policy;
    if (prove && window.unlisted) this.warn(window, "an answer held neither rows nor a total. It is taken for an empty one, which proves nothing: its window counts as unsettled.");
    return prove && window.plan.settled && !window.unlisted;
  }

  private warn(window: OpenWindow, what: string): void {
    const { account, operation, window: bounds } = this.concern(window);
    const where = bounds === null ? "" : ` (${bounds.from} to ${bounds.to})`;
    this.session.services.emit({ type: "warning", account, operation, message: `${account}: ${operation}${where}: ${what}`, key: null, field: null });
  }

  /** By the clock as it is now: the one that it was planned by may have been ahead. */
  private isSettled({ plan: { span, settled } }: OpenWindow): boolean {
    return settled && (span === null || span.to <= frontierOf(this.plan.settleMs, this.session.clock.soonestNow()));
  }

  private close(window: OpenWindow, fate: WindowFate, error: ErrorCode | null = null): void {
    if (fate !== "failed") this.outage.reset();
    if (!window.ended) window.plan.split?.end(null);
    window.ended = true;
    this.watch.ended(window, fate, error);
    this.queue.close(window);
    this.deliver(window, [], fate);
  }

  private handleFailure({ window, request, pager }: PageJob, error: unknown): void {
    // Its parts are read in its place.
    if (window.closed && (error instanceof TooMuch || (window.isSplit && (error instanceof PagingLoop || isRefusal(error)))) && !this.abort.signal.aborted) return;
    // What is aborted is rejected with the failure of another page, which says nothing of this one.
    if (request.pastEnd && isRefusal(error) && !this.abort.signal.aborted) {
      // There is no such page, as the vendor says in its own way.
      window.accept(pager, request, { keys: [], fresh: 0, total: null, next: null });
      this.settle(window);
      return;
    }
    if (error instanceof TooMuch) {
      const smaller = error.what === "page" ? window.shrinkPages(pager) : this.split(window, 2, { announced: null });
      if (smaller) return;
    }
    if (!window.closed && this.isCutOff(window, request, error)) return;
    const failure = error instanceof TooMuch ? error.error : error instanceof PagingLoop ? endless(this.concern(window), error) : error;
    if (!(failure instanceof CallRecordsError) || !this.isolates(window, failure, error instanceof TooMuch)) {
      // The windows beside it fail because of it, or all because the call was ended.
      if (this.failure === null && !this.abort.signal.aborted) this.watch.ended(window, fateOf(failure), asOurs(failure).code);
      this.failure ??= { error: failure };
      this.abort.abort(asOurs(failure));
      throw failure;
    }
    this.progress.note(failure);
    if (!window.closed) this.close(window, fateOf(failure), failure.code);
  }

  /**
   * A page that is refused, or repeats another, after full ones: the vendor may serve no more rows of one search. Smaller windows may hold fewer.
   * @returns whether the window has been dealt with.
   */
  private isCutOff(window: OpenWindow, { offset }: PageRequest, error: unknown): boolean {
    const { total, rows, lastPageFull } = window.read;
    const isLoop = error instanceof PagingLoop;
    if (this.abort.signal.aborted || offset === 0 || !(isLoop ? offset > window.pageSize : isRefusal(error))) return false;
    if (rows === 0 || (isLoop && !lastPageFull)) return false;
    const doubt = `a page is ${isLoop ? "repeated" : "refused"} after ${rows} rows`;
    if ((total !== null || lastPageFull) && this.splitDoubtful(window, 2, { announced: total ?? rows, mayBeCapped: true }, doubt)) return true;
    if (total !== null) return false;
    this.warn(window, `its end is not verified: ${doubt}. What was read counts as unsettled.`);
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

  private concern(window: OpenWindow): Concern {
    return this.session.concern({ operation: this.plan.operation.name, window: window.bounds });
  }
}

function fateOf(failure: unknown): "incomplete" | "failed" {
  return failure instanceof CallRecordsError && failure.code === "incomplete" ? "incomplete" : "failed";
}

function asOurs(error: unknown): CallRecordsError {
  return error instanceof CallRecordsError ? error : new ResponseError("The run ended because of an unexpected failure.");
}

/** For events. */
function pageNumber({ style }: PagingRule, { number }: PageRequest): number | null {
  return style === "page" || style === "offset" ? number : null;
}
