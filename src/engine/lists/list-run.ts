import type { HttpAnswer } from "../../contract/http.js";
import type { Page, PagingRule, Partition } from "../../contract/provider.js";
import { AbortedError, CallRecordsError, type ErrorCode, ResponseError } from "../../model/errors.js";
import { type LinkedAbort, throwIfAborted } from "../account/abort.js";
import type { AccountSession } from "../account/account-session.js";
import { type Concern, TooMuch } from "../account/failure.js";
import { Channel } from "./channel.js";
import type { WindowFate } from "./coverage.js";
import type { Span } from "./intervals.js";
import { endless, incomplete, isOfTheAccount, isOutage, isRefusal, overcounted } from "./list-failure.js";
import { frontierOf, type ListPlan, type PlannedWindow, spanOf } from "./list-plan.js";
import type { OpenWindow } from "./open-window.js";
import { OutageWatch } from "./outage-watch.js";
import { type PageRequest, PagingLoop } from "./pager.js";
import type { Progress } from "./progress.js";
import { digestOf } from "./row-digest.js";
import { RowReader, type ReadRow } from "./row-reader.js";
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
  /** Whether a key that comes again in another window is the same row again; false for counts, of which every window has its own. */
  keysSpanWindows: boolean;
  /** A window that holds more rows is cut, in rows. */
  windowRows: number;
  /** What the start of a row must lie near: its window; all that is read, where rows are found by an id; or nothing, where an old start shows no fault. */
  startsNear: "window" | "plan" | "anything";
  /** Whether further windows may be opened, beyond the oldest that is open. */
  mayOpen: () => boolean;
}

/** Rows that wait for the consumer before no more pages are asked for. */
const BUFFERED_ROWS = 2_000;
/** Into so many parts a window is cut at once; those that are still too large are cut again. */
const MOST_PARTS = 20;
/** By so much the parts of a window may count more rows together than the window did: those at their bounds, and what has come since. */
const MOST_GROWTH = 1.5;

/**
 * Reads the windows of one plan: several at once, the pages of the oldest first, each until it adds up. Everything that it finds out goes
 * through its channel, so that nothing counts as read before the consumer has taken it.
 */
export class ListRun<Value> {
  readonly deliveries = new Channel<Delivery<Value>>(BUFFERED_ROWS);
  private queue: WindowQueue;
  private readonly reader: RowReader<Value>;
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
    this.queue = new WindowQueue(plan);
    progress.windowsLeft = this.queue.size;
    this.reader = new RowReader(session, plan.operation, policy.unreadableRows);
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
    const page = this.reader.readPage(answer, window.bounds);
    // The promises that waited for the answer have grown old meanwhile: through them its rows would outlive their use, until all memory is looked through.
    answer.body = undefined;
    if (window.closed || (window.untouched && this.cutWhenLarge(window, page.total))) return;
    this.take(job, page, partition);
    if (window.done) this.settle(window);
  }

  /** Reads the rows of a page and hands on those that no window has handed on before. */
  private take({ window, request, pager }: PageJob, page: Page, partition: Partition): void {
    const touching = this.policy.keysSpanWindows ? this.queue.touching(window) : [];
    const keys: string[] = [];
    const fresh: ReadRow<Value>[] = [];
    const known = window.seen.size;
    const near = this.nearOf(window);
    if (page.rows === null && page.total === null) window.unlisted = true;
    for (const raw of page.rows ?? []) {
      const row = this.reader.readRow(raw, partition, window.bounds, near);
      keys.push(row.key);
      if (row.unreadable) {
        if (!window.seen.has(row.key)) {
          window.unreadable += 1;
          this.progress.unreadable += 1;
        }
        window.seen.set(row.key, 0);
        continue;
      }
      const digest = digestOf(raw);
      const earlier = window.seen.get(row.key) ?? seenIn(touching, row.key);
      if (earlier === undefined) fresh.push(row);
      else if (!window.rereading && !request.pastEnd) this.noteDuplicate(window, row.key, earlier === digest);
      window.seen.set(row.key, digest);
    }
    if (fresh.length > 0) this.deliver(window, fresh, null);
    window.accept(pager, request, { keys, fresh: window.seen.size - known, total: page.total, next: page.next });
  }

  /** What the start of a row of this window must lie near; null: it may lie anywhere. */
  private nearOf({ plan: { span } }: OpenWindow): Span | null {
    const { startsNear } = this.policy;
    if (startsNear === "anything" || span === null) return null;
    const windows = startsNear === "window" ? [span] : this.plan.windows.flatMap((window) => window.span ?? []);
    return spanOf(this.plan.operation, windows);
  }

  private noteDuplicate(window: OpenWindow, key: string, sameContent: boolean): void {
    this.progress.duplicates += 1;
    if (!sameContent) window.conflicts += 1;
    const { account } = this.session.provider;
    const { invocation } = this.progress;
    this.session.services.emit({ type: "duplicate", account, operation: this.plan.operation.name, invocation, window: window.id, key: this.session.clean(key), sameContent });
  }

  private deliver(window: OpenWindow, rows: ReadRow<Value>[], fate: WindowFate | null): void {
    this.atFirstPage = false;
    window.rows += rows.length;
    // A window's end weighs a little too, so that a long row of empty windows does not pile up.
    this.deliveries.push(
      { window: window.plan, id: window.id, partition: this.queue.partitionOf(window), rows, fate, frontier: this.queue.frontier },
      rows.length + 1,
    );
  }

  /** A window with very many rows is read in parts, so that what must be kept while it is open stays bounded. */
  private cutWhenLarge(window: OpenWindow, total: number | null): boolean {
    if (total === null || total <= this.policy.windowRows) return false;
    const { cut } = window.plan;
    if (cut !== undefined) {
      cut.counted += total;
      // The total does not speak of the window: cutting it further would not end.
      if (cut.counted > cut.total * MOST_GROWTH) throw overcounted(this.concern(window));
    }
    return this.cut(window, Math.min(MOST_PARTS, Math.ceil(total / this.policy.windowRows)), total);
  }

  private cut(window: OpenWindow, parts: number, total?: number): boolean {
    const isCut = this.queue.split(window, parts, total);
    if (isCut) this.watch.ended(window, "cut");
    return isCut;
  }

  /** The window has been read to its end: does it add up? */
  private settle(window: OpenWindow): void {
    if (!this.policy.prove || window.addsUp) {
      // Only where it is to be proven: what is not settled is read again anyway.
      if (this.policy.prove && window.plan.settled && window.lookPastEnd()) return;
      this.close(window, window.unreadable > 0 ? "unreadable" : this.isProven(window) ? "proven" : "read");
    } else if (!window.readAgain()) {
      if (!this.isSettled(window)) this.close(window, "read");
      else throw incomplete(this.concern(window), window.shortfall);
    }
  }

  private isProven(window: OpenWindow): boolean {
    if (this.policy.prove && window.unlisted) this.noteUnlisted(window);
    return window.plan.settled && !window.unlisted;
  }

  private noteUnlisted(window: OpenWindow): void {
    const { account, operation } = this.concern(window);
    const message = `${account}: ${operation}: an answer held neither rows nor a total. It is taken for an empty one, which proves nothing: its window counts as unsettled.`;
    this.session.services.emit({ type: "warning", account, operation, message, key: null, field: null });
  }

  /** By the clock as it is now: the one that it was planned by may have been ahead. */
  private isSettled({ plan: { span, settled } }: OpenWindow): boolean {
    return settled && (span === null || span.to <= frontierOf(this.plan.settleMs, this.session.clock.soonestNow()));
  }

  private close(window: OpenWindow, fate: WindowFate, error: ErrorCode | null = null): void {
    if (fate !== "failed") this.outage.reset();
    this.watch.ended(window, fate, error);
    this.queue.close(window);
    this.deliver(window, [], fate);
  }

  private handleFailure({ window, request, pager }: PageJob, error: unknown): void {
    if (window.closed && error instanceof TooMuch) return;
    // What is aborted is rejected with the failure of another page, which says nothing of this one.
    if (request.pastEnd && isRefusal(error) && !this.abort.signal.aborted) {
      // There is no such page, as the vendor says in its own way.
      window.accept(pager, request, { keys: [], fresh: 0, total: null, next: null });
      this.settle(window);
      return;
    }
    if (error instanceof TooMuch) {
      const smaller = error.what === "page" ? window.shrinkPages(pager) : this.cut(window, 2);
      if (smaller) return;
    }
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

/** The digest of the row that came with the key in one of the windows. */
function seenIn(windows: readonly OpenWindow[], key: string): number | undefined {
  for (const { seen } of windows) {
    const digest = seen.get(key);
    if (digest !== undefined) return digest;
  }
  return undefined;
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
