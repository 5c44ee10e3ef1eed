import type { Partition } from "../../contract/provider.js";
import { ResponseError } from "../../model/errors.js";
import type { LinkedAbort } from "../account/abort.js";
import type { AccountSession } from "../account/account-session.js";
import { Coverage, type WindowResult } from "./coverage.js";
import { type Span, toInterval } from "./intervals.js";
import { settledBefore, type ListPlan, type PlannedWindow } from "./list-plan.js";
import { type Delivery, ListRun, type RunPolicy } from "./list-run.js";
import type { Progress } from "./progress.js";
import type { RowLimits } from "./row-limits.js";
import type { Batches } from "./merge.js";

/** A call with the place in time by which it is ranged and ordered. */
interface Timed {
  startedAt: Date | null;
}

/** What one account yields: batches of values, and where it stands. */
export interface Source<Value> {
  session: AccountSession;
  /** Made anew when the vendor's now turns out to be another than was thought. */
  plan: ListPlan<Value>;
  planAt: (now: number) => ListPlan<Value>;
  /** The clock's `jumps` when it was made. */
  plannedAfterJumps: number;
  progress: Progress;
  coverage: Coverage | null;
}

/**
 * A source of which nothing has been read.
 * @param planAt what to read, given the vendor's now.
 * @param progress where it is told.
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

/** The plan by the present clock; null where that has not jumped since the last. */
function planAgain<Value>(source: Source<Value>): ListPlan<Value> | null {
  const { jumps } = source.session.clock;
  if (jumps === source.plannedAfterJumps) return null;
  source.plannedAfterJumps = jumps;
  source.plan = source.planAt(source.session.clock.now());
  if (source.plan.coverage !== null) source.coverage?.begin(source.plan.coverage);
  return source.plan;
}

/** A value as it was read: what a consumer makes of it. */
type Finish<Value, Out> = (value: Value, raw: unknown, delivery: Delivery<Value>) => Out | null;

/** Starts a run, and stops it however its consumer ends. */
async function* deliveriesOf<Value>(
  source: Source<Value>,
  policy: RunPolicy,
  abort: LinkedAbort,
): AsyncGenerator<Delivery<Value>, void, undefined> {
  const run = new ListRun(source.session, source.plan, () => planAgain(source), policy, source.progress, abort);
  const running = run.start();
  try {
    for (let delivery = await run.deliveries.take(); delivery !== null; delivery = await run.deliveries.take())
      yield delivery;
  } finally {
    run.stop();
    await running;
    // Too late to plan again: rows had been handed on. What was still to come by the wrong clock may have come by the right one.
    if (source.plannedAfterJumps !== source.session.clock.jumps) source.coverage?.distrustNow();
  }
}

/** The batches of one account as pages arrive. A window counts as read when its last batch has been taken. */
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

/** How a run behaves whose rows wait: for windows before them, or for their own to be read. */
type WaitingPolicy = Omit<RunPolicy, "mayOpen"> & Pick<RowLimits, "waitingRows">;

/** The batches of one account by ascending start. A row goes out when no earlier one can come any more. */
export async function* inStartOrder<Value, Out extends Timed>(
  source: Source<Value>,
  policy: WaitingPolicy,
  abort: LinkedAbort,
  finish: Finish<Value, Out>,
): Batches<Out> {
  const windowMarginMs = source.plan.coverage?.windowMarginMs ?? 0;
  const waiting: { value: Out; at: number }[] = [];
  const closing = new Set<Delivery<Value>>();
  const deliveries = deliveriesOf(source, { ...policy, mayOpen: () => waiting.length < policy.waitingRows }, abort);

  let releasedTo = Number.NEGATIVE_INFINITY;
  for await (const delivery of deliveries) {
    const { result, watermark } = delivery;
    for (const value of finishAll(delivery, finish)) {
      const at = value.startedAt?.getTime() ?? 0;
      if (at < releasedTo) refuseLate(source, policy, delivery, at);
      else waiting.push({ value, at });
    }
    // Only a window that closes moves the frontier.
    if (result === null) continue;
    closing.add(delivery);

    waiting.sort((a, b) => a.at - b.at);
    const firstHeld = waiting.findIndex(({ at }) => at >= watermark - windowMarginMs);
    const released = waiting.splice(0, firstHeld < 0 ? waiting.length : firstHeld);
    releasedTo = released.at(-1)?.at ?? releasedTo;
    if (released.length > 0) yield released.map(({ value }) => value);
    // A window counts as read when nothing that it may hold still waits: its rows may have come with a window that was cut into it.
    const earliest = waiting[0]?.at ?? Number.POSITIVE_INFINITY;
    for (const closed of closing) {
      const { span } = closed.window;
      if (span !== null && span.to + windowMarginMs >= earliest) continue;
      close(source, closed);
      closing.delete(closed);
    }
  }
}

/**
 * A call came in a later window than its start allows, after calls that started later had gone out. In order it can no longer be handed out.
 * @throws ResponseError unless failures are isolated: the instant of its start is then a gap.
 */
function refuseLate<Value>(
  { session, plan, coverage }: Source<Value>,
  { isolateFailures }: Pick<RunPolicy, "isolateFailures">,
  { window }: Delivery<Value>,
  at: number,
): void {
  const { account } = session.provider;
  const { name: operation } = plan.operation;
  const what = `a call that started at ${new Date(at).toISOString()} came after later calls had been handed out in order of time: the vendor lists it in a later window than its start allows. Set \`filtersOn: "unknown"\` or raise \`longestCallSeconds\`, or read with \`order: "arrival"\``;
  const error = new ResponseError(
    `${account}: ${operation}: ${what}.`,
    session.errorContext({ operation, window: window.span === null ? null : toInterval(window.span) }),
  );
  if (!isolateFailures) throw error;
  session.services.emit({ type: "warning", account, operation, message: error.message, key: null, field: null });
  coverage?.record(window.partition, { from: at, to: at + 1 }, "incomplete");
}

/** A window that was read to its end, with all its rows. */
export interface WindowRead<Out> {
  window: PlannedWindow;
  partition: Partition;
  result: WindowResult;
  /** In the order in which they came. */
  rows: Out[];
  /** Of a window whose parts were read in its place: as the run delivers it. */
  sum: Delivery<unknown>["sum"];
  /** Up to where it is proven, as of when it was read; null for a list that is not asked for by time. */
  provenTo: number | null;
  /** From now on it counts as read; or, with a fate that its consumer found, as that. */
  close: (result?: WindowResult) => void;
}

/** The rows of one account window by window. A window counts as read when its consumer closes it. */
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
    // One by one: as arguments of one call, the rows of a very large page exceed the stack.
    for (const row of finished) together.push(row);
    held.set(window, together);
    if (result === null) continue;

    const rows = held.get(window) ?? [];
    // A window that was split after some of its rows had come never ends: its parts bring them again.
    for (const [other, { length }] of held) {
      if (other !== window && !isPartOf(window, other)) continue;
      held.delete(other);
      waiting -= length;
    }
    const provenTo = window.span === null ? null : provenEnd(source, window.span, result);
    yield {
      window,
      partition,
      result,
      rows,
      sum: delivery.sum,
      provenTo,
      close: (found) => {
        if (found === undefined) close(source, delivery, provenTo);
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
 * Up to where a window is proven. By the clock as it is now: the one that the window was planned by may have been ahead, and what is younger is
 * read, but not proven.
 */
function provenEnd<Value>({ session, plan }: Source<Value>, span: Span, result: WindowResult): number {
  const settled = settledBefore(plan.settleMs, session.clock.soonestNow());
  return result === "verified" ? Math.max(span.from, Math.min(span.to, settled)) : span.from;
}

/** @param knownEnd up to where the window is proven, where that was found when it was read. */
function close<Value>(source: Source<Value>, delivery: Delivery<Value>, knownEnd: number | null = null): void {
  source.progress.onceTaken(() => {
    closeNow(source, delivery, knownEnd);
  });
}

function closeNow<Value>(
  source: Source<Value>,
  { window, result, sum, id }: Delivery<Value>,
  knownEnd: number | null,
): void {
  // Of its parts, each has been recorded.
  if (result === null || sum === "checked") return;
  const { session, plan, progress, coverage } = source;
  if (result !== "failed") progress.windows += 1;
  if (result !== "verified") progress.unverifiedWindows += 1;
  const { partition, span } = window;
  if (span === null) return;
  const provenTo = knownEnd ?? provenEnd(source, span, result);
  coverage?.record(partition, { from: span.from, to: provenTo }, "verified");
  coverage?.record(partition, { from: provenTo, to: span.to }, result === "verified" ? "read" : result);
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
