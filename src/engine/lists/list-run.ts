import type { HttpResponse } from "../../contract/http.js";
import type { Page, PagingRule, Partition } from "../../contract/provider.js";
import { AbortedError, CallRecordsError, ResponseError } from "../../model/errors.js";
import { type LinkedAbort, throwIfAborted } from "../account/abort.js";
import type { AccountSession } from "../account/account-session.js";
import { Channel } from "./channel.js";
import type { Span } from "./intervals.js";
import { spanOf } from "./list-limits.js";
import type { ListPlan } from "./list-plan.js";
import { savesRequests } from "./number-lists.js";
import type { OpenWindow } from "./open-window.js";
import { OutageWatch } from "./outage-watch.js";
import { PageRows } from "./page-rows.js";
import type { PageRequest } from "./page.js";
import type { Progress } from "./progress.js";
import type { ReadRow } from "./row-reader.js";
import type { Delivery, RunContext } from "./run-context.js";
import type { RunPolicy } from "./run-policy.js";
import { StartFilterCheck } from "./start-filter-check.js";
import { resultOf, WindowFailures } from "./window-failures.js";
import { type PageJob, WindowQueue } from "./window-queue.js";
import { WindowResults } from "./window-results.js";
import { WindowSplitter } from "./window-splitter.js";
import { WindowWatch } from "./window-watch.js";

/** The plans that may replace the plan of a run before it has delivered anything. */
interface LaterPlans<Value> {
  /** Returns a new plan if the clock invalidates the current plan; else null. */
  replan: () => ListPlan<Value> | null;
  /** Selects the plan that uses the vendor's number filter. */
  filterNumbers: (plan: ListPlan<Value>) => ListPlan<Value>;
  /** Selects the plan without the filter again, because the filter has listed another number. */
  ignoreFilter: (plan: ListPlan<Value>) => ListPlan<Value>;
  /** Reports that a page after the first one listed another number. Calls were delivered, so that the plan stays. */
  reportFilter: () => void;
}

/** The parts of a run that depend on its plan. */
interface PlanRun<Value> extends RunContext<Value> {
  results: WindowResults<Value>;
  failures: WindowFailures<Value>;
}

/**
 * Reads the windows of one plan: several concurrently, the pages of the oldest first, each until it adds up. All results pass through its channel, so that
 * a window counts as read only after the consumer has received it.
 */
export class ListRun<Value> {
  readonly deliveries: Channel<Delivery<Value>>;
  private run: PlanRun<Value>;
  private readonly pageRows: PageRows<Value>;
  private readonly watch: WindowWatch;
  private readonly outage = new OutageWatch();
  /** Whether only the first page was requested. */
  private isStarting = false;
  /** Whether a page has shown if the number filter saves requests. */
  private hasEstimated = false;
  /** The plan that the plan with the number filter has replaced, until the filter's first page is examined. */
  private unfilteredPlan: ListPlan<Value> | null = null;
  /** Whether a call of another number, which was listed with the number filter, has been reported. */
  private isFilterReported = false;
  private failure: { error: unknown } | null = null;
  private wake: (() => void)[] = [];

  constructor(
    private readonly session: AccountSession,
    plan: ListPlan<Value>,
    private readonly plans: LaterPlans<Value>,
    private readonly policy: RunPolicy,
    private readonly progress: Progress,
    private readonly abort: LinkedAbort,
  ) {
    this.deliveries = new Channel(policy.bufferedRows);
    this.pageRows = new PageRows(session, plan.operation, policy, progress);
    const { id: provider, account } = session.provider;
    this.watch = new WindowWatch({ provider, account, invocation: progress.invocation }, session.services.emit);
    this.run = this.begin(plan);
    progress.windowsLeft = this.run.queue.size;
  }

  private begin(plan: ListPlan<Value>): PlanRun<Value> {
    const { session, policy, progress, deliveries, watch, outage, abort } = this;
    const errorContext = (window: OpenWindow) =>
      session.errorContext({ operation: plan.operation.name, window: window.bounds });
    const queue = new WindowQueue(plan);
    const onSplit = (window: OpenWindow) => {
      watch.ended(window, "split");
    };
    const splitter = new WindowSplitter(queue, plan.operation.paging, policy, { errorContext, onSplit });
    const startFilterCheck = new StartFilterCheck(session, plan);
    const context: RunContext<Value> = {
      ...{ session, plan, policy, progress, deliveries, queue, splitter },
      ...{ startFilterCheck, watch, outage, abort, errorContext },
    };
    const results = new WindowResults(context);
    return { ...context, results, failures: new WindowFailures(context, results) };
  }

  /** Reads all windows, and resolves when no request is pending. Never rejects: a failure ends the channel. */
  async start(): Promise<void> {
    // Before the first response of an account only one request is sent, so that wrong credentials do not cost twenty.
    this.isStarting = true;
    await this.work(
      () =>
        !this.session.hasResponded ||
        (this.run.plan.withNumberFilter !== null && !this.hasEstimated) ||
        this.unfilteredPlan !== null,
    );
    this.isStarting = false;
    const workers = Array.from({ length: this.session.provider.rate.concurrency }, () => this.work(() => true));
    await Promise.all(workers);
    this.watch.stop();
    this.deliveries.end(this.failure ?? undefined);
  }

  private async work(isActive: () => boolean): Promise<void> {
    try {
      while (this.failure === null && !this.run.queue.empty && isActive()) await this.step();
    } catch (error) {
      // Later failures are consequences of the first.
      this.failure ??= { error };
    }
  }

  /** Ends the run when the consumer stops. */
  stop(): void {
    if (!this.run.queue.empty) this.abort.abort(new AbortedError("The consumer stopped reading."));
    this.deliveries.end();
  }

  /** Requests one page, or waits until there is one to request. */
  private async step(): Promise<void> {
    await this.deliveries.room();
    throwIfAborted(this.abort.signal);
    const job = this.run.queue.next(this.policy.mayOpen, this.outage.needsDistantWindow);
    if (job === null) {
      if (!this.run.queue.empty) await new Promise<void>((resolve) => this.wake.push(resolve));
      return;
    }
    this.watch.requested(job.window, this.run.plan.operation.name, this.run.queue.partitionOf(job.window));
    try {
      await this.readPage(job);
    } catch (error) {
      const ending = this.run.failures.handle(job, error);
      if (ending !== null) this.fail(job.window, ending.error);
    } finally {
      this.watch.responded(job.window);
      this.progress.windowsLeft = this.run.queue.size;
      for (const wake of this.wake.splice(0)) wake();
    }
  }

  private async readPage(job: PageJob): Promise<void> {
    const { window, request } = job;
    const { operation, filters, direction, numberTexts, grid } = this.run.plan;
    const partition = this.run.queue.partitionOf(window);
    const { span } = window.plan;
    const response = await this.session.request(
      {
        operation: operation.name,
        request: this.session.runAdapter("request", this.run.errorContext(window), () =>
          operation.request({
            partition,
            window: span === null || grid === null ? null : grid.bounds(span),
            page: request,
            filters,
            direction,
            numbers: numberTexts?.[window.plan.partition] ?? null,
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
    const newPlan = this.isStarting && !this.run.results.hasDelivered ? this.plans.replan() : null;
    if (newPlan !== null) {
      // The response corrected the clock. The plan of the wrong clock is discarded, with this page.
      this.unfilteredPlan = null;
      this.restart(newPlan, window);
      return;
    }
    const page = this.pageRows.readPage(response, window);
    // Promises in the old generation would keep this body alive until a major GC.
    response.body = undefined;
    const filtered = this.isStarting ? this.planWithFilter(job, page) : null;
    if (filtered !== null) {
      this.unfilteredPlan = this.run.plan;
      this.restart(this.plans.filterNumbers(filtered), window);
      return;
    }
    if (window.closed || (window.untouched && this.run.splitter.splitBeforeReading(job, page))) return;
    if (!this.take(job, page, partition)) return;
    if (window.done) this.run.results.settle(window);
    else this.run.splitter.splitOverflow(window);
  }

  private restart(plan: ListPlan<Value>, window: OpenWindow): void {
    this.run = this.begin(plan);
    this.watch.ended(window, "stopped");
  }

  /** Returns the plan with the vendor's number filter if the first page of the list shows that it saves requests; else null. */
  private planWithFilter({ window, request }: PageJob, page: Page): ListPlan<Value> | null {
    const { plan, results } = this.run;
    if (plan.withNumberFilter === null || this.hasEstimated || results.hasDelivered) return null;
    this.hasEstimated = true;
    const filtered = plan.withNumberFilter();
    return savesRequests(plan.windows, filtered.windows, window.plan, page, request.size) ? filtered : null;
  }

  /**
   * Returns the plan without the number filter if the first page that was read with it contains a call of another number; else null. Such a call on a later page is
   * reported once.
   */
  private planWithoutFilter(rows: readonly ReadRow<Value>[]): ListPlan<Value> | null {
    const unfiltered = this.unfilteredPlan;
    const { mayHaveNumber } = this.run.plan;
    if (mayHaveNumber === null || this.isFilterReported) return null;
    this.unfilteredPlan = null;
    if (rows.every((row) => row.unreadable || mayHaveNumber(row.value))) return null;
    this.isFilterReported = true;
    if (unfiltered === null) this.plans.reportFilter();
    return unfiltered;
  }

  /**
   * Reads the rows of a page, and delivers those that no window has delivered. Returns false if they show that the vendor ignores its number filter: the plan
   * without the filter is then read instead.
   */
  private take({ window, request, pager }: PageJob, page: Page, partition: Partition): boolean {
    const { unreadable } = this.progress;
    const touching =
      this.policy.repeatedKeys === "unrelated"
        ? []
        : this.run.queue
            .touching(window)
            .map((other) => ({ window: other, partition: this.run.queue.partitionOf(other) }));
    if (page.rows === null && page.total === null) window.unlisted = true;
    const { keys, fresh, rows } = this.pageRows.take(
      window,
      partition,
      page,
      window.rereading || request.pastEnd,
      touching,
      this.startBoundsOf(window),
    );
    const unfiltered = this.planWithoutFilter(rows);
    if (unfiltered !== null) {
      // The page is read again.
      this.progress.unreadable = unreadable;
      this.restart(this.plans.ignoreFilter(unfiltered), window);
      return false;
    }
    this.run.startFilterCheck.check(rows, window.plan);
    if (this.run.startFilterCheck.found) this.progress.coverage?.distrustWindows();
    if (rows.length > 0) this.run.results.deliver(window, rows, null);
    window.accept(pager, request, { ...page, keys, fresh });
    return true;
  }

  /** The bounds of the starts of this window's rows; null if they may be anywhere. */
  private startBoundsOf({ plan: { span } }: OpenWindow): Span | null {
    const { startsNear } = this.policy;
    if (startsNear === "anything" || span === null) return null;
    const windows = startsNear === "window" ? [span] : this.run.plan.windows.flatMap((window) => window.span ?? []);
    return spanOf(this.run.plan.operation, windows);
  }

  /** Ends the run. Other windows then fail as a consequence. */
  private fail(window: OpenWindow, error: unknown): void {
    const failure = toCallRecordsError(error);
    if (this.failure === null && !this.abort.signal.aborted) this.watch.ended(window, resultOf(error), failure.code);
    this.failure ??= { error };
    this.abort.abort(failure);
  }
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
