import type { Partition } from "../../contract/provider.js";
import { ResponseError } from "../../model/errors.js";
import type { LinkedAbort } from "../account/abort.js";
import type { AccountSession } from "../account/account-session.js";
import { errorAbout } from "../account/failure.js";
import { Coverage, type WindowResult } from "./coverage.js";
import { type Span, toInterval } from "./intervals.js";
import { settledBefore } from "./list-limits.js";
import { discover } from "./discovery.js";
import { isNearRetention, type ListPlan } from "./list-plan.js";
import type { PlannedWindow } from "./planned-window.js";
import { ListRun } from "./list-run.js";
import type { Progress } from "./progress.js";
import type { Delivery } from "./run-context.js";
import type { RunPolicy } from "./run-policy.js";
import type { RowLimits } from "./row-limits.js";
import type { Batches } from "./merge.js";

/** A call with the start by which it is selected and ordered. */
interface Timed {
  startedAt: Date | null;
}

/** The list of one account that is being read, with its plan and progress. */
export interface Source<Value> {
  session: AccountSession;
  /** Replaced when the vendor's current time differs from the estimate. */
  plan: ListPlan<Value>;
  planAt: (now: number) => ListPlan<Value>;
  /** The clock's `jumps` when the plan was made. */
  plannedAfterJumps: number;
  progress: Progress;
  coverage: Coverage | null;
}

/**
 * Opens a source. Nothing is read yet.
 * @param planAt returns the plan for the vendor's current time.
 * @param progress records the results.
 */
export function openSource<Value>(
  session: AccountSession,
  planAt: (now: number) => ListPlan<Value>,
  progress: Progress,
): Source<Value> {
  const plan = planAt(session.clock.now());
  const coverage = plan.coverage === null ? null : new Coverage(plan.coverage);
  progress.coverage = coverage;
  return { session, plan, planAt, plannedAfterJumps: session.clock.jumps, progress, coverage };
}

/** Plans again by the current clock; null if it has not jumped since the last plan, and the plan keeps its distance from the vendor's retention limit. */
function replan<Value>(source: Source<Value>): ListPlan<Value> | null {
  const { clock } = source.session;
  if (clock.jumps === source.plannedAfterJumps && !isNearRetention(source.plan, clock.vendorNow())) return null;
  source.plannedAfterJumps = clock.jumps;
  return adopt(source, source.planAt(clock.now()));
}

function adopt<Value>(source: Source<Value>, plan: ListPlan<Value>): ListPlan<Value> {
  source.plan = plan;
  if (plan.coverage !== null) source.coverage?.begin(plan.coverage);
  return plan;
}

/** Replaces the plan with the plan that uses the vendor's number filter. */
function filterNumbers<Value>(source: Source<Value>, plan: ListPlan<Value>): ListPlan<Value> {
  const { name: operation } = plan.operation;
  source.session.warn(
    operation,
    `${operation}: the calls are requested with the vendor's own number filter (option \`numberFilter\`). It may not find a number that is stored with separators or in another format, so the report has the gap \`filtered\`. Without the option, all calls are read and compared.`,
  );
  return adopt(source, plan);
}

/** Replaces the plan with the plan that does not use the vendor's number filter, because the filter has listed another number. */
function ignoreFilter<Value>(source: Source<Value>, plan: ListPlan<Value>): ListPlan<Value> {
  const { name: operation } = plan.operation;
  source.session.warn(
    operation,
    `${operation}: the vendor's own number filter listed a call that does not contain a requested number. The filter is therefore not used: all calls are read and compared. Set the option \`numberFilter\` to false.`,
  );
  return adopt(source, plan);
}

/** Reports that the vendor's number filter has listed another number, after it seemed to work. */
function reportFilter<Value>({ session, plan }: Source<Value>): void {
  const { name: operation } = plan.operation;
  session.warn(
    operation,
    `${operation}: the vendor's own number filter listed a call that does not contain a requested number, on a page after its first one. Such calls are not delivered. The vendor applies the filter only to some requests, so that it may also omit calls. Set the option \`numberFilter\` to false, and read the range again.`,
  );
}

/** Converts a value that was read; null skips it. */
type Finish<Value, Out> = (value: Value, raw: unknown, delivery: Delivery<Value>) => Out | null;

/** Starts a run, and stops it however its consumer ends. */
async function* deliveriesOf<Value>(
  source: Source<Value>,
  policy: RunPolicy,
  abort: LinkedAbort,
): AsyncGenerator<Delivery<Value>, void, undefined> {
  const plans = {
    replan: () => replan(source),
    filterNumbers: (plan: ListPlan<Value>) => filterNumbers(source, plan),
    ignoreFilter: (plan: ListPlan<Value>) => ignoreFilter(source, plan),
    reportFilter: () => {
      reportFilter(source);
    },
  };
  const scope = { signal: abort.signal, counters: source.progress.counters, invocation: source.progress.invocation };
  // The plan of a source is made before the applications are known.
  if (await discover(source.session, scope)) adopt(source, source.planAt(source.session.clock.now()));
  source.progress.applications = source.session.discovery?.listed ?? null;
  const run = new ListRun(source.session, source.plan, plans, policy, source.progress, abort);
  const running = run.start();
  try {
    for (let delivery = await run.deliveries.take(); delivery !== null; delivery = await run.deliveries.take())
      yield delivery;
  } finally {
    run.stop();
    await running;
    // Rows were delivered, so it is too late to plan again. The future by the wrong clock may be the past by the right one.
    if (source.plannedAfterJumps !== source.session.clock.jumps) source.coverage?.distrustNow();
  }
}

/** Yields the batches of one account as pages arrive. A window counts as read when the consumer has its last batch. */
export async function* inArrivalOrder<Value, Out>(
  source: Source<Value>,
  policy: RunPolicy,
  abort: LinkedAbort,
  finish: Finish<Value, Out>,
): Batches<Out> {
  for await (const delivery of deliveriesOf(source, policy, abort)) {
    const batch = finishAll(delivery, finish);
    if (batch.length > 0) yield batch;
    close(source, delivery);
  }
}

/** Options of a run whose rows wait for earlier windows, or for the end of their window. */
export type WaitingPolicy = Omit<RunPolicy, "mayOpen"> & Pick<RowLimits, "waitingRows">;

/**
 * Yields the batches of one account by ascending start, or by descending start if its plan has the newest windows first. A row is delivered when no row that
 * precedes it can follow.
 */
export async function* inStartOrder<Value, Out extends Timed>(
  source: Source<Value>,
  policy: WaitingPolicy,
  abort: LinkedAbort,
  finish: Finish<Value, Out>,
): Batches<Out> {
  const windowMarginMs = source.plan.coverage?.windowMarginMs ?? 0;
  /** Makes times ascend in reading order. */
  const sign = source.plan.newestFirst ? -1 : 1;
  const waiting: { value: Out; position: number }[] = [];
  const closing = new Set<Delivery<Value>>();
  const deliveries = deliveriesOf(source, { ...policy, mayOpen: () => waiting.length < policy.waitingRows }, abort);

  let releasedTo = Number.NEGATIVE_INFINITY;
  for await (const delivery of deliveries) {
    const { result, watermark } = delivery;
    for (const value of finishAll(delivery, finish)) {
      const at = value.startedAt?.getTime() ?? 0;
      if (sign * at < releasedTo) reportLateCall(source, policy, delivery, at);
      else waiting.push({ value, position: sign * at });
    }
    // Only the end of a window moves the watermark.
    if (result === null) continue;
    closing.add(delivery);

    waiting.sort((a, b) => a.position - b.position);
    const firstHeld = waiting.findIndex(({ position }) => position >= sign * watermark - windowMarginMs);
    const released = waiting.splice(0, firstHeld < 0 ? waiting.length : firstHeld);
    releasedTo = released.at(-1)?.position ?? releasedTo;
    if (released.length > 0) yield released.map(({ value }) => value);
    // A window counts as read when no row that it may hold waits. Its rows may have come with the window of which it is a part.
    const first = waiting[0]?.position ?? Number.POSITIVE_INFINITY;
    for (const closed of closing) {
      const { span } = closed.window;
      const end = span === null ? -Infinity : source.plan.newestFirst ? -span.from : span.to;
      if (end + windowMarginMs >= first) continue;
      close(source, closed);
      closing.delete(closed);
    }
  }
}

/**
 * Reports a call that was listed after its place in the order was passed: in another window than its start allows, or because the vendor has added it since. It
 * cannot be delivered in order.
 * @throws ResponseError unless failures are isolated. The instant of its start is then a gap.
 */
function reportLateCall<Value>(
  { session, plan, coverage }: Source<Value>,
  { isolateFailures }: Pick<RunPolicy, "isolateFailures">,
  { window }: Delivery<Value>,
  at: number,
): void {
  const { name: operation } = plan.operation;
  const words = `: a call that started at ${new Date(at).toISOString()} came after its place in the order of time had been passed: the vendor lists it in another window than its start allows, or has added it since. Set \`filtersOn: "unknown"\` or raise \`longestCallSeconds\`, or read with \`order: "arrival"\`.`;
  const errorContext = session.errorContext({
    operation,
    window: window.span === null ? null : toInterval(window.span),
  });
  if (!isolateFailures) throw errorAbout(ResponseError, errorContext, words);
  session.warn(operation, `${operation}${words}`);
  coverage?.record(window.partition, { from: at, to: at + 1 }, "incomplete");
}

/** A window that was read to its end, with all rows. */
export interface WindowRead<Out> {
  window: PlannedWindow;
  partition: Partition;
  result: WindowResult;
  /** In order of arrival. */
  rows: Out[];
  /** The `sum` of the delivery, for a window whose parts were read in its place. */
  sum: Delivery<unknown>["sum"];
  /** The instant up to which it is verified, by the time of reading; null for a list that is not requested by time. */
  verifiedTo: number | null;
  /** Records the window as read, or with the result that the consumer passes. */
  close: (result?: WindowResult) => void;
}

/** Yields the rows of one account window by window. A window counts as read when the consumer closes it. */
export async function* inWindows<Value, Out>(
  source: Source<Value>,
  policy: WaitingPolicy,
  abort: LinkedAbort,
  finish: Finish<Value, Out>,
): AsyncGenerator<WindowRead<Out>, void, undefined> {
  const held = new Map<PlannedWindow, Out[]>();
  let waiting = 0;
  const deliveries = deliveriesOf(source, { ...policy, mayOpen: () => waiting < policy.waitingRows }, abort);
  for await (const delivery of deliveries) {
    const { window, partition, result } = delivery;
    const finished = finishAll(delivery, finish);
    waiting += finished.length;
    const together = held.get(window) ?? [];
    // As arguments of one call, the rows of a very large page would exceed the stack.
    for (const row of finished) together.push(row);
    held.set(window, together);
    if (result === null) continue;

    const rows = held.get(window) ?? [];
    // A window that was split after some of its rows arrived never ends. Its parts return these rows again.
    for (const [other, { length }] of held) {
      if (other !== window && !isPartOf(window, other)) continue;
      held.delete(other);
      waiting -= length;
    }
    const verifiedTo = window.span === null ? null : verifiedEnd(source, window.span, result);
    yield {
      window,
      partition,
      result,
      rows,
      sum: delivery.sum,
      verifiedTo,
      close: (found) => {
        if (found === undefined) close(source, delivery, verifiedTo);
        else close(source, { ...delivery, result: found });
      },
    };
  }
}

function isPartOf(part: PlannedWindow, whole: PlannedWindow): boolean {
  if (part.span === null || whole.span === null || part.partition !== whole.partition) return false;
  return whole.span.from <= part.span.from && part.span.to <= whole.span.to;
}

function finishAll<Value, Out>(delivery: Delivery<Value>, finish: Finish<Value, Out>): Out[] {
  const finished: Out[] = [];
  for (const row of delivery.rows) {
    const value = row.unreadable ? null : finish(row.value, row.raw, delivery);
    if (value !== null) finished.push(value);
  }
  return finished;
}

/**
 * The instant up to which a window is verified, by the current clock. The clock of the plan may have been ahead. Later time is read, but not verified.
 */
function verifiedEnd<Value>({ session, plan }: Source<Value>, span: Span, result: WindowResult): number {
  const settled = settledBefore(plan.settleMs, session.clock.soonestNow());
  return result === "verified" ? Math.max(span.from, Math.min(span.to, settled)) : span.from;
}

/** @param knownEnd the instant up to which the window is verified, if it was determined when the window was read. */
function close<Value>(source: Source<Value>, delivery: Delivery<Value>, knownEnd: number | null = null): void {
  source.progress.afterAcknowledged(() => {
    closeNow(source, delivery, knownEnd);
  });
}

function closeNow<Value>(
  source: Source<Value>,
  { window, result, sum, id }: Delivery<Value>,
  knownEnd: number | null,
): void {
  // The parts were recorded one by one.
  if (result === null || sum === "checked") return;
  const { session, plan, progress, coverage } = source;
  if (result !== "failed") progress.windows += 1;
  if (result !== "verified") progress.unverifiedWindows += 1;
  const { partition, span } = window;
  if (span === null) return;
  const verifiedTo = knownEnd ?? verifiedEnd(source, span, result);
  coverage?.record(partition, { from: span.from, to: verifiedTo }, "verified");
  coverage?.record(partition, { from: verifiedTo, to: span.to }, result === "verified" ? "read" : result);
  session.services.emit({
    type: "window",
    account: session.provider.account,
    operation: plan.operation.name,
    invocation: progress.invocation,
    window: id,
    ...toInterval(span),
    result,
  });
}
