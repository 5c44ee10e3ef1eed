import type { MappedCall } from "../contract/provider.js";
import type { Report } from "../model/account-report.js";
import type { CallRecord } from "../model/call-record.js";
import { UnsupportedError } from "../model/errors.js";
import type { AccountSession } from "../engine/account/account-session.js";
import { type ListPlan, planHistory, planSnapshot, windowMarginMsOf } from "../engine/lists/list-plan.js";
import { Progress } from "../engine/lists/progress.js";
import { rowLimits } from "../engine/lists/row-limits.js";
import type { Invocation } from "./invocation.js";
import { inArrivalOrder, openSource, type Source } from "../engine/lists/list-source.js";
import { recordOf } from "../engine/lists/mapped-call.js";
import type { Batches } from "../engine/lists/merge.js";

/** What `activeCalls` answers. */
export interface ActiveCallsReport extends Report {
  /** The calls that have not ended, each once, in the order in which answers came. */
  calls: CallRecord[];
}

/** The calls going on now at several accounts: a snapshot, of which nothing can be proven. Accounts that cannot tell are reported as such. */
export async function readActiveCalls(
  sessions: readonly AccountSession[],
  invocation: Invocation,
): Promise<ActiveCallsReport> {
  const calls: CallRecord[] = [];
  const snapshots = sessions.map((session) => snapshotOf(session, invocation));
  invocation.begin();
  await invocation.together(
    snapshots.map(({ source, progress }) => async () => {
      if (source === null) return;
      for await (const batch of readAccount(source, invocation)) {
        // One by one: as arguments of one call, the rows of a very large page exceed the stack.
        for (const call of batch) calls.push(call);
        progress.rows += batch.length;
      }
    }),
  );
  return { calls, accounts: snapshots.map(({ progress }) => progress.report()) };
}

/** Why an account cannot tell which calls are going on. */
export function activeCallsUnsupported({ provider: { id, account } }: AccountSession): UnsupportedError {
  return new UnsupportedError(`${account}: this vendor does not tell which calls are going on.`, {
    provider: id,
    account,
    operation: "activeCalls",
  });
}

/** What is read of an account, or null where it cannot tell, which its progress then says. */
function snapshotOf(
  session: AccountSession,
  invocation: Invocation,
): { source: Source<MappedCall> | null; progress: Progress } {
  const { activeCalls } = session.provider.operations;
  const progress = new Progress(session.provider, invocation.id);
  if (activeCalls === undefined) {
    progress.unsupported(activeCallsUnsupported(session));
    return { source: null, progress };
  }
  const source = openSource(
    session,
    (now) => (activeCalls === "records" ? planFromRecords(session, now) : planSnapshot(activeCalls)),
    progress,
  );
  return { source, progress };
}

function planFromRecords({ provider }: AccountSession, now: number): ListPlan<MappedCall> {
  const { records } = provider.operations;
  // A call that goes on began at most the longest call's time ago. Where a plan is widened by just that, nothing need be added to it.
  const from = now - provider.longestCallSeconds * 1000 + windowMarginMsOf(records, provider);
  return { ...planHistory(provider, records, { from, to: now }, { now }), coverage: null };
}

function readAccount(source: Source<MappedCall>, invocation: Invocation): Batches<CallRecord> {
  const { session, progress } = source;
  const { id, account } = session.provider;
  const { isolateFailures, unreadableRows } = invocation.policy;
  const policy = {
    isolateFailures,
    unreadableRows,
    verify: false,
    repeatedKeys: "deduplicate" as const,
    splitsInDoubt: true,
    ...rowLimits(1, false),
    windowRows: Number.POSITIVE_INFINITY,
    startsNear: "anything" as const,
    mayOpen: () => true,
  };
  const isGoingOn =
    session.provider.operations.activeCalls === "records"
      ? openInHistory(session)
      : ({ state }: MappedCall) => state !== "ended";
  return invocation.account(progress, (abort) =>
    inArrivalOrder(source, policy, abort, (mapped, raw) =>
      isGoingOn(mapped) ? recordOf(id, account, mapped, raw) : null,
    ),
  );
}

/**
 * A call that a history still shows as going on after the longest call's time was never closed in the vendor's books. The first is warned of: the option may
 * be too small. A vendor's own list of the calls going on is relied upon, however long ago they began.
 */
function openInHistory(session: AccountSession): (mapped: MappedCall) => boolean {
  const { account, longestCallSeconds, operations } = session.provider;
  const { name: operation } = operations.records;
  let warned = false;
  return ({ id, state, startedAt }) => {
    if (state === "ended") return false;
    if (startedAt.getTime() >= session.clock.now() - longestCallSeconds * 1000) return true;
    if (!warned) {
      const message = `${account}: ${operation}: the row ${session.clean(id)} shows a call that has not ended and began longer ago than \`longestCallSeconds\` (${longestCallSeconds}). It is left out, as one that the vendor never closed. If calls last that long, raise the option.`;
      session.services.emit({ type: "warning", account, operation, message, key: session.clean(id), field: null });
      warned = true;
    }
    return false;
  };
}
