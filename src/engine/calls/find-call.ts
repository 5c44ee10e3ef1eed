import type { HttpAnswer } from "../../contract/http.js";
import type { FindCallOperation, MappedCall } from "../../contract/provider.js";
import type { FoundCall } from "../../model/call-record.js";
import { IncompleteError, ResponseError, UnsupportedError } from "../../model/errors.js";
import type { AccountSession } from "../account/account-session.js";
import { CallTimes } from "../lists/call-times.js";
import { earliestKept, type ListPlan, planHistory, RETENTION_MARGIN_MS } from "../lists/list-plan.js";
import { Progress } from "../lists/progress.js";
import { rowLimits } from "../lists/row-limits.js";
import { TOO_DEEP, tooDeepFieldOf } from "../lists/row-depth.js";
import { undocumented } from "../lists/schema-fault.js";
import type { Invocation } from "./invocation.js";
import { inArrivalOrder, openSource } from "./list-source.js";
import { recordOf } from "./mapped-call.js";

type Lookup = Extract<FindCallOperation, { type: "lookup" }>;
type Search = Extract<FindCallOperation, { type: "search" }>;

/** How far back a call is searched for where the vendor declares no limit. */
const SEARCH_MS = 180 * 86_400_000;

/** Why an account finds no single call. */
export function findCallUnsupported({ provider: { id, account } }: AccountSession): UnsupportedError {
  return new UnsupportedError(`${account}: this vendor does not find single calls.`, { provider: id, account, operation: "findCall" });
}

/** One call of one account, or null when there is none. The keys have been checked. */
export async function findCall(session: AccountSession, operation: FindCallOperation, keys: object, invocation: Invocation): Promise<FoundCall | null> {
  invocation.begin();
  try {
    return await invocation.timed(() => (operation.type === "lookup" ? lookUp(session, operation, keys, invocation) : search(session, operation, keys, invocation)));
  } finally {
    invocation.stop();
  }
}

async function lookUp(session: AccountSession, operation: Lookup, keys: object, invocation: Invocation): Promise<FoundCall | null> {
  const { id, account } = session.provider;
  const { counters } = new Progress(session.provider, invocation.id);
  const concern = { operation: operation.name, window: null };
  const request = session.runAdapter("request", concern, () => operation.request(keys));
  const saysMissing = (answer: HttpAnswer) => operation.saysMissing?.(answer) ?? false;
  const answer = await session.ask({ ...concern, request, accepts: saysMissing }, { signal: invocation.signal, counters, invocation: invocation.id });
  return session.runAdapter("answer, row or map", concern, () => {
    if (saysMissing(answer)) return null;
    const found = operation.answer.safeParse(answer.body);
    if (found.success && found.data === null) return null;
    const deepField = found.success ? tooDeepFieldOf(found.data) : null;
    if (deepField !== null) throw new ResponseError(`${account}: ${operation.name}: the call: field \`${session.clean(deepField)}\` ${TOO_DEEP}.`, { provider: id, account, operation: operation.name });
    const row = found.success ? operation.row.safeParse(found.data) : found;
    if (row.success) {
      const call = new CallTimes(session, operation).mapAnywhere(row.data, found.data, null, (checked) => operation.map(checked, keys));
      return recordOf(id, account, call, found.data);
    }
    throw new ResponseError(`${account}: ${operation.name}: the answer ${session.clean(undocumented(row.error))}`, { provider: id, account, operation: operation.name });
  });
}

/**
 * Reads the history, newest window first and every partition of it, until the call is found. A window that could not be read, or does not hold what the vendor
 * counts in it, fails the search only where the call is not found elsewhere.
 */
async function search(session: AccountSession, operation: Search, keys: object, invocation: Invocation): Promise<FoundCall | null> {
  const { id, account, operations } = session.provider;
  const concern = { operation: operations.records.name, window: null };
  const policy = {
    isolateFailures: true,
    unreadableRows: invocation.policy.unreadableRows,
    prove: true,
    repeatedKeys: "deduplicate" as const,
    // Of one call there are no parts.
    splitsInDoubt: false,
    ...rowLimits(1, false), windowRows: Number.POSITIVE_INFINITY,
    startsNear: "plan" as const,
    mayOpen: () => true,
  };
  const source = openSource(session, (now) => planSearch(session, operation, keys, now), new Progress(session.provider, invocation.id));
  const batches = invocation.account(source.progress, (abort) =>
    inArrivalOrder(source, policy, abort, (mapped, raw) => {
      const isIt = session.runAdapter("matches", concern, () => operation.matches(mapped, keys));
      return isIt ? recordOf(id, account, mapped, raw) : null;
    }),
  );
  for await (const [found] of batches) if (found !== undefined) return found;
  requireVerified(source.progress, concern.operation);
  return null;
}

/** @throws CallRecordsError where the call may be in what was not read: it is not known that there is none. */
function requireVerified({ failure, unreadable, unverifiedWindows, provider }: Progress, operation: string): void {
  if (failure !== null) throw failure;
  const { id, account } = provider;
  const concern = { provider: id, account, operation };
  if (unreadable > 0) {
    throw new ResponseError(`${account}: ${operation}: the call was not found among the rows that could be read. ${unreadable} could not, and one of them may be it; a \`warning\` names each.`, concern);
  }
  if (unverifiedWindows === 0) return;
  throw new IncompleteError(
    `${account}: ${operation}: the call was not found, but ${unverifiedWindows} of the windows searched could not be verified: the vendor showed fewer rows than it counts, or not where its list ends. Ask again later; if it stays so, ask the vendor.`,
    { ...concern, retryable: true },
  );
}

function planSearch(session: AccountSession, operation: Search, keys: object, now: number): ListPlan<MappedCall> {
  const { provider } = session;
  const { records } = provider.operations;
  const earliest = earliestKept(records, now);
  const from = earliest === null ? now - SEARCH_MS : earliest + RETENTION_MARGIN_MS;
  const filters = session.runAdapter("filters", { operation: records.name, window: null }, () => operation.filters(keys));
  const plan = planHistory(provider, records, { from, to: now }, { now, filters: { ...filters } });
  // That a call may still appear in a young window does not matter: it is not there now.
  return { ...plan, windows: plan.windows.map((window) => ({ ...window, settled: true })).reverse(), coverage: null };
}
