import { z } from "zod";
import type { MappedCall } from "../contract/mapped-call.js";
import type { Report } from "../model/account-report.js";
import type { CallRecord } from "../model/call-record.js";
import { type UnsupportedError } from "../model/errors.js";
import type { AccountSession } from "../engine/account/account-session.js";
import { windowMarginMsOf } from "../engine/lists/list-limits.js";
import { type ListPlan, planHistory, planSnapshot } from "../engine/lists/list-plan.js";
import { Progress } from "../engine/lists/progress.js";
import { UNLIMITED_RUN } from "../engine/lists/run-policy.js";
import { accountsFields, policyFields } from "./arguments.js";
import { unsupported } from "./unsupported.js";
import type { Invocation } from "./invocation.js";
import { inArrivalOrder, openSource, type Source } from "../engine/lists/list-source.js";
import { recordOf } from "../engine/lists/mapped-call.js";
import type { Batches } from "../engine/lists/merge.js";

/** The result of `activeCalls`. */
export interface ActiveCallsReport extends Report {
  /** The calls that have not ended, without duplicates, in the order in which responses arrived. */
  calls: CallRecord[];
}

export const activeCallsSchema = z.strictObject({ ...accountsFields, ...policyFields });

/**
 * Returns the active calls of several accounts: a snapshot, which cannot be verified complete. Accounts whose vendor has no such list are reported as
 * `unsupported`.
 * @throws UnsupportedError when the caller named such an account, and when no account has such a list, unless failures are isolated.
 */
export async function readActiveCalls(
  sessions: readonly AccountSession[],
  { accounts }: z.output<typeof activeCallsSchema>,
  invocation: Invocation,
): Promise<ActiveCallsReport> {
  const unsupported = sessions.filter(({ provider }) => provider.operations.activeCalls === undefined);
  const [first] = unsupported;
  const isNeverListed = unsupported.length === sessions.length && !invocation.policy.isolateFailures;
  if (first !== undefined && (accounts !== undefined || isNeverListed)) throw activeCallsUnsupported(first);
  const calls: CallRecord[] = [];
  const snapshots = sessions.map((session) => snapshotOf(session, invocation));
  invocation.begin();
  await invocation.together(
    snapshots.map(({ source, progress }) => async () => {
      if (source === null) return;
      for await (const batch of readAccount(source, invocation)) {
        // One at a time: spread into the arguments of one call, the rows of a very large page exceed the stack.
        for (const call of batch) calls.push(call);
        progress.rows += batch.length;
      }
    }),
  );
  return { calls, accounts: snapshots.map(({ progress }) => progress.report()) };
}

function activeCallsUnsupported({ provider }: AccountSession): UnsupportedError {
  return unsupported(provider, "activeCalls", "this vendor does not list active calls.");
}

/** Returns the source of the active calls of an account. It is null when the vendor does not list them, which `progress` then reports. */
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
  // An active call began at most `longestCallSeconds` ago. A plan that has a window margin already includes that time.
  const from = now - provider.longestCallSeconds * 1000 + windowMarginMsOf(records, provider);
  return { ...planHistory(provider, records, { from, to: now }, { now }), coverage: null };
}

function readAccount(source: Source<MappedCall>, invocation: Invocation): Batches<CallRecord> {
  const { session, progress } = source;
  const { isolateFailures, unreadableRows } = invocation.policy;
  const policy = { ...UNLIMITED_RUN, isolateFailures, unreadableRows, verify: false };
  const isActive =
    session.provider.operations.activeCalls === "records"
      ? activeCallFilter(session)
      : ({ state }: MappedCall) => state !== "ended";
  return invocation.account(session, progress, (abort) =>
    inArrivalOrder(source, policy, abort, (mapped, raw) =>
      isActive(mapped) ? recordOf(session, source.plan.operation.name, mapped, raw) : null,
    ),
  );
}

/**
 * Returns a filter of the active calls in a history. A call without an end that began more than `longestCallSeconds` ago was never closed in the vendor's
 * records, and is left out. A warning reports the first one, because the option may be too small. A vendor's list of active calls needs no such filter.
 */
function activeCallFilter(session: AccountSession): (mapped: MappedCall) => boolean {
  const { longestCallSeconds, operations } = session.provider;
  const { name: operation } = operations.records;
  let warned = false;
  return ({ id, state, startedAt }) => {
    if (state === "ended") return false;
    if (startedAt.getTime() >= session.clock.now() - longestCallSeconds * 1000) return true;
    if (!warned) {
      const message = `${operation}: the row ${session.clean(id)} shows a call that has not ended and began more than \`longestCallSeconds\` (${longestCallSeconds}) ago. It is left out, because the vendor probably never closed it. If calls last that long, raise the option.`;
      session.warn(operation, message, { key: session.clean(id) });
      warned = true;
    }
    return false;
  };
}
