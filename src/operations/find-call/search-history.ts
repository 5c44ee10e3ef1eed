import type { HistorySearch } from "../../contract/lookup.js";
import type { MappedCall } from "../../contract/mapped-call.js";
import type { FoundCall } from "../../model/call-record.js";
import { IncompleteError, ResponseError } from "../../model/errors.js";
import type { AccountSession } from "../../engine/account/account-session.js";
import { errorAbout, type ErrorContext } from "../../engine/account/failure.js";
import type { Span } from "../../engine/lists/intervals.js";
import { earliestKept, RETENTION_MARGIN_MS } from "../../engine/lists/list-limits.js";
import { type ListPlan, planHistory } from "../../engine/lists/list-plan.js";
import { inArrivalOrder, openSource } from "../../engine/lists/list-source.js";
import { recordOf } from "../../engine/lists/mapped-call.js";
import { Progress } from "../../engine/lists/progress.js";
import { type RunPolicy, UNLIMITED_RUN } from "../../engine/lists/run-policy.js";
import type { Invocation } from "../invocation.js";

/** How far back the search goes where the vendor declares no retention. */
const SEARCH_MS = 180 * 86_400_000;

/** A search of the history for one call. */
export interface CallSearch {
  history: HistorySearch;
  keys: object;
  /** The range by the start of calls; null: as far back as the vendor keeps calls. */
  range: Span | null;
}

/** Returns the applications of the history. */
export function searchedApplications(session: AccountSession, search: CallSearch): (string | null)[] {
  const { partitions } = planSearch(session, search, session.clock.now());
  return [...new Set(partitions.map((partition) => partition.application))];
}

/**
 * Reads each partition of the history of these applications, with the newest window first, until the call is found. A window that could not be read or verified
 * fails the search only if the call is not found elsewhere.
 */
export async function searchHistory(
  session: AccountSession,
  search: CallSearch,
  applications: readonly (string | null)[],
  invocation: Invocation,
): Promise<{ call: FoundCall; foundIn: string | null } | null> {
  const { operations } = session.provider;
  const errorContext = { operation: operations.records.name, window: null };
  const policy: RunPolicy = {
    ...UNLIMITED_RUN,
    isolateFailures: true,
    unreadableRows: invocation.policy.unreadableRows,
    // The search is for one call.
    splitsUnverified: false,
    startsNear: "plan",
  };
  const source = openSource(
    session,
    (now) => ofApplications(planSearch(session, search, now), applications),
    new Progress(session.provider, invocation.id),
  );
  const batches = invocation.account(session, source.progress, (abort) =>
    inArrivalOrder(source, policy, abort, (mapped, raw, { partition }) => {
      const isMatch = session.runAdapter("matches", errorContext, () => search.history.matches(mapped, search.keys));
      return isMatch
        ? { call: recordOf(session, operations.records.name, mapped, raw), foundIn: partition.application }
        : null;
    }),
  );
  for await (const [found] of batches) if (found !== undefined) return found;
  requireVerified(source.progress, session.errorContext(errorContext));
  return null;
}

/** @throws CallRecordsError when the call may be in a window that was not read or verified. */
function requireVerified({ failure, unreadable, unverifiedWindows }: Progress, errorContext: ErrorContext): void {
  if (failure !== null) throw failure;
  if (unreadable > 0) {
    const words = `: the call was not found among the rows that could be read. ${unreadable} rows could not be read, and one of them may be the call; a \`warning\` names each.`;
    throw errorAbout(ResponseError, errorContext, words);
  }
  if (unverifiedWindows === 0) return;
  const words = `: the call was not found, but ${unverifiedWindows} of the windows searched could not be verified: the vendor listed fewer rows than it counts, or the end of its list is not certain. Try again later; if it fails again, ask the vendor.`;
  throw errorAbout(IncompleteError, errorContext, words, { retryable: true });
}

function planSearch(session: AccountSession, { history, keys, range }: CallSearch, now: number): ListPlan<MappedCall> {
  const { provider } = session;
  const { records } = provider.operations;
  const earliest = earliestKept(records, now);
  const from = earliest === null ? now - SEARCH_MS : earliest + RETENTION_MARGIN_MS;
  const filters = session.runAdapter("filters", { operation: records.name, window: null }, () => history.filters(keys));
  const plan = planHistory(provider, records, range ?? { from, to: now }, { now, filters: { ...filters } });
  // All windows count as settled. A call that appears later does not exist now.
  return { ...plan, windows: plan.windows.map((window) => ({ ...window, settled: true })).reverse(), coverage: null };
}

function ofApplications<Value>(plan: ListPlan<Value>, applications: readonly (string | null)[]): ListPlan<Value> {
  return {
    ...plan,
    windows: plan.windows.filter(({ partition }) =>
      applications.includes(plan.partitions[partition]?.application ?? null),
    ),
  };
}
